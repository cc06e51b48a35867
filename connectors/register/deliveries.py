"""One delivery: the lattice state and the dispatch it began with, joined whatever the order of the events; pure.

A row is a mapping with the columns of `DELIVERY`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas import lifecycle
from schemas.events import (
    Act,
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentReceived,
    Event,
    Milestone,
)

Row = Mapping[str, Any]
Known = DocumentDispatched | DeliverySuperseded | DocumentReceived | DocumentAcknowledged


def key_of(event: Event) -> tuple[str] | None:
    """Return the delivery whose state an event moves; None for other events."""
    return (event.delivery_id,) if isinstance(event, Known) else None


def empty(key: tuple[str]) -> dict[str, Any]:
    """Return the row of a delivery of which nothing is known yet."""
    texts = ("document_key", "document_id", "sha256", "sender", "recipient", "endpoint", "mode", "rule", "urgency")
    return {
        "delivery_id": key[0],
        **dict.fromkeys((*texts, "type_name", "subject", "dispatched_by", "label", "progress"), ""),
        **dict.fromkeys(("due_on", "dispatched_at", "offered_at", "received_at")),
        "addressed": [],
        "hops": [],
        "state": lifecycle.to_json(lifecycle.empty(key[0])),
    }


def fold(row: Row, event: Event) -> dict[str, Any]:
    """Return the row with what one event says."""
    if not isinstance(event, Known):
        return dict(row)
    state = lifecycle.advance(lifecycle.from_json(row["state"]), event)
    new = {
        **row,
        "document_key": event.document_key,
        "recipient": event.recipient,
        "state": lifecycle.to_json(state),
        "label": lifecycle.label(state),
        "progress": state.progress,
    }
    match event:
        case DocumentDispatched():
            return new | _begun(row, event)
        case DocumentReceived(milestone=Milestone.OFFERED):
            return new | {"offered_at": _earlier(row["offered_at"], event.occurred_at)}
        case DocumentReceived():
            return new | {"received_at": _earlier(row["received_at"], event.occurred_at)}
        case _:
            return new


def _begun(row: Row, event: DocumentDispatched) -> dict[str, Any]:
    """Return what the first dispatch says: a delivery is known by it, not by its recall."""
    rank = f"{int(event.act is not Act.DELIVER)} {event.event_id}"
    if row["dispatched_by"] and row["dispatched_by"] <= rank:
        return {}
    return {
        "document_id": event.document_id,
        "sha256": event.content.sha256,
        "sender": event.sender,
        "addressed": list(event.addressed),
        "endpoint": event.endpoint,
        "mode": event.mode,
        "rule": event.rule,
        "hops": list(event.hops),
        "urgency": event.urgency,
        "due_on": event.due_on,
        "type_name": event.type_name,
        "subject": event.subject,
        "dispatched_by": rank,
        "dispatched_at": event.occurred_at,
    }


def _earlier(known: datetime | None, moment: datetime) -> datetime:
    return moment if known is None else min(known, moment)
