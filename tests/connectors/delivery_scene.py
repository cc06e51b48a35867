"""An axis with a content store, the demo's directory and real inboxes, and one partition of the delivery core."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.delivery.core import DeliveryCore
from connectors.folders import Door, endpoint_door, inbox
from connectors.receipts import note_digest
from infra.content import DirectoryStore
from infra.settings import Settings
from schemas.events import ContentRef, DocumentAcknowledged, DocumentDispatched, DocumentReceived, Event, TimerFired
from schemas.reference import Reference
from schemas.step import Change, Forget, Outcome, Put, Rest, Wake
from tests.connectors import life
from tests.reference_files import demo

PACKET = b"<edXML>mot goi tin</edXML>" * 1_000
STATUS = b"<edXML>mot trang thai</edXML>"
HEALTH_INBOX, PROVINCE_INBOX = "h53-17", "h53"


@dataclass
class Scene:
    """Runs the core as the engine does: rows by name, moments by row, events in their order."""

    settings: Settings
    reference: Reference = field(default_factory=demo)
    rows: dict[str, bytes] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    said: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.core = DeliveryCore(self.settings)
        self.store = DirectoryStore(self.settings.content_folder)
        self.content = self.keep(PACKET)
        self.status_content = self.keep(STATUS)

    # -- the world ------------------------------------------------------------------------------------
    def keep(self, content: bytes) -> ContentRef:
        """Put bytes into the content store."""
        return self.store.put([content], "application/octet-stream")

    def inbox(self, address: str = HEALTH_INBOX) -> Path:
        """Return an endpoint's inbox."""
        return inbox(self.settings, address)

    def names(self, address: str = HEALTH_INBOX) -> list[str]:
        """Return what a recipient sees in its inbox."""
        folder = self.inbox(address)
        return sorted(each.name for each in folder.iterdir() if each.name[0] != ".") if folder.exists() else []

    def packet(self, address: str = HEALTH_INBOX, delivery: str = life.DELIVERY) -> Path:
        """Return where the packet of a delivery lies, or would."""
        return self.inbox(address) / f"{delivery}.edxml"

    def hand_over(self, address: str = PROVINCE_INBOX, name: str = "vb~1.edxml", sha256: str = "") -> Door:
        """Leave a packet in a door as intake does after taking it."""
        door = endpoint_door(self.settings, address)
        door.accepted.mkdir(parents=True, exist_ok=True)
        (door.accepted / name).write_bytes(PACKET)
        note_digest(door, sha256 or self.content.sha256, name)
        return door

    def receipts(self, door: Door) -> dict[str, dict[str, Any]]:
        """Return the follow-up receipts in a door, by file name."""
        return {each.name: json.loads(each.read_bytes()) for each in sorted(door.accepted.glob("*.json"))}

    # -- events ---------------------------------------------------------------------------------------
    def dispatched(self, recipient: str = life.HEALTH, **fields: Any) -> DocumentDispatched:
        """Send the packet to one recipient."""
        return life.dispatched(recipient, **{"content": self.content} | fields)

    def acknowledged(self, code: str, minutes: float, **fields: Any) -> DocumentAcknowledged:
        """Say a status, as the recipient."""
        return life.said(code, minutes, **{"content": self.status_content} | fields)

    # -- the engine -----------------------------------------------------------------------------------
    def look(self, event: Event) -> Outcome:
        """Run a step and forget what it said, as a process that dies before its transaction; its effects stay."""
        known = {row: self.rows[row] for row in self.core.keys(event) if row in self.rows}
        return self.core.step(event, known, self.reference, event.recorded_at or event.occurred_at)

    def take(self, event: Event) -> tuple[Event, ...]:
        """Run a step and keep its changes."""
        outcome = self.look(event)
        self._keep(outcome.changes)
        self.said += outcome.events
        return outcome.events

    def tick(self, now: datetime) -> tuple[Event, ...]:
        """Look into the inboxes, then fire what is due."""
        watched = {row: value for row, value in self.rows.items() if row.startswith(self.core.notices)}
        self._keep(self.core.notice(watched, now))
        events: tuple[Event, ...] = ()
        while due := sorted((at, row) for row, at in self.due.items() if at <= now):
            at, row = due[0]
            del self.due[row]
            events += self.take(TimerFired(event_id=f"timer {row}", occurred_at=at, recorded_at=at, row=row, due_at=at))
        return events

    def restart(self) -> "Scene":
        """Return the scene as a new process finds it."""
        return replace(self, said=[])

    def facts(self) -> list[tuple[str, str]]:
        """Return (milestone, how) of everything that was said."""
        return [(each.milestone.value, each.how) for each in self.said if isinstance(each, DocumentReceived)]

    def _keep(self, changes: Iterable[Change]) -> None:
        for change in changes:
            match change:
                case Put(row=row, value=value):
                    self.rows[row] = value
                case Forget(row=row):
                    self.rows.pop(row, None)
                    self.due.pop(row, None)
                case Wake(row=row, due_at=due_at):
                    self.due[row] = due_at
                case Rest(row=row):
                    self.due.pop(row, None)
