"""The router's events, with ids made of business keys: a replay repeats them."""

from datetime import datetime

from processors.routing.paper import paper_of
from processors.routing.plan import Delivery, here
from processors.routing.why import about_recipient, about_sender
from schemas.events import (
    Act,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentRefused,
    DocumentRepeated,
    DocumentSigned,
    Stage,
    StatusParked,
    StatusSubmitted,
)
from schemas.ids import delivery_id, event_id
from schemas.reasons import sentence_vi
from schemas.reference import Reference

KINDS = ("directory", "routes", "identities", "document_types", "sla")
"""Reference kinds that a routing decision reads."""


def versions(reference: Reference, *more: str) -> dict[str, str]:
    """Return the versions of the snapshots that the decision used."""
    return {kind: reference.versions[kind] for kind in (*KINDS, *more) if kind in reference.versions}


def dispatched(
    event: DocumentSigned, delivery: Delivery, reference: Reference, now: datetime, *, act: Act
) -> DocumentDispatched:
    """Say that this recipient gets the document by this way."""
    name = delivery_id(event.document_key, delivery.recipient)
    paper = paper_of(event.envelope, reference, signatures=event.verdict.signatures_found)
    return DocumentDispatched(
        event_id=event_id("dispatched", name, act, event.content.sha256),
        occurred_at=now,
        correlation_id=event.document_key,
        causation_id=event.event_id,
        delivery_id=name,
        document_key=event.document_key,
        document_id=event.envelope.document_id,
        content=event.content,
        sender=event.sender,
        recipient=delivery.recipient,
        addressed=delivery.addressed,
        endpoint=delivery.endpoint,
        endpoint_owner=delivery.endpoint_owner,
        mode=delivery.mode,
        hops=delivery.hops,
        rule=delivery.rule,
        urgency=reference.sla.urgency.of(event.envelope.priority) if reference.sla else "normal",
        due_on=event.envelope.due_on,
        type_code=event.envelope.type_code,
        type_name=event.envelope.type_name,
        subject=event.envelope.subject,
        act=act,
        provisional=event.provisional,
        notes=delivery.notes,
        versions=versions(reference),
        paper_needed=paper.needed,
        paper_why=paper.why,
    )


def refused(
    event: DocumentSigned, reason: str, reference: Reference, now: datetime, *, addressed: str = "", element: str = ""
) -> DocumentRefused:
    """Refuse the document, or one recipient of it."""
    key = event.document_key
    return DocumentRefused(
        event_id=event_id(
            "not-routed", key, event.content.sha256, addressed, reason, event.event_id, event.causation_id
        ),
        occurred_at=now,
        correlation_id=key,
        causation_id=event.event_id,
        subject=f"{key}-{addressed}" if addressed else key,
        document_key=key,
        document_id=event.envelope.document_id,
        sha256=event.content.sha256,
        sender=event.sender,
        submitted_by=event.submitted_by,
        stage=Stage.ROUTING,
        reason=reason,
        reasons=(reason,),
        element=element,
        sentence_vi=sentence_vi(reason, detail=_about(event, reason, addressed, reference, now)),
        addressed=addressed,
        versions=versions(reference),
    )


def _about(event: DocumentSigned, reason: str, addressed: str, reference: Reference, now: datetime) -> str:
    """Return what a refusal is about: a recipient, the sender as of the hand-over, or the document's id."""
    if addressed:
        return about_recipient(addressed, reason, event.envelope, reference, here(reference, now))
    if not reason.startswith("SENDER_"):
        return event.envelope.document_id
    on = here(reference, event.submitted_at)
    return about_sender(event.envelope, reason, reference, on, submitted_by=event.submitted_by)


def repeated(event: DocumentSigned, first: str, recipients: tuple[str, ...], now: datetime) -> DocumentRepeated:
    """Answer the same bytes with the first outcome."""
    return DocumentRepeated(
        event_id=event_id("repeated", event.document_key, event.content.sha256, event.event_id, event.causation_id),
        occurred_at=now,
        correlation_id=event.document_key,
        causation_id=event.causation_id or event.event_id,
        document_key=event.document_key,
        document_id=event.envelope.document_id,
        sha256=event.content.sha256,
        sender=event.sender,
        submitted_by=event.submitted_by,
        first_event_id=first,
        deliveries=tuple(delivery_id(event.document_key, organ_id) for organ_id in recipients),
    )


def acknowledged(status: StatusSubmitted, sender: str, recipient: str, now: datetime) -> DocumentAcknowledged:
    """Accept a status about one delivery; `occurred_at` is when the axis took it in, `said_at` what it claims."""
    name = delivery_id(status.document_key, recipient)
    said_at = status.said_at.isoformat() if status.said_at else ""
    return DocumentAcknowledged(
        event_id=event_id(
            "acknowledged", name, status.code, said_at, status.said_by, status.content.sha256, status.event_id
        ),
        occurred_at=min(status.occurred_at, now),
        correlation_id=status.document_key,
        causation_id=status.event_id,
        delivery_id=name,
        document_key=status.document_key,
        document_id=status.document_id,
        sender=sender,
        recipient=recipient,
        code=status.code,
        said_by=status.said_by,
        said_at=status.said_at,
        reason=status.reason,
        content=status.content,
        origin="axis" if status.channel == "axis" else "system",
    )


def status_refused(status: StatusSubmitted, reason: str, reference: Reference, now: datetime) -> DocumentRefused:
    """Refuse a status; the document it speaks of is not touched."""
    return DocumentRefused(
        event_id=event_id("status-refused", status.document_key, status.event_id, reason),
        occurred_at=now,
        correlation_id=status.document_key,
        causation_id=status.event_id,
        subject=status.document_key,
        document_key=status.document_key,
        document_id=status.document_id,
        sha256=status.content.sha256,
        sender=status.said_by,
        submitted_by=status.submitted_by,
        stage=Stage.ROUTING,
        reason=reason,
        reasons=(reason,),
        sentence_vi=sentence_vi(reason, detail=status.code),
        about_status=True,
        versions=versions(reference),
    )


def parked(status: StatusSubmitted, until_at: datetime, now: datetime) -> StatusParked:
    """Say that a status waits for its document."""
    return StatusParked(
        event_id=event_id("parked", status.document_key, status.event_id),
        occurred_at=now,
        correlation_id=status.document_key,
        causation_id=status.event_id,
        document_key=status.document_key,
        content=status.content,
        document_id=status.document_id,
        code=status.code,
        said_by=status.said_by,
        until_at=until_at,
        status_event_id=status.event_id,
    )
