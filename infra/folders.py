"""The folders an agency's system sees: an outbox it drops packets into, an inbox it takes packets out of.

var/intake/                          the door for packets dropped by hand (principal `folder:intake`)
var/endpoints/ADDRESS/outbox/        the door of one client system (principal `folder:ADDRESS`)
    NAME.edxml                       renamed into place by the client
    work/NAME~MOMENT.edxml           taken by intake at MOMENT (microseconds); the name survives a crash
    accepted/NAME~MOMENT.edxml       handed over; beside it `.receipt.json` and the follow-up receipts
    refused/NAME~MOMENT.edxml        refused; beside it `.receipt.json` (a secret packet leaves the receipt alone)
var/clients/NAME/outbox/             the same for a client of the HTTP API (principal `client:NAME`); the API writes there
var/endpoints/ADDRESS/inbox/         packets for the client, each with its delivery note `.json`; it takes them away
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.settings import Settings

SUFFIX = ".edxml"
HAND = "intake"
"""Identity of whoever drops packets by hand; `identities.csv` says for whom it may speak."""

CLIENT = "client:"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A folder in which a client system hands packets over."""

    folder: Path
    principal: str
    """`folder:NAME` or `client:NAME`, as `identities.csv` knows it."""

    @property
    def channel(self) -> str:
        """How packets come here: `http` where the API writes for a client, else `folder`."""
        return "http" if self.principal.startswith(CLIENT) else "folder"

    @property
    def work(self) -> Path:
        """What intake has taken and not finished with."""
        return self.folder / "work"

    @property
    def accepted(self) -> Path:
        """What was handed over."""
        return self.folder / "accepted"

    @property
    def refused(self) -> Path:
        """What was refused."""
        return self.folder / "refused"


def hand_door(settings: Settings) -> Door:
    """Return the door for packets dropped by hand."""
    return Door(folder=settings.intake_folder, principal=f"folder:{HAND}")


def endpoint_door(settings: Settings, address: str) -> Door:
    """Return the door of the client system at a folder endpoint."""
    return Door(folder=settings.endpoints_folder / _safe(address) / "outbox", principal=f"folder:{address}")


def client_door(settings: Settings, name: str) -> Door:
    """Return the door of a client of the HTTP API."""
    return Door(folder=settings.var / "clients" / _safe(name) / "outbox", principal=f"{CLIENT}{name}")


def doors(settings: Settings) -> Iterator[Door]:
    """Yield every door that exists on disk; the one for hands is made where it is missing."""
    hand = hand_door(settings)
    hand.folder.mkdir(parents=True, exist_ok=True)
    yield hand
    for outbox in sorted(settings.endpoints_folder.glob("[!.]*/outbox")):
        yield endpoint_door(settings, outbox.parent.name)
    for outbox in sorted((settings.var / "clients").glob("[!.]*/outbox")):
        yield client_door(settings, outbox.parent.name)


def inbox(settings: Settings, address: str) -> Path:
    """Return the inbox of the client system at a folder endpoint."""
    return settings.endpoints_folder / _safe(address) / "inbox"


def taken_name(name: str, at: datetime) -> str:
    """Return the name of a packet that intake takes at a moment."""
    return f"{name.removesuffix(SUFFIX)}~{(at - _EPOCH) // _MICROSECOND}{SUFFIX}"


def taken_at(name: str) -> datetime:
    """Return the moment in a taken packet's name; raise ValueError if there is none."""
    return _EPOCH + int(name.removesuffix(SUFFIX).rpartition("~")[2]) * _MICROSECOND


def _safe(address: str) -> str:
    """Check that an address of the directory is one plain folder name."""
    if not address or address.startswith(".") or "/" in address or "\\" in address or "\0" in address:
        raise ValueError(f"{address!r} is no folder name")
    return address
