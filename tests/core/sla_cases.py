"""Builders for the watcher's tests: one delivery to a commune, facts about it at local times, a partition whose timers run."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from processors.sla.core import SlaCore
from processors.sla.rulebook import Rulebook
from schemas.events import (
    Act,
    AlertState,
    ContentRef,
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentReceived,
    DocumentSigned,
    DocumentSubmitted,
    Envelope,
    Event,
    Indication,
    Milestone,
    ObligationChanged,
    TimerFired,
    Verdict,
)
from schemas.ids import delivery_id, document_key, event_id
from schemas.reference import Reference
from tests.core.routing_cases import COMMUNE, PROVINCE, Partition
from tests.reference_files import demo, demo_files, sound

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
DOCUMENT_ID = f"{PROVINCE},2026-11-23,1/UBND"
KEY = document_key(PROVINCE, DOCUMENT_ID)
DELIVERY = delivery_id(KEY, COMMUNE)
AXIS = "H53.SO.001"
CONTENT = ContentRef(sha256="a" * 64, size=10, media_type="application/octet-stream")


def at(text: str) -> datetime:
    """Return a local moment: `23 08:00` of November 2026, or with the date in full."""
    return datetime.fromisoformat(text if len(text) > len("23 08:00:00") else f"2026-11-{text}").replace(tzinfo=HERE)


def local(moment: datetime | None) -> str | None:
    """Say how a moment reads on the wall; None for none."""
    return None if moment is None else f"{moment.astimezone(HERE):%Y-%m-%d %H:%M}".removeprefix("2026-11-")


@cache
def rules(*, without: tuple[tuple[str, str], ...] = (), overrides: tuple[str, ...] = ()) -> Reference:
    """Return the demo's reference data without some contacts (organ_id, role), with some overrides of sla.yaml."""
    rows = demo_files()["contacts.csv"].decode().splitlines(keepends=True)
    gone = tuple(f"{organ_id},{role}," for organ_id, role in without)
    contacts = "".join(row for row in rows if not row.startswith(gone)) if gone else "".join(rows)
    sla = demo_files()["sla.yaml"].decode()
    sla += "overrides:\n" + "".join(f"  - {{{line}}}\n" for line in overrides) if overrides else ""
    found = demo().with_value("contacts", sound("contacts", {"contacts.csv": contacts.encode()}), f"contacts {gone}")
    return found.with_value("sla", sound("sla", {"sla.yaml": sla.encode()}), f"sla {overrides}")


def rulebook(**more: Any) -> Rulebook:
    """Return the rulebook of `rules`."""
    return Rulebook.of(rules(**more))


def dispatched(moment: str, *, mode: str = "pull", due_on: date | None = None, **changes: Any) -> DocumentDispatched:
    """Send the province's document to the commune."""
    own: dict[str, Any] = {"recipient": COMMUNE, "act": Act.DELIVER, "urgency": "normal", "type_name": "Công văn"}
    own |= changes
    return DocumentDispatched(
        event_id=event_id("dispatched", own["recipient"], own["act"]),
        occurred_at=at(moment),
        recorded_at=at(moment),
        delivery_id=delivery_id(KEY, own["recipient"]),
        document_key=KEY,
        document_id=DOCUMENT_ID,
        content=CONTENT,
        sender=PROVINCE,
        addressed=(own["recipient"],),
        endpoint="h53-31-21",
        endpoint_owner=own["recipient"],
        mode=mode,
        hops=(PROVINCE, own["recipient"]),
        rule="within-province",
        due_on=due_on,
        **own,
    )


def superseded(moment: str, act: Act) -> DeliverySuperseded:
    """Let a newer document take hold of the commune's delivery."""
    return DeliverySuperseded(
        event_id=event_id("superseded", act),
        occurred_at=at(moment),
        recorded_at=at(moment),
        delivery_id=DELIVERY,
        document_key=KEY,
        document_id=DOCUMENT_ID,
        sender=PROVINCE,
        recipient=COMMUNE,
        act=act,
        by_document_key="newer",
        by_document_id=f"{PROVINCE},2026-11-23,2/UBND",
        by_sha256="b" * 64,
    )


def received(moment: str, *, milestone: Milestone = Milestone.RECEIVED) -> DocumentReceived:
    """Say that the commune's side has the bytes (or could fetch them)."""
    return DocumentReceived(
        event_id=event_id("received", milestone),
        occurred_at=at(moment),
        recorded_at=at(moment),
        delivery_id=DELIVERY,
        document_key=KEY,
        recipient=COMMUNE,
        milestone=milestone,
        sha256=CONTENT.sha256,
        endpoint="h53-31-21",
        how="taken",
    )


def said(code: str, moment: str, *, claimed: str = "") -> DocumentAcknowledged:
    """Say a status; `claimed` is its own Timestamp."""
    return DocumentAcknowledged(
        event_id=event_id("said", code, moment),
        occurred_at=at(moment),
        recorded_at=at(moment),
        delivery_id=DELIVERY,
        document_key=KEY,
        document_id=DOCUMENT_ID,
        sender=PROVINCE,
        recipient=COMMUNE,
        code=code,
        said_by=PROVINCE if code == "13" else COMMUNE,
        said_at=at(claimed) if claimed else None,
        content=CONTENT,
    )


def submitted(moment: str, *, priority: int = 0) -> DocumentSubmitted:
    """Hand the document over."""
    return DocumentSubmitted(
        event_id=event_id("submitted"),
        occurred_at=at(moment),
        recorded_at=at(moment),
        document_key=KEY,
        content=CONTENT,
        envelope=Envelope(document_id=DOCUMENT_ID, sender=PROVINCE, recipients=(COMMUNE,), priority=priority),
        sender=PROVINCE,
        submitted_by="folder:h53",
        channel="folder",
    )


def signed(moment: str, *, signed_at: str = "") -> DocumentSigned:
    """Judge it; `signed_at` is the trusted time of the last required signature."""
    return DocumentSigned(
        event_id=event_id("signed"),
        occurred_at=at(moment),
        recorded_at=at(moment),
        document_key=KEY,
        content=CONTENT,
        envelope=submitted(moment).envelope,
        sender=PROVINCE,
        submitted_by="folder:h53",
        submitted_at=at(moment),
        verdict=Verdict(indication=Indication.TOTAL_PASSED, signed_at=at(signed_at) if signed_at else None),
    )


class Watcher(Partition):
    """A partition of the watcher whose timers run when it is told how late it is."""

    def __init__(self, reference: Reference | None = None) -> None:
        """Start with nothing known."""
        super().__init__(core=SlaCore(), reference=reference or rules())

    def hear(self, *events: Event) -> list[Event]:
        """Take events in, each at its own recorded time."""
        return [said for event in events for said in self.take(event, event.recorded_at or event.occurred_at)]

    def wait_until(self, moment: str) -> list[Event]:
        """Fire every timer that is due by then, in order, as the shell does."""
        said: list[Event] = []
        while due := sorted((due_at, row) for row, due_at in self.due.items() if due_at <= at(moment)):
            due_at, row = due[0]
            del self.due[row]  # the engine takes the moment away when it fires it
            said += self.take(TimerFired(event_id="timer", occurred_at=due_at, row=row, due_at=due_at), due_at)
        return said


def steps(events: Iterable[Event]) -> list[tuple[str, str, int, int, str | None]]:
    """Return the alerts of the ladder: kind, state, step, number, when."""
    return [
        (each.kind, each.state.value, each.level, each.number, local(each.occurred_at))
        for each in events
        if isinstance(each, DocumentAlert) and each.clock
    ]


def raised(events: Iterable[Event], kind: str) -> list[DocumentAlert]:
    """Return the firing alerts of a kind."""
    return [
        each
        for each in events
        if isinstance(each, DocumentAlert) and each.kind == kind and each.state is AlertState.FIRING
    ]


def duties(events: Iterable[Event]) -> dict[str, ObligationChanged]:
    """Return the newest standing of each clock."""
    return {each.clock: each for each in events if isinstance(each, ObligationChanged)}
