"""The events that delivery writes; each has one id for ever, so a replay repeats it."""

from datetime import datetime

from connectors.delivery.inbox import Fact
from connectors.delivery.rows import Offer
from infra import metrics
from schemas.events import DocumentDispatched, DocumentReceived, Milestone
from schemas.ids import event_id


def offered(event: DocumentDispatched, at: datetime) -> DocumentReceived:
    """Say that a packet can be fetched."""
    metrics.DELIVERIES.labels(milestone=Milestone.OFFERED, how="renamed").inc()
    return DocumentReceived(
        event_id=event_id("offered", event.delivery_id, event.event_id),
        occurred_at=at,
        correlation_id=event.document_key,
        causation_id=event.event_id,
        delivery_id=event.delivery_id,
        document_key=event.document_key,
        recipient=event.recipient,
        milestone=Milestone.OFFERED,
        sha256=event.content.sha256,
        endpoint=event.endpoint,
        how="renamed",
    )


def received(delivery_id: str, offer: Offer, fact: Fact) -> DocumentReceived:
    """Say that the recipient's side has the bytes."""
    metrics.DELIVERIES.labels(milestone=Milestone.RECEIVED, how=fact.how).inc()
    return DocumentReceived(
        event_id=event_id("received", delivery_id, offer.dispatch),
        occurred_at=fact.at,
        correlation_id=offer.document_key,
        causation_id=fact.because,
        delivery_id=delivery_id,
        document_key=offer.document_key,
        recipient=offer.recipient,
        milestone=Milestone.RECEIVED,
        sha256=offer.sha256,
        endpoint=offer.endpoint,
        how=fact.how,
    )
