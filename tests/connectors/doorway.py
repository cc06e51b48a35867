"""What tests of intake share: an intake of one's own on the real broker, its doors, and what it left behind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from connectors.folders import Door, endpoint_door, hand_door
from connectors.intake.intake import Intake
from connectors.intake.process import open_intake
from infra.clock import open_clock, set_clock
from infra.content import ContentStore
from infra.kafka import provision
from infra.kafka.epochs import FixedReferences
from infra.settings import Settings
from schemas.events import Event
from schemas.topics import BY_NAME
from tests.axis import MORNING, environment, events
from tests.reference_files import demo

ROOT = Path(__file__).resolve().parents[2]
TOPICS = ("document.submitted", "status.submitted", "document.refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorway:
    """A door, and everything that can be seen of what went through it."""

    settings: Settings
    door: Door

    def drop(self, packet: bytes, name: str = "a.edxml") -> None:
        """Drop a file as a client does: written beside, renamed into place."""
        self.door.folder.mkdir(parents=True, exist_ok=True)
        beside = self.door.folder / f".{name}.part"
        beside.write_bytes(packet)
        beside.rename(self.door.folder / name)

    def receipts(self) -> list[dict[str, Any]]:
        """Return every receipt, with the folder it lies in and what else lies there under its name."""
        return [
            {**json.loads(file.read_bytes()), "folder": folder.name, "kept": _packet_of(file).exists()}
            for folder in (self.door.accepted, self.door.refused)
            for file in sorted(folder.glob("*.receipt.json"))
        ]

    def receipt(self) -> dict[str, Any]:
        """Return the only receipt."""
        (found,) = self.receipts()
        return found

    def events(self) -> list[Event]:
        """Return what intake wrote, without the time of writing."""
        return [replace(event, recorded_at=None) for event in events(self.settings, *TOPICS)]

    def event(self) -> Event:
        """Return the only event."""
        (found,) = self.events()
        return found

    def unfinished(self) -> list[str]:
        """Return what lies in the door or in `work/`."""
        return [path.name for folder in (self.door.folder, self.door.work) for path in folder.glob("*.edxml")]


def _packet_of(receipt: Path) -> Path:
    return receipt.with_name(receipt.name.removesuffix(".receipt.json") + ".edxml")


def prepare(settings: Settings) -> None:
    """Make the topics that intake writes, and stop the clock in the morning."""
    provision.apply(settings, [BY_NAME[name] for name in TOPICS])
    set_clock(settings.clock_file, "stepped", at=MORNING)


def at_hand(settings: Settings) -> Doorway:
    """Return the door for hands."""
    return Doorway(settings=settings, door=hand_door(settings))


def at_endpoint(settings: Settings, address: str) -> Doorway:
    """Return the door of a client system."""
    return Doorway(settings=settings, door=endpoint_door(settings, address))


@contextmanager
def intake(settings: Settings, *, content: ContentStore | None = None, **producer: Any) -> Iterator[Intake]:
    """Yield an intake of this process, deciding by the demo province."""
    made = open_intake(settings, open_clock(settings), FixedReferences(demo()), content=content, **producer)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def process(settings: Settings, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run intake as a process of its own."""
    given = {**os.environ, **environment(settings), **more}
    log = settings.var / "intake.log"
    with log.open("ab") as out:
        started = subprocess.Popen([sys.executable, "-m", "connectors", "intake"], cwd=ROOT, env=given, stderr=out)
    try:
        yield started
    finally:
        started.kill()
        started.wait()
