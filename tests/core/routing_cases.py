"""Builders for the router's tests: a document of the province, verdicts on it, statuses about it, and a partition that remembers."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from processors.routing.core import RoutingCore
from schemas.events import ContentRef, DocumentSigned, Envelope, Event, Indication, StatusSubmitted, Verdict
from schemas.ids import document_key, event_id
from schemas.reference import Reference
from schemas.step import Forget, Outcome, Put, Rest, Wake
from tests.reference_files import demo

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
"""12:00 in Việt Nam, a Monday."""

PROVINCE, HEALTH, COMMUNE, WARD = "000.00.00.H53", "000.00.17.H53", "000.21.31.H53", "000.00.40.H53"
NOBODY, TECHNICAL, MINISTRY = "000.99.99.H53", "000.00.01.W00", "000.00.00.G06"
DOCUMENT_ID = f"{PROVINCE},2026-11-23,1234/UBND-KSTT"
KEY = document_key(PROVINCE, DOCUMENT_ID)
FIRST = "a" * 64


def signed(*recipients: str, sha256: str = FIRST, cause: str = "", **changes: Any) -> DocumentSigned:
    """Return a verdict that lets a document of the province pass; `changes` of the event, or of its envelope (`sender`: of both)."""
    envelope = Envelope(
        document_id=DOCUMENT_ID, sender=PROVINCE, recipients=recipients, subject="V/v rà soát", type_code=2
    )
    own = {name: changes.pop(name) for name in list(changes) if name in Envelope.__dataclass_fields__}
    changes |= {"sender": own["sender"]} if "sender" in own else {}
    event = DocumentSigned(
        event_id=event_id("signed", KEY, sha256),
        occurred_at=NOON,
        recorded_at=NOON,
        causation_id=cause or event_id("submitted", KEY, sha256),
        document_key=KEY,
        content=ContentRef(sha256=sha256, size=1000, media_type="application/octet-stream"),
        envelope=replace(envelope, **own),
        sender=PROVINCE,
        submitted_by="folder:h53",
        submitted_at=NOON,
        verdict=Verdict(indication=Indication.TOTAL_PASSED, signed_at=NOON - timedelta(hours=1)),
    )
    return replace(event, **changes)


def status(code: str, said_by: str, *, addressed_to: str = PROVINCE, by: str = "", **changes: Any) -> StatusSubmitted:
    """Return a status packet about the province's document, said by its own client system."""
    folders = {PROVINCE: "h53", HEALTH: "h53-17", COMMUNE: "h53-31-21", WARD: "h53-40"}
    event = StatusSubmitted(
        event_id=event_id("status", KEY, code, said_by),
        occurred_at=NOON,
        recorded_at=NOON,
        document_key=KEY,
        content=ContentRef(sha256="5" * 64, size=500, media_type="application/octet-stream"),
        document_id=DOCUMENT_ID,
        code=code,
        said_by=said_by,
        addressed_to=addressed_to,
        said_at=NOON - timedelta(minutes=1),
        submitted_by=by or f"folder:{folders.get(said_by, 'nobody')}",
        channel="folder",
    )
    return replace(event, **changes)


@dataclass
class Partition:
    """Runs a core as the shell does: rows by name, moments by row, events collected."""

    core: Any = field(default_factory=RoutingCore)
    reference: Reference = field(default_factory=demo)
    rows: dict[str, bytes] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)

    def take(self, event: Event, now: datetime = NOON) -> tuple[Event, ...]:
        """Run one step and keep its changes."""
        outcome = self.look(event, now)
        for change in outcome.changes:
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
        return outcome.events

    def look(self, event: Event, now: datetime = NOON) -> Outcome:
        """Run one step and forget it, as a worker does that dies before its transaction."""
        wanted = set(self.core.keys(event))
        known = {row: value for row, value in self.rows.items() if row in wanted}
        outcome: Outcome = self.core.step(event, known, self.reference, now)
        return outcome


def named(events: tuple[Event, ...]) -> list[str]:
    """Return the events' types in words, for short expectations."""
    return [type(event).__name__ for event in events]
