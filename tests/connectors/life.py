"""A document's life as events on topics, for the tests of the connectors: each event with the place where it would lie."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from infra.kafka.projection import Arrived
from infra.kafka.records import Where
from schemas.events import (
    Act,
    AlertState,
    ContentRef,
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentHeld,
    DocumentReceived,
    DocumentRefused,
    DocumentRepeated,
    DocumentSigned,
    DocumentSubmitted,
    Envelope,
    Event,
    Indication,
    Milestone,
    NotifyAttempted,
    ObligationChanged,
    Stage,
    StatusSubmitted,
    Told,
    Verdict,
)
from schemas.ids import delivery_id, document_key, event_id
from schemas.topics import PARTITIONS, topic_of

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
"""12:00 in Việt Nam, a Monday."""

PROVINCE, HEALTH, COMMUNE, NOBODY = "000.00.00.H53", "000.00.17.H53", "000.21.31.H53", "000.99.99.H53"
DOCUMENT_ID = f"{PROVINCE},2026-11-23,1234/UBND-KSTT"
KEY = document_key(PROVINCE, DOCUMENT_ID)
DELIVERY, OTHER_DELIVERY = delivery_id(KEY, HEALTH), delivery_id(KEY, COMMUNE)
SHA256 = "a" * 64
CONTENT = ContentRef(sha256=SHA256, size=1000, media_type="application/octet-stream")
STATUS = ContentRef(sha256="5" * 64, size=500, media_type="application/octet-stream")
ENVELOPE = Envelope(
    document_id=DOCUMENT_ID, sender=PROVINCE, recipients=(HEALTH, COMMUNE, NOBODY), subject="V/v rà soát", type_name="Công văn"
)  # fmt: skip
PASSED = Verdict(indication=Indication.TOTAL_PASSED, signed_at=NOON)
WAITS = Verdict(indication=Indication.INDETERMINATE, sub_indication="TRY_LATER", reasons=("CRL_STALE",))
CLERK = Told(organ_id=HEALTH, role="clerk", name="Lê Văn C", mailbox="vanthu@syt.example", mobile="0900000002")
VERSIONS = {"directory": "d" * 64}

E = TypeVar("E", bound=Event)


def at(minutes: float) -> datetime:
    """Return so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def made(kind: type[E], minutes: float, /, *name: str, **fields: Any) -> E:
    """Return an event with an id of its own, recorded when it happened."""
    moment = at(minutes)
    named = event_id(kind.__name__, *name, str(fields.get("document_key", "")))
    own: dict[str, Any] = {"event_id": named, "occurred_at": moment, "recorded_at": moment, "correlation_id": KEY}
    return kind(**own | fields)


def submitted(**fields: Any) -> DocumentSubmitted:
    """Hand the packet over, as the province."""
    own = {"document_key": KEY, "content": CONTENT, "envelope": ENVELOPE, "sender": PROVINCE}
    return made(DocumentSubmitted, 0, "1", **own | {"submitted_by": "folder:h53", "channel": "folder"} | fields)


def held(**fields: Any) -> DocumentHeld:
    """Nobody can know yet."""
    own = {"document_key": KEY, "content": CONTENT, "sender": PROVINCE, "document_id": DOCUMENT_ID}
    return made(DocumentHeld, 1, **own | {"verdict": WAITS, "next_try_at": at(10)} | fields)


def signed(**fields: Any) -> DocumentSigned:
    """Say that it may be carried."""
    own = {"document_key": KEY, "content": CONTENT, "envelope": ENVELOPE, "sender": PROVINCE, "submitted_at": NOON}
    own |= {"submitted_by": "folder:h53", "verdict": PASSED, "versions": {"trust": "7" * 64}}
    return made(DocumentSigned, 2, **own | fields)


def refused(reason: str = "CHANGED_AFTER_SIGNING", **fields: Any) -> DocumentRefused:
    """Say no, as the verifier."""
    own: dict[str, Any] = {"subject": KEY, "document_key": KEY, "document_id": DOCUMENT_ID, "sha256": SHA256}
    own |= {"sender": PROVINCE, "submitted_by": "folder:h53", "stage": Stage.VERIFICATION, "reason": reason}
    return made(DocumentRefused, 3, reason, **own | {"sentence_vi": "Văn bản bị từ chối."} | fields)


def not_routed(addressed: str = NOBODY) -> DocumentRefused:
    """One recipient is in no directory."""
    return refused("RECIPIENT_UNKNOWN", subject=f"{KEY}-{addressed}", stage=Stage.ROUTING, addressed=addressed)


def dispatched(recipient: str = HEALTH, **fields: Any) -> DocumentDispatched:
    """Send it to one recipient, as the router."""
    own: dict[str, Any] = {"delivery_id": delivery_id(KEY, recipient), "document_key": KEY, "document_id": DOCUMENT_ID}
    own |= {"content": CONTENT, "sender": PROVINCE, "recipient": recipient, "addressed": (recipient,)}
    own |= {"endpoint": "h53-17", "endpoint_owner": HEALTH, "mode": "pull", "hops": (PROVINCE, recipient)}
    own |= {"rule": "inside", "urgency": "normal", "subject": "V/v rà soát", "versions": VERSIONS, "act": Act.DELIVER}
    return made(DocumentDispatched, 3, recipient, str(fields.get("act", "")), **own | fields)


def received(milestone: Milestone, minutes: float, recipient: str = HEALTH) -> DocumentReceived:
    """Lay the file into the inbox, or take it."""
    own = {"delivery_id": delivery_id(KEY, recipient), "document_key": KEY, "recipient": recipient, "sha256": SHA256}
    how = {Milestone.OFFERED: "renamed", Milestone.RECEIVED: "taken"}[milestone]
    own |= {"milestone": milestone, "endpoint": "h53-17", "how": how}
    return made(DocumentReceived, minutes, recipient, milestone, **own)


def said(code: str, minutes: float, recipient: str = HEALTH, **fields: Any) -> DocumentAcknowledged:
    """Say a status, as a recipient."""
    own = {"delivery_id": delivery_id(KEY, recipient), "document_key": KEY, "document_id": DOCUMENT_ID}
    own |= {"sender": PROVINCE, "recipient": recipient, "code": code, "said_by": recipient, "reason": "Đã vào sổ"}
    return made(DocumentAcknowledged, minutes, recipient, code, **own | {"content": STATUS} | fields)


def owed(clock: str, minutes: float, *, closed_by: str = "", due: float = 240) -> ObligationChanged:
    """Say that the recipient owes something, or did it."""
    own: dict[str, Any] = {"obligation_id": f"{DELIVERY}:{clock}", "subject": DELIVERY, "document_key": KEY}
    own |= {"clock": clock, "debtor": HEALTH, "creditor": PROVINCE, "since_at": at(3), "breach_at": at(due)}
    own |= {"open": not closed_by, "closed_by": closed_by, "closed_at": at(minutes) if closed_by else None}
    own |= {"next_step": None if closed_by else 0, "rule": f"sla:{clock}", "versions": {"sla": "5" * 64}}
    return made(ObligationChanged, minutes, clock, closed_by, str(due), **own)


def alert(state: AlertState, minutes: float, *, level: int = 0, **fields: Any) -> DocumentAlert:
    """Raise a step of the ladder, or end it."""
    own: dict[str, Any] = {"alert_id": event_id("alert", DELIVERY, "transport"), "about": DELIVERY, "document_key": KEY}
    own |= {"document_id": DOCUMENT_ID, "delivery_id": DELIVERY, "kind": "not_received", "state": state}
    own |= {"level": level, "clock": "transport", "debtor": HEALTH, "to": (CLERK,), "why": "dispatched"}
    own |= {
        "deadline_at": at(63),
        "urgency": "normal",
        "sender": PROVINCE,
        "recipient": HEALTH,
        "subject": "V/v rà soát",
    }
    return made(DocumentAlert, minutes, state, str(level), **own | fields)


def whole_life() -> list[Event]:
    """Everything that may be said of one document with three recipients, of which one does not exist."""
    firing = alert(AlertState.FIRING, 18)
    own = {"submitted_by": "folder:h53-17", "channel": "folder", "addressed_to": PROVINCE, "content": STATUS}
    status = made(StatusSubmitted, 30, document_key=KEY, document_id=DOCUMENT_ID, code="03", said_by=HEALTH, **own)
    again = {"document_id": DOCUMENT_ID, "sha256": SHA256, "sender": PROVINCE, "submitted_by": "folder:h53"}
    told: dict[str, Any] = {
        "alert_id": firing.alert_id,
        "alert_event_id": firing.event_id,
        "channel": "smtp",
        "to_organ_id": HEALTH,
    }
    told |= {"to_role": "clerk", "message_id": "<1@x>", "delivered": True, "answer": "250 OK"}
    first = held()
    return [
        submitted(), first, signed(confirms=first.event_id), dispatched(), dispatched(COMMUNE), not_routed(),
        received(Milestone.OFFERED, 4), received(Milestone.OFFERED, 4, COMMUNE),
        owed("transport", 5), owed("transport", 6, due=300), firing, made(NotifyAttempted, 19, **told),
        received(Milestone.RECEIVED, 20), owed("transport", 21, closed_by="received"), owed("intake", 21),
        alert(AlertState.RESOLVED, 21, why="received"), status, said("01", 30), said("03", 31), said("06", 90),
        submitted(event_id=event_id("again"), occurred_at=at(100)),
        made(DocumentRepeated, 101, document_key=KEY, first_event_id=event_id("x"), **again),
        refused("STATUS_NOT_ENTITLED", stage=Stage.ROUTING, about_status=True, sender=NOBODY, sha256="5" * 64),
    ]  # fmt: skip


def on_topics(events: Iterable[Event]) -> Iterator[Arrived]:
    """Give each event the place it gets when they are written in this order."""
    offsets: defaultdict[Where, int] = defaultdict(int)
    for event in events:
        where = Where(topic_of(type(event)), zlib.crc32(event.key.encode()) % PARTITIONS)
        yield Arrived(event, where, offsets[where])
        offsets[where] += 1


def later(event: E, minutes: float) -> E:
    """Return the same event as a replay writes it: recorded later, all else equal."""
    return replace(event, recorded_at=event.occurred_at + timedelta(minutes=minutes))
