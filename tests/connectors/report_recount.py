"""The figures of a month, counted again straight from a list of events: no SQL, no lattice, none of the reports' code.

A delivery's end is read from its events in the order of time, working minutes are counted one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.events import (
    Act,
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentReceived,
    DocumentRefused,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    ObligationChanged,
    Stage,
)
from tests.connectors.report_history import FIRST, LAST, NOW, reference
from tests.reference_files import present

NEVER = datetime.max.replace(tzinfo=UTC)
WRONG = {"CHANGED_AFTER_SIGNING"}
"""Codes of the history that speak of a wrong signature."""


def local_day(moment: datetime) -> Any:
    """Return the day in Việt Nam, seven hours ahead of UTC all year."""
    return (moment + timedelta(hours=7)).date()


def inside(moment: datetime) -> bool:
    """Tell whether a moment lies in the month."""
    return bool(FIRST <= local_day(moment) <= LAST)


def minutes(organ_id: str, start: datetime, end: datetime) -> int:
    """Count the working minutes between two whole minutes."""
    calendar = present(reference().calendar)
    row = present(present(reference().directory).last_known(organ_id, LAST))
    pattern, found, at = calendar.pattern(row.working_hours), 0, start
    while at < end:
        here = at + timedelta(hours=7)
        minute = here.hour * 60 + here.minute
        found += any(opens <= minute < closes for opens, closes in calendar.hours_on(pattern, here.date()))
        at += timedelta(minutes=1)
    return found


class Delivery:
    """What the events say of one delivery."""

    def __init__(self, first: DocumentDispatched) -> None:
        self.first = first
        self.acts: list[Event] = []

    def at(self, code: str) -> datetime | None:
        """Return when a status first came in."""
        found = [e.occurred_at for e in self.acts if isinstance(e, DocumentAcknowledged) and e.code == code]
        return min(found, default=None)

    @property
    def received(self) -> datetime | None:
        """Return when the bytes were taken."""
        return next((e.occurred_at for e in self.acts if isinstance(e, DocumentReceived)), None)

    @property
    def recalled(self) -> bool:
        """Tell whether a recall took hold: one before an acceptance, or one agreed to."""
        accepted = min(filter(None, (self.at(code) for code in ("03", "04", "05", "06"))), default=None)
        formal = [e.occurred_at for e in self.acts if isinstance(e, DocumentDispatched) and e.act is Act.RECALL]
        asked = min(filter(None, (self.at("13"), *formal)), default=None)
        agreed = [e.occurred_at for e in self.acts if isinstance(e, DocumentAcknowledged) and e.code == "15"]
        return any(accepted is None or accepted >= at for at in formal) or any(asked and at > asked for at in agreed)

    @property
    def standing(self) -> str:
        """Return the class of `pairs`."""
        if self.at("02") and not self.recalled:
            return "refused"
        if self.received or any(self.at(code) for code in ("01", "03", "04", "05", "06")):
            return "received"
        replaced = any(isinstance(e, DeliverySuperseded) for e in self.acts)
        return "taken_back" if self.recalled or replaced else "open"


def deliveries(events: Iterable[Event]) -> dict[str, Delivery]:
    """Return delivery id -> what is said of it; events in the order of time."""
    found: dict[str, Delivery] = {}
    for event in events:
        match event:
            case DocumentDispatched(act=Act.DELIVER):
                found[event.delivery_id] = Delivery(event)
            case DocumentDispatched() | DeliverySuperseded() | DocumentReceived() | DocumentAcknowledged():
                found[event.delivery_id].acts.append(event)
            case _:
                pass
    return found


def by_agency(events: list[Event]) -> dict[str, defaultdict[str, Any]]:
    """Return organ_id -> field of the report `usage` -> figure, and lists of minutes under `receive`, `answer`."""
    found: defaultdict[str, defaultdict[str, Any]] = defaultdict(lambda: defaultdict(int))
    lists: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    ways = deliveries(events)
    _documents(events, found)
    for each in filter(lambda way: inside(way.first.occurred_at), ways.values()):
        first, into = each.first, found[each.first.recipient]
        found[first.sender]["dispatched"] += 1
        into["addressed"] += 1
        into[{"refused": "refused_by_recipient"}.get(each.standing, each.standing)] += 1
        into["recalled"] += each.recalled
        for pace, value in _times(each):
            lists[first.recipient, pace].append(value)
    for duty in {e.obligation_id: e for e in events if isinstance(e, ObligationChanged)}.values():
        name = {"transport": "late_receive", "intake": "late_answer"}.get(duty.clock)
        if name and inside(ways[duty.subject].first.occurred_at):
            past = (duty.closed_at or NOW) > present(duty.breach_at)
            found[duty.debtor][name] += past
    for event in events:
        if isinstance(event, DocumentAcknowledged) and inside(event.occurred_at):
            found[event.said_by]["statuses"] += 1
    for (organ_id, name), values in lists.items():
        found[organ_id][name] = sorted(values)
    return dict(found)


def _times(way: Delivery) -> Iterator[tuple[str, int]]:
    """Yield (what, working minutes) of one delivery."""
    start, recipient = way.first.occurred_at, way.first.recipient
    ended = min((e.occurred_at for e in way.acts if _ends(e)), default=NEVER)
    for code in ("01", "03", "06"):
        if said := way.at(code):
            yield code, minutes(recipient, start, said)
    taken = min(filter(None, (way.received, *map(way.at, ("01", "02", "03")))), default=None)
    if taken and taken <= ended:
        yield "receive", minutes(recipient, start, taken)
    answered = min(filter(None, (way.at("02"), way.at("03"))), default=None)
    if way.received and answered and answered <= ended:
        yield "answer", minutes(recipient, way.received, answered)


def _ends(event: Event) -> bool:
    """Tell whether an event ends what the recipient owes."""
    match event:
        case DocumentDispatched(act=Act.RECALL) | DocumentAcknowledged(code="15"):
            return True
        case DeliverySuperseded():
            return True
        case _:
            return False


def _documents(events: list[Event], found: defaultdict[str, defaultdict[str, Any]]) -> None:
    packets: dict[str, DocumentSubmitted] = {}
    verdicts: dict[str, Event] = {}
    needless: set[str] = set()
    for event in events:
        match event:
            case DocumentSubmitted():
                packets.setdefault(event.document_key, event)
            case DocumentRefused(stage=Stage.INTAKE) if inside(event.occurred_at):
                found[event.sender]["refused_at_door"] += 1
            case DocumentSigned() | DocumentRefused(stage=Stage.VERIFICATION):
                verdicts[event.document_key] = event
            case DocumentDispatched(paper_needed=False):
                needless.add(event.document_key)
            case _:
                pass
    for key, packet in packets.items():
        if inside(packet.occurred_at):
            found[packet.sender]["paper_needless"] += packet.envelope.paper and _is_document(packet) and key in needless
            for name in _of_packet(packet, verdicts.get(key)):
                found[packet.sender][name] += 1


def _is_document(packet: DocumentSubmitted) -> bool:
    return packet.envelope.business_type != 1


def _of_packet(packet: DocumentSubmitted, verdict: Event | None) -> Iterator[str]:
    if not _is_document(packet):
        yield "recalls_sent"
        return
    yield "sent"
    yield "with_paper" if packet.envelope.paper else "without_paper"
    match verdict:
        case DocumentRefused(reason=reason):
            yield "refused"
            yield from {"NO_SIGNATURE_FOUND": ["unsigned"]}.get(reason, ["wrongly_signed"] if reason in WRONG else [])
        case DocumentSigned(verdict=judged):
            yield "unsigned" if "NO_SIGNATURE_FOUND" in judged.reasons else "signed"
            if judged.signed_at and judged.signed_at < packet.occurred_at - timedelta(days=5):
                yield "late_dispatch"
        case _:
            pass
