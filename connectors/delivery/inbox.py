"""An inbox as a folder: things are laid into it once, whatever happens in between, and it is seen when they are taken.

    DELIVERY.edxml, DELIVERY.json        a packet and the note about it
    DELIVERY.receipt                     left by the recipient's system: it has the bytes (where it copies instead of moving)
    DELIVERY.EVENT.status.edxml          a status packet
    DELIVERY.recall.json                 the sender takes it back
    .offered/MONTH/DELIVERY.EVENT        the mark: this was laid here, at the moment written in it
    .offered/MONTH/DELIVERY.EVENT.part   what the mark speaks of, not renamed into place yet
    .offered/MONTH/DELIVERY.EVENT.received   how it was received, once it was
    .withdrawn/MONTH/DELIVERY.EVENT.edxml

Laying is: the bytes beside, the mark, the rename. So whoever does it again after a crash knows where the other stopped:
no mark = nothing is there yet; mark and `.part` = rename it; mark alone = done, even if the recipient took it since.
Marks stay, for a state that is made anew from the topics lays nothing a second time; old months may be removed by hand.

What is waited for: the packet's and the note's bytes before they get their name, the folder's entries before anybody is
told. A file lost by a power cut would look like one that was taken, so saying "offered" earlier would be saying too much.
The mark is not waited for. Losing it needs a power cut within the seconds in which the database may also lose its last
transactions; then the same packet may be laid out again, under the same delivery id.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from connectors.delivery.writing import Write, written
from connectors.folders import SUFFIX
from infra.durable import sync_folder, write_atomically
from schemas.events import DocumentAcknowledged, DocumentDispatched
from schemas.ids import split_delivery_id

RECEIPT = ".receipt"


def short(event_id: str) -> str:
    """Return the first digits of an event id, for file names."""
    return UUID(event_id).hex[:8]


def mark_of(event: DocumentDispatched | DocumentAcknowledged) -> str:
    """Name the mark of what an event lays into an inbox; raise ValueError for an id that must not become a file name."""
    split_delivery_id(event.delivery_id)
    return f"{event.occurred_at.astimezone(UTC):%Y-%m}/{event.delivery_id}.{short(event.event_id)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """That the recipient's side has the bytes."""

    at: datetime
    how: str
    """`taken`, `receipt` or `status`."""

    because: str
    """Event id of what told it: the status, or else the dispatch."""


class Inbox:
    """One endpoint's inbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def lay(
        self, name: str, mark: str, write: Write, at: datetime, *, note: tuple[str, bytes] | None = None
    ) -> datetime | None:
        """Lay a file (and before it the note about it) out; None: now, else the moment at which it was laid before."""
        marked, beside = self._mark(mark), self._beside(mark)
        before = _moment(marked, at)
        if before is None:
            self._make(marked.parent)
            try:
                write(beside)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
            if note is not None:
                self._place(note)
            marked.write_bytes(at.isoformat().encode())
        with suppress(FileNotFoundError):  # the one before us had renamed it
            beside.replace(self.folder / name)
        sync_folder(self.folder)
        return before

    def _place(self, note: tuple[str, bytes]) -> None:
        name, text = note
        beside = self.folder / f".{name}.part"
        written(text)(beside)
        beside.replace(self.folder / name)

    def was_laid(self, mark: str) -> bool:
        """Tell whether this is the folder into which it was laid: an empty mount point would look as if all had been taken."""
        return self._mark(mark).exists()

    def names(self) -> set[str]:
        """Return what lies here; raise OSError if nobody can say."""
        return set(os.listdir(self.folder))  # noqa: PTH208 - once a second over all that waits: names are enough

    def lies(self, name: str) -> bool:
        """Tell whether a file lies here."""
        return (self.folder / name).exists()

    def withdraw(self, delivery_id: str, mark: str) -> bool:
        """Take a packet and its note back; False: the recipient was quicker. The same again answers the same."""
        away = self._away(mark)
        if not away.exists():
            self._make(away.parent)
            if not any(_renamed(each, away) for each in (self.folder / f"{delivery_id}{SUFFIX}", self._beside(mark))):
                return False
        (self.folder / f"{delivery_id}.json").unlink(missing_ok=True)
        sync_folder(self.folder)
        return True

    def was_withdrawn(self, mark: str) -> bool:
        """Tell whether the axis took it back."""
        return self._away(mark).exists()

    def remove_receipt(self, delivery_id: str) -> None:
        """Remove the recipient's receipt, so that it does not speak for a later version of the packet."""
        with suppress(OSError):
            (self.folder / f"{delivery_id}{RECEIPT}").unlink()

    def remember(self, mark: str, fact: Fact) -> None:
        """Note beside the mark how it was received, so that a state made anew says the same; as well as it goes."""
        said = {"at": fact.at.isoformat(), "how": fact.how, "because": fact.because}
        with suppress(OSError):
            write_atomically(self._received(mark), json.dumps(said).encode())

    def remembered(self, mark: str) -> Fact | None:
        """Return what was noted."""
        try:
            said = json.loads(self._received(mark).read_bytes())
            return Fact(at=datetime.fromisoformat(said["at"]), how=said["how"], because=said["because"])
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _mark(self, mark: str) -> Path:
        return self.folder / ".offered" / mark

    def _beside(self, mark: str) -> Path:
        return self.folder / ".offered" / f"{mark}.part"

    def _received(self, mark: str) -> Path:
        return self.folder / ".offered" / f"{mark}.received"

    def _away(self, mark: str) -> Path:
        return self.folder / ".withdrawn" / f"{mark}{SUFFIX}"

    def _make(self, below: Path) -> None:
        """Make a folder below the inbox; wait for the entries of what is new above."""
        if below.is_dir():
            return
        new = not self.folder.is_dir()
        below.mkdir(parents=True, exist_ok=True)
        if new:
            sync_folder(self.folder.parent)
            sync_folder(self.folder.parent.parent)


def _renamed(one: Path, other: Path) -> bool:
    """Rename a file, if it is there."""
    try:
        one.rename(other)
    except FileNotFoundError:
        return False
    return True


def _moment(marked: Path, otherwise: datetime) -> datetime | None:
    """Return the moment in a mark; None if there is no mark, `otherwise` if a power cut left it empty."""
    try:
        found = datetime.fromisoformat(marked.read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        return otherwise
    return found if found.tzinfo else otherwise
