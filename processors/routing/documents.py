"""A document that may be carried: is it new, a repeat, or other bytes under a used id; then one outcome per recipient.

A record is known by verdict and causation (ADR 0003): the same pair again is a duplicate of the log, with no effect;
the same digest with another causation is the sender's repeat, answered with the first outcome.
An attempt that was refused as a whole (an outsider's, a mistaken sender's) blocks nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from processors.routing import alerts, answers
from processors.routing.early import with_early
from processors.routing.entitlement import may_act_on, principal_may, sender_fault
from processors.routing.memory import Document, Try
from processors.routing.plan import here, plan
from processors.routing.telling import act_of, told_of, told_older
from schemas.events import DocumentDispatched, DocumentSigned, Event
from schemas.ids import event_id
from schemas.reference import Agency, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Events to write, and the document and its paths as they are now."""

    events: tuple[Event, ...] = ()
    document: Document
    dispatches: tuple[DocumentDispatched, ...] = ()
    """New paths to remember."""


Recall = Callable[[DocumentSigned, Document, datetime], Decision]


def on_signed(
    event: DocumentSigned, document: Document | None, reference: Reference, now: datetime, *, recall: Recall
) -> Decision:
    """Decide about one verdict that lets a document pass. `recall` acts on the deliveries of a document known here."""
    known = document or Document(document_id=event.envelope.document_id, sender=event.sender)
    met = _met_before(event, known, reference, now)
    if met is not None:
        return met
    if fault := fault_of(event, reference, now):
        return _refuse_whole(event, known, fault, reference, now)
    kind = event.envelope.business_type
    if known.carried and kind in (0, 3):
        refusal = _refuse_whole(event, known, "SAME_ID_OTHER_BYTES", reference, now)
        return replace(refusal, events=(*refusal.events, alerts.other_bytes(event, reference, now)))
    return recall(event, known, now) if known.carried and kind == 1 else dispatch(event, known, reference, now)


def _met_before(event: DocumentSigned, known: Document, reference: Reference, now: datetime) -> Decision | None:
    """Answer a verdict whose bytes had their outcome already, or None."""
    sha256, record = event.content.sha256, event_id(event.event_id, event.causation_id)
    tried = known.tries.get(sha256)
    if event.event_id in known.recalled or (tried is not None and record in tried.seen):
        return Decision(document=known)
    if tried is None:
        return None
    if tried.provisional and event.confirms == tried.verdict:  # said again for a repeat, it is answered as one
        older = () if tried.refused else tuple(told_older(event, tried.recipients, reference, now))
        return Decision(events=older, document=known.with_try(sha256, replace(tried, provisional=False).met(record)))
    if tried.refused and tried.refused != "SAME_ID_OTHER_BYTES":
        return None
    answer = answers.repeated(event, tried.verdict, tried.recipients, now)
    return Decision(events=(answer,), document=known.with_try(sha256, tried.met(record)))


def fault_of(event: DocumentSigned, reference: Reference, now: datetime) -> str:
    """Return why the document as a whole may not go, or an empty string.

    Whether its sender may send is judged as of the hand-over: an agency may have ended since, and what it sent stands.
    """
    envelope, on = event.envelope, here(reference, event.submitted_at)
    if fault := sender_fault(envelope.sender, event.sender, envelope.document_id, reference, on):
        return fault
    if not principal_may(event.submitted_by, event.sender, reference, here(reference, now)):
        return "SENDER_NOT_ALLOWED"
    if len(set(envelope.recipients)) != len(envelope.recipients):
        return "DUPLICATE_RECEIVER"
    if not may_act_on(event.sender, envelope.related, reference, on):
        return "SENDER_NOT_ALLOWED"
    return ""


def _refuse_whole(event: DocumentSigned, known: Document, reason: str, reference: Reference, now: datetime) -> Decision:
    record = event_id(event.event_id, event.causation_id)
    before = known.tries.get(event.content.sha256)
    first = Try(verdict=event.event_id, provisional=event.provisional)
    tried = replace(before or first, refused=reason).met(record)
    refusal = answers.refused(event, reason, reference, now)
    return Decision(events=(refusal,), document=known.with_try(event.content.sha256, tried))


def dispatch(event: DocumentSigned, known: Document, reference: Reference, now: datetime) -> Decision:
    """Send it on its ways.

    Types 2 and 3 go as documents that name the older one; its own partition is told, for its rows lie under another key.
    """
    envelope = event.envelope
    others = tuple(each for each in envelope.related if each != envelope.document_id)
    if envelope.business_type and not others and not known.carried:
        refusal = _refuse_whole(event, known, "RELATED_DOCUMENT_UNKNOWN", reference, now)
        return (
            replace(refusal, document=with_early(event, refusal.document)) if envelope.business_type == 1 else refusal
        )
    found = plan(
        envelope, _sender(event, reference), reference, here(reference, now), size=event.content.size
    ).reachable()
    dispatches = tuple(
        answers.dispatched(
            event,
            replace(way, notes=(*way.notes, *(f"related:{document_id}" for document_id in others))) if others else way,
            reference,
            now,
            act=act_of(event),
        )
        for way in found.deliveries
    )
    refusals = (answers.refused(event, each.code, reference, now, addressed=each.addressed) for each in found.refusals)
    guessed = (code for way in found.deliveries for code in way.handed_to_root)
    warned = (alerts.handed_to_root(event, code, reference, now) for code in guessed)
    before = known.tries.get(event.content.sha256)
    tried = Try(
        verdict=event.event_id,
        seen=before.seen if before else (),
        provisional=event.provisional,
        recipients=tuple(way.recipient for way in found.deliveries),
    ).met(event_id(event.event_id, event.causation_id))
    if dispatches and not known.carried:
        known = replace(known, carried=event.content.sha256)
    document = known.with_try(event.content.sha256, tried)
    told = told_of(event, tried.recipients, reference, now)
    return Decision(events=(*dispatches, *refusals, *warned, *told), document=document, dispatches=dispatches)


def _sender(event: DocumentSigned, reference: Reference) -> Agency:
    """Return the sender's row as of the hand-over; entitlement was checked, so it is there."""
    on = here(reference, event.submitted_at)
    agency = reference.directory.agency(event.sender, on) if reference.directory else None
    if agency is None:
        raise LookupError(event.sender)
    return agency
