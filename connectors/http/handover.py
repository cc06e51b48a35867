"""Handing spooled packets over into a client's door, once: the same key, or the same bytes, answers the first time.

    var/clients/NAME/outbox/.spool/…         bodies that come in; `SHA256.ready`: complete, about to be handed over
    var/clients/NAME/outbox/SHA256.edxml     for intake, whose receipts then lie in `accepted/` and `refused/`
    var/clients/NAME/handed/SH/SHA256.json   the names under which these bytes were handed over
    var/clients/NAME/keys/KK/HASH.json       what was handed over under an Idempotency-Key

The record is on disk before the packet gets its name: a process that ends in between finds both at its next start.
"""

import glob
import hashlib
import json
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.folders import SUFFIX, Door, client_door
from connectors.http.problems import RefusedError
from connectors.http.spool import Spooled
from connectors.receipts import RECEIPT, names_of, receipt_file
from infra.durable import sync_folder, write_atomically
from infra.settings import Settings

SPOOL, READY = ".spool", ".ready"
STRIPES = 256
"""Locks; two that share one by chance wait a little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A packet that was handed over, now or before."""

    name: str
    """In the door, without suffix."""

    sha256: str
    repeated: bool


class Handovers:
    """Hands over for all clients; its calls block and may come from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))

    def open(self, client: str) -> None:
        """Make a client's folders, finish what an earlier process had begun, forget what never came whole."""
        door = self.door(client)
        spool = door.folder / SPOOL
        spool.mkdir(parents=True, exist_ok=True)
        for left in spool.iterdir():
            record = self._handed(client, left.stem)
            if left.suffix == READY and record.exists():
                self._place(door, left.stem, _read(record)["names"][-1])
            else:
                left.unlink()

    def door(self, client: str) -> Door:
        """Return a client's door."""
        return client_door(self._settings, client)

    def spool(self, client: str) -> Path:
        """Return a new file's name for a body that comes in."""
        return self.door(client).folder / SPOOL / f"{uuid.uuid4().hex}.part"

    def hand_over(
        self, client: str, spooled: Spooled, *, key: str = "", may_retry: Callable[[], bool], any_bytes: bool = False
    ) -> Handed:
        """Hand a body over, unless that was done; raise `RefusedError` for a key that stands for other bytes.

        `may_retry` tells, without a key, whether the first time ended in a refusal; `any_bytes`: what the key stands for was
        written by us, at another moment with other bytes.
        """
        with self._alone(client, spooled.sha256, key):
            try:
                return self._once(client, spooled, key, may_retry, any_bytes=any_bytes)
            finally:
                spooled.file.unlink(missing_ok=True)

    def _once(
        self, client: str, spooled: Spooled, key: str, may_retry: Callable[[], bool], *, any_bytes: bool
    ) -> Handed:
        door, noted = self.door(client), self._key(client, key)
        known = _read(noted) if key else {}
        if known and known["sha256"] != spooled.sha256 and not any_bytes:
            raise RefusedError("IDEMPOTENCY_KEY_REUSED", 422, element="Idempotency-Key")
        sha256 = known.get("sha256", spooled.sha256)
        record = self._handed(client, sha256)
        names = _read(record).get("names", [])
        if names:
            self._place(door, sha256, names[-1])
        if known or (names and not may_retry()):
            name = known.get("name") or names[-1]
            if key and not known:
                self._note(noted, sha256, name)
            return Handed(name=name, sha256=sha256, repeated=True)
        name = sha256 if not names else f"{sha256}.{len(names) + 1}"
        spooled.file.replace(door.folder / SPOOL / f"{sha256}{READY}")
        write_atomically(record, json.dumps({"names": [*names, name]}).encode(), sync=True)
        if key:
            self._note(noted, sha256, name)
        self._place(door, sha256, name)
        return Handed(name=name, sha256=sha256, repeated=False)

    def known(self, client: str, sha256: str) -> Handed | None:
        """Return the last handover of these bytes by a client; None if there was none."""
        names = _read(self._handed(client, sha256)).get("names", [])
        return Handed(name=names[-1], sha256=sha256, repeated=True) if names else None

    def receipt(self, client: str, handed: Handed) -> dict[str, Any] | None:
        """Return what intake answered; None while it has not."""
        door = self.door(client)
        for name in names_of(door, handed.sha256):
            if name.rpartition("~")[0] == handed.name and (file := receipt_file(door.accepted, name)).exists():
                return _read(file)
        return next(map(_read, door.refused.glob(f"{glob.escape(handed.name)}~*.{RECEIPT}.json")), None)

    @contextmanager
    def _alone(self, client: str, *names: str) -> Iterator[None]:
        """Let nobody else hand over the same bytes, or anything under the same key; others wait for the disk side by side."""
        stripes = {zlib.crc32(f"{client} {name}".encode()) % STRIPES for name in names if name}
        with ExitStack() as held:
            for each in sorted(stripes):  # in one order, so that two never wait for each other
                held.enter_context(self._locks[each])
            yield

    def _place(self, door: Door, sha256: str, name: str) -> None:
        """Give a complete packet its name in the door; nothing where that was done."""
        try:
            (door.folder / SPOOL / f"{sha256}{READY}").rename(door.folder / f"{name}{SUFFIX}")
        except FileNotFoundError:
            return
        sync_folder(door.folder)

    def _note(self, noted: Path, sha256: str, name: str) -> None:
        write_atomically(noted, json.dumps({"sha256": sha256, "name": name}).encode(), sync=True)

    def _handed(self, client: str, sha256: str) -> Path:
        return self.door(client).folder.parent / "handed" / sha256[:2] / f"{sha256}.json"

    def _key(self, client: str, key: str) -> Path:
        digest = hashlib.sha256(key.encode()).hexdigest()
        return self.door(client).folder.parent / "keys" / digest[:2] / f"{digest}.json"


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    return found
