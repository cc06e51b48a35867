"""From an alert to the letters and digests of everybody it tells, and the moment at which each may be disturbed."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors.notify import digests, letters, texts
from connectors.notify.digests import Digest
from connectors.notify.letters import About, Letter
from schemas.events import DocumentAlert, Told
from schemas.reference import Reference
from schemas.reference.working_time import next_working_moment
from schemas.step import Change, Forget, Put, Wake

OUTSIDE_WORKING_HOURS = "outside_working_hours"


def written(alert: DocumentAlert, known: Mapping[str, bytes], reference: Reference, now: datetime) -> Iterator[Change]:
    """Yield the rows of everybody who has a mailbox."""
    span = digests.interval(alert, reference)
    for number, person in told(alert):
        if span is None:
            yield from _wait(_letter(alert, number, person, reference, now), _when(alert, person, reference, now))
            continue
        row = digests.row_of(alert, person)
        if row in known:
            digest = digests.load(known[row])
        else:
            due_at = _when(alert, person, reference, digests.next_multiple(now, span))
            digest = digests.begun(alert, person, reference, now=now, due_at=due_at)
        yield from _gather(digests.joined(digest, alert, reference, now), row)


def told(alert: DocumentAlert) -> Iterator[tuple[int, Told]]:
    """Yield the people who have a mailbox, with their numbers; a mailbox named twice gets one mail."""
    seen: set[str] = set()
    for number, person in enumerate(alert.to):
        if person.mailbox and person.mailbox not in seen:
            seen.add(person.mailbox)
            yield number, person


def _letter(alert: DocumentAlert, number: int, person: Told, reference: Reference, now: datetime) -> Letter:
    said = texts.text(alert, person, reference, now)
    return Letter(
        name=letters.name_of(alert.event_id, number),
        alerts=(About(alert_id=alert.alert_id, alert_event_id=alert.event_id),),
        organ_id=person.organ_id,
        role=person.role,
        mailbox=person.mailbox,
        subject=said.subject,
        body=said.body,
    )


def _wait(letter: Letter, due_at: datetime) -> Iterator[Change]:
    yield Put(letter.row, letters.dump(letter))
    yield Wake(letter.row, due_at)


def _gather(digest: Digest, row: str) -> Iterator[Change]:
    """Keep a digest until its first document is due; a full one goes out as it is."""
    if len(digest.lines) < digests.MOST:
        yield Put(row, digests.dump(digest))
        yield Wake(row, digest.due)
        return
    yield Forget(row)
    yield from _wait(digest.letter(), digest.due)


def _when(alert: DocumentAlert, person: Told, reference: Reference, at: datetime) -> datetime:
    """Return when a person may be told: at the moment wanted, or at the next working moment of the own agency."""
    sla, calendar = reference.sla, reference.calendar
    if sla is None or calendar is None or sla.quiet.get(alert.urgency or "normal") != OUTSIDE_WORKING_HOURS:
        return at
    day = at.astimezone(calendar.zone).date()
    agency = reference.directory.last_known(person.organ_id, day) if reference.directory else None
    return next_working_moment(calendar, calendar.pattern(agency.working_hours if agency else ""), at)
