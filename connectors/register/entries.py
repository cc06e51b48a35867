"""Rows that an event writes once and nothing changes: documents, alerts and whom they told, attempts, refusals, links; pure."""

from collections.abc import Iterator
from typing import Any

from connectors.register.pauses import paused_since
from connectors.register.timeline import delivery_id_of
from schemas.events import (
    Act,
    DocumentAlert,
    DocumentDispatched,
    DocumentHeld,
    DocumentRefused,
    DocumentRelated,
    DocumentRepeated,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    NotifyAttempted,
    ObligationChanged,
    Stage,
)

Row = dict[str, Any]
DEADLINES = ("target_at", "warn_at", "breach_at")


def documents(event: Event) -> Iterator[Row]:
    """Yield the document an event names with its sender; both follow from its key, so any event will do."""
    match event:
        case DocumentSubmitted() | DocumentSigned():
            yield _document(event.document_key, event.envelope.document_id, event.sender)
        case DocumentHeld() | DocumentDispatched() | DocumentRepeated():
            yield _document(event.document_key, event.document_id, event.sender)
        case DocumentRefused(about_status=False) if event.document_key and event.stage is not Stage.INTAKE:
            yield _document(event.document_key, event.document_id, event.sender)
        case _:
            return


def _document(key: str, document_id: str, sender: str) -> Row:
    return {"document_key": key, "document_id": document_id, "sender": sender}


def alerts(event: Event) -> Iterator[Row]:
    """Yield an alert's step, raised or resolved."""
    if isinstance(event, DocumentAlert):
        yield {
            **_same(event, "event_id alert_id about document_key delivery_id kind level number clock debtor why"),
            **_same(event, "occurred_at deadline_at urgency sender recipient versions"),
            "state": event.state.value,
        }


def told(event: Event) -> Iterator[Row]:
    """Yield the people an alert is for."""
    if isinstance(event, DocumentAlert):
        for place, each in enumerate(event.to):
            person = {name: getattr(each, name) for name in ("organ_id", "role", "name", "mailbox", "mobile")}
            yield {"event_id": event.event_id, "place": place, **person}


def attempts(event: Event) -> Iterator[Row]:
    """Yield one try to tell somebody."""
    if isinstance(event, NotifyAttempted):
        yield {
            **_same(event, "event_id alert_id alert_event_id channel to_organ_id to_role message_id"),
            **_same(event, "delivered answer attempt occurred_at"),
        }


def refusals(event: Event) -> Iterator[Row]:
    """Yield one final no, about a document, one recipient, or a status."""
    if isinstance(event, DocumentRefused):
        yield {
            **_same(event, "event_id subject document_key document_id sha256 sender submitted_by reason"),
            **_same(event, "element sentence_vi addressed about_status occurred_at"),
            "stage": event.stage.value,
            "reasons": list(event.reasons),
        }


def links(event: Event) -> Iterator[Row]:
    """Yield that a document holds the files of an earlier one under another id."""
    if isinstance(event, DocumentRelated) and event.act is Act.DELIVER and event.older_id:
        own = _same(event, "event_id document_key document_id sha256 sender occurred_at")
        yield own | {"first_key": event.subject, "first_id": event.older_id}


def obligation(event: ObligationChanged, place: int) -> Row:
    """Return the row of an obligation as the record at this offset says it.

    While its clock stands still with no end known, no moment behind that is a deadline: nobody can be late by it.
    """
    still = paused_since(event.pauses, still_open=event.open)
    row = {
        **_same(event, "obligation_id subject document_key clock debtor creditor since_at target_at warn_at breach_at"),
        **_same(event, "next_step next_step_at open closed_at closed_by working_minutes provisional rule versions"),
        "delivery_id": delivery_id_of(event),
        "pauses": list(event.pauses),
        "place": place,
    }
    behind = (name for name in DEADLINES if still is not None and row[name] is not None and row[name] > still)
    return row | dict.fromkeys(behind)


def _same(event: Event, names: str) -> Row:
    """Return the fields that are columns of the same name."""
    return {name: getattr(event, name) for name in names.split()}
