"""What the router warns of: a used id, a code nobody knows, a status or a newer document whose document never came."""

from datetime import datetime

from processors.routing.answers import versions
from processors.routing.plan import here
from schemas.events import AlertState, DocumentAlert, DocumentRelated, DocumentSigned, StatusSubmitted, Told
from schemas.ids import event_id
from schemas.reference import Reference


def other_bytes(event: DocumentSigned, reference: Reference, now: datetime) -> DocumentAlert:
    """Warn the sender's clerk and the axis operator: somebody uses the id of a carried document for other bytes."""
    alert = event_id("alert", event.document_key, "same_id_other_bytes", event.content.sha256)
    return DocumentAlert(
        event_id=event_id(alert, AlertState.FIRING),
        occurred_at=now,
        correlation_id=event.document_key,
        causation_id=event.event_id,
        alert_id=alert,
        about=event.document_key,
        document_key=event.document_key,
        document_id=event.envelope.document_id,
        kind="same_id_other_bytes",
        state=AlertState.FIRING,
        to=_officials(event.sender, reference, now),
        why="SAME_ID_OTHER_BYTES",
        sender=event.sender,
        subject=event.envelope.subject,
        versions=versions(reference, "contacts"),
    )


def handed_to_root(event: DocumentSigned, addressed: str, reference: Reference, now: datetime) -> DocumentAlert:
    """Warn the root's clerk and the axis operator: an unknown code was handed to the root (`unknown_under_root`)."""
    alert = event_id("alert", event.document_key, "recipient_unknown", addressed)
    root = reference.routes.root if reference.routes else ""
    return DocumentAlert(
        event_id=event_id(alert, AlertState.FIRING),
        occurred_at=now,
        correlation_id=event.document_key,
        causation_id=event.event_id,
        alert_id=alert,
        about=event.document_key,
        document_key=event.document_key,
        document_id=event.envelope.document_id,
        kind="recipient_unknown",
        state=AlertState.FIRING,
        to=_officials(root, reference, now),
        why="RECIPIENT_UNKNOWN",
        sender=event.sender,
        recipient=addressed,
        subject=event.envelope.subject,
        versions=versions(reference, "contacts"),
    )


def older_unknown(event: DocumentRelated, reference: Reference, now: datetime) -> DocumentAlert:
    """Warn the sender's clerk and the axis operator: the document that this one updates or replaces was never carried here."""
    alert = event_id("alert", event.document_key, "older_unknown", event.subject)
    return DocumentAlert(
        event_id=event_id(alert, AlertState.FIRING),
        occurred_at=now,
        correlation_id=event.document_key,
        causation_id=event.event_id,
        alert_id=alert,
        about=event.document_key,
        document_key=event.document_key,
        document_id=event.document_id,
        kind="older_unknown",
        state=AlertState.FIRING,
        to=_officials(event.sender, reference, now),
        why="RELATED_DOCUMENT_UNKNOWN",
        deadline_at=now,
        sender=event.sender,
        versions=versions(reference, "contacts"),
    )


def orphan(status: StatusSubmitted, reference: Reference, now: datetime) -> DocumentAlert:
    """Warn the axis operator and the clerk of who said it: the document of this status never came."""
    alert = event_id("alert", status.document_key, "status_orphan", status.event_id)
    return DocumentAlert(
        event_id=event_id(alert, AlertState.FIRING),
        occurred_at=now,
        correlation_id=status.document_key,
        causation_id=status.event_id,
        alert_id=alert,
        about=status.document_key,
        document_key=status.document_key,
        document_id=status.document_id,
        kind="status_orphan",
        state=AlertState.FIRING,
        to=_officials(status.said_by, reference, now),
        why=status.code,
        deadline_at=now,
        sender=status.addressed_to,
        recipient=status.said_by,
        versions=versions(reference, "contacts"),
    )


def _officials(organ_id: str, reference: Reference, now: datetime) -> tuple[Told, ...]:
    """Return the clerk of an agency and the axis operator, as far as contacts name them."""
    if reference.contacts is None:
        return ()
    on = here(reference, now)
    wanted = [(organ_id, "clerk")]
    if reference.sla is not None:
        wanted.append((reference.sla.axis.agency, reference.sla.axis.role))
    return tuple(
        Told(organ_id=each.organ_id, role=each.role, name=each.name, mailbox=each.mailbox, mobile=each.mobile)
        for agency, role in wanted
        for each in reference.contacts.find(agency, role, on)
    )
