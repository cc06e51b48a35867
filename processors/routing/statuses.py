"""Statuses: which delivery is meant, and may this agency say it (domain §2.2, decision 1)."""

from dataclasses import replace
from datetime import datetime, timedelta

from processors.routing import alerts, answers
from processors.routing.entitlement import SENDER_SAYS, principal_may, same_agency
from processors.routing.memory import Document, Parked, dump_parked, load_parked, parked_row
from processors.routing.plan import here
from schemas.events import Event, StatusSubmitted, TimerFired
from schemas.reference import Reference
from schemas.step import Change, Forget, Outcome, Put, Rest, Wake

ORPHAN_WAITS = timedelta(hours=24)
"""So long a status may wait for its document before somebody is told (decisions, `status.submitted`)."""


def on_status(
    status: StatusSubmitted, document: Document | None, waiting: bytes | None, reference: Reference, now: datetime
) -> Outcome:
    """Acknowledge, refuse or park one status. The same status again is accepted again and changes nothing.

    Who may not speak for the agency named in it waits for no document: nobody fills another's orphanage.
    """
    if document is not None and document.recipients:
        return Outcome(events=judge(status, document, reference, now))
    if not principal_may(status.submitted_by, status.said_by, reference, here(reference, now)):
        return Outcome(events=(answers.status_refused(status, "STATUS_NOT_ENTITLED", reference, now),))
    parked = load_parked(waiting)
    if any(each.status.event_id == status.event_id for each in parked):
        return Outcome()
    until_at = now + ORPHAN_WAITS
    parked = (*parked, Parked(status=status, until_at=until_at))
    return Outcome(events=(answers.parked(status, until_at, now),), changes=_waiting(status.document_key, parked))


def judge(status: StatusSubmitted, document: Document, reference: Reference, now: datetime) -> tuple[Event, ...]:
    """Answer one status about a known document."""
    recipients = _entitled_for(status, document, reference, now)
    if not recipients:
        return (answers.status_refused(status, "STATUS_NOT_ENTITLED", reference, now),)
    return tuple(answers.acknowledged(status, document.sender, recipient, now) for recipient in recipients)


def replay(
    document_key: str, waiting: bytes | None, document: Document, reference: Reference, now: datetime
) -> Outcome:
    """Answer the statuses that came before their document, once it has deliveries."""
    parked = load_parked(waiting) if document.recipients else ()
    events = tuple(event for each in parked for event in judge(each.status, document, reference, now))
    return Outcome(events=events, changes=(Forget(row=parked_row(document_key)),) if parked else ())


def on_orphans(timer: TimerFired, waiting: bytes | None, reference: Reference) -> Outcome:
    """Tell somebody about statuses that waited their time; they go on waiting, for a late document may still come."""
    parked = load_parked(waiting)
    due = [each for each in parked if each.until_at <= timer.due_at and not each.told]
    if not due:
        return Outcome(changes=_waiting(parked[0].status.document_key, parked) if parked else ())
    warned = tuple(alerts.orphan(each.status, reference, each.until_at) for each in due)
    told = tuple(replace(each, told=True) if each in due else each for each in parked)
    return Outcome(events=warned, changes=_waiting(parked[0].status.document_key, told))


def _waiting(document_key: str, parked: tuple[Parked, ...]) -> tuple[Change, ...]:
    """Write the row and ask to be woken when the next one has waited its time."""
    row = parked_row(document_key)
    moments = [each.until_at for each in parked if not each.told]
    return (Put(row=row, value=dump_parked(parked)), Wake(row=row, due_at=min(moments)) if moments else Rest(row=row))


def _entitled_for(status: StatusSubmitted, document: Document, reference: Reference, now: datetime) -> tuple[str, ...]:
    """Return the recipients whose delivery is meant, none if this agency or this client system may not say it."""
    on = here(reference, now)
    if status.code in SENDER_SAYS:
        speaker, by_sender = document.sender, same_agency(status.said_by, document.sender, reference, on)
        meant = _deliveries_of(status.addressed_to, document, reference, now) if by_sender else ()
    else:
        meant = _deliveries_of(status.said_by, document, reference, now)
        speaker = status.said_by
    return meant if meant and principal_may(status.submitted_by, speaker, reference, on) else ()


def _deliveries_of(code: str, document: Document, reference: Reference, now: datetime) -> tuple[str, ...]:
    """Find deliveries by a code as written: the recipient itself, its code of today, or those it succeeded since."""
    recipients = document.recipients
    if code in recipients or reference.directory is None:
        return (code,) if code in recipients else ()
    on = here(reference, now)
    found = reference.directory.resolve(code, on)
    if found.agency is None:
        return ()
    if found.agency.organ_id in recipients:
        return (found.agency.organ_id,)
    return tuple(
        organ_id for organ_id in recipients if reference.directory.succeeds(found.agency.organ_id, organ_id, on)
    )
