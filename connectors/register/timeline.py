"""One line of a timeline: what happened when, who did it and why, decided by which versions; pure."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from infra.kafka.projection import Arrived
from schemas.conversion import writer_of
from schemas.events import (
    Act,
    ContentRef,
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentHeld,
    DocumentReceived,
    DocumentRefused,
    DocumentRelated,
    DocumentRepeated,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    Milestone,
    NotifyAttempted,
    ObligationChanged,
    OperatorActed,
    ReferencePublished,
    StatementSigned,
    StatusParked,
    StatusSubmitted,
)
from schemas.ids import split_delivery_id

VERIFIER, ROUTER = "axis:verifier", "axis:router"


def line(arrived: Arrived) -> dict[str, Any]:
    """Return the row of the table `event`."""
    event = arrived.event
    who, why = who_and_why(event)
    return {
        "event_id": event.event_id,
        "topic": arrived.where.topic,
        "partition": arrived.where.partition,
        "offset": arrived.offset,
        "key": event.key,
        "type": type(event).__name__,
        "document_key": document_key_of(event),
        "delivery_id": delivery_id_of(event),
        "causation_id": event.causation_id,
        "sha256": sha256_of(event),
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "who": who,
        "why": why,
        "versions": dict(getattr(event, "versions", {})),
        "body": body(event),
    }


def who_and_why(event: Event) -> tuple[str, str]:
    """Say who did it (an agency, a client system or a part of the axis) and why, in codes."""
    return WHO_AND_WHY[type(event)](event)


def _said(code: str, text: str) -> str:
    return f"{code}: {text}" if text else code


def _relation(event: DocumentRelated) -> str:
    if event.act is Act.DELIVER and event.older_id:
        return f"same_contents {event.older_id}"
    return f"{event.act} {event.older_id}" if event.older_id else f"contents {event.subject}"


WHO_AND_WHY: dict[type[Event], Callable[[Any], tuple[str, str]]] = {
    DocumentSubmitted: lambda event: (event.submitted_by, event.channel),
    DocumentSigned: lambda event: (VERIFIER, ", ".join((event.verdict.indication.value, *event.verdict.reasons))),
    DocumentHeld: lambda event: (VERIFIER, ", ".join(event.verdict.reasons) or event.verdict.sub_indication),
    DocumentRefused: lambda event: (f"axis:{event.stage.value.lower()}", f"{event.reason} {event.addressed}".strip()),
    DocumentDispatched: lambda event: (ROUTER, event.rule),
    DeliverySuperseded: lambda event: (ROUTER, f"{event.act} {event.by_document_id}"),
    DocumentRelated: lambda event: (ROUTER, _relation(event)),
    DocumentReceived: lambda event: (
        event.recipient if event.milestone is Milestone.RECEIVED else "axis:deliver",
        event.how,
    ),
    StatusSubmitted: lambda event: (event.said_by, _said(event.code, event.reason)),
    DocumentAcknowledged: lambda event: (event.said_by, _said(event.code, event.reason)),
    StatusParked: lambda event: (ROUTER, event.code),
    DocumentRepeated: lambda event: (event.submitted_by, event.first_event_id),
    DocumentAlert: lambda event: ("axis:watcher" if event.clock else "axis", _said(event.kind, event.why)),
    ObligationChanged: lambda event: (event.debtor, event.clock if event.open else _said(event.clock, event.closed_by)),
    NotifyAttempted: lambda event: ("axis:notify", event.answer),
    StatementSigned: lambda event: ("axis:notify", _said(event.clock, _stated(event))),
    OperatorActed: lambda event: (event.by, _said(event.action, event.reason)),
    ReferencePublished: lambda event: (event.published_by, event.version),
}
"""One entry for each event that travels."""


def _stated(event: StatementSigned) -> str:
    """Return the statement's digest; of one that takes another back, also that one's."""
    return event.content.sha256 + (f", withdraws {event.withdraws}" if event.withdraws else "")


def document_key_of(event: Event) -> str:
    """Return the document an event belongs to, or an empty text."""
    named = getattr(event, "document_key", "") or event.correlation_id
    return str(named) or _split(event.key)[0]


def delivery_id_of(event: Event) -> str:
    """Return the delivery an event is about, or an empty text."""
    return str(getattr(event, "delivery_id", "")) or (event.key if _split(event.key)[1] else "")


def sha256_of(event: Event) -> str:
    """Return the digest of the packet an event is about, or an empty text; a status packet's digest is not one."""
    match event:
        case StatusSubmitted() | DocumentAcknowledged() | StatusParked() | ReferencePublished() | StatementSigned():
            return ""
        case DocumentRefused(about_status=True):
            return ""
        case _:
            content = getattr(event, "content", None)
            return content.sha256 if isinstance(content, ContentRef) else str(getattr(event, "sha256", ""))


def _split(key: str) -> tuple[str, str]:
    try:
        return split_delivery_id(key)
    except ValueError:
        return "", ""


def body(event: Event) -> str:
    """Return what the event says as JSON text, without the people an alert tells: they are in the table `told` alone."""
    kind: type = type(event)
    said = writer_of(kind)(event)
    if isinstance(event, DocumentAlert):
        said["to"] = [{"organ_id": each.organ_id, "role": each.role} for each in event.to]
    return json.dumps(said, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
