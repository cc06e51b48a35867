"""The notifier: an alert becomes one letter a person, sent when that person may be disturbed, tried until it is taken.

The alert itself is never delayed, only its mail (`quiet`). An alert that ends while its mail waits for the morning still
leads to both mails: they are evidence, and whoever reads them learns that all is well.
A kill between sending and settling sends a mail again, under the same Message-ID.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from connectors.notify import letters, words
from connectors.notify.letters import Letter
from connectors.notify.post import Answer, Post
from infra import metrics
from infra.settings import Settings
from schemas.events import DocumentAlert, Event, NotifyAttempted, TimerFired, Told
from schemas.ids import event_id
from schemas.reference import Reference
from schemas.reference.working_time import next_working_moment
from schemas.step import Change, Forget, Outcome, Put, Wake

CHANNEL = "mail"
OUTSIDE_WORKING_HOURS = "outside_working_hours"
MAX_TRIES = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=60)
TOLD = "told:"
"""Row of an alert's event whose letters were made: the same event again makes none."""

log = structlog.get_logger(__name__)


class NotifyCore:
    """Keeps the letters that are on their way."""

    def __init__(self, settings: Settings, post: Post | None = None) -> None:
        self._from, self._post = settings.smtp_from, post or Post(settings)

    def keys(self, event: Event) -> Iterable[str]:
        """Name the rows: of an alert whether it was told, of a timer its letter."""
        if isinstance(event, TimerFired):
            return (event.row,)
        return (TOLD + event.event_id,) if isinstance(event, DocumentAlert) else ()

    def step(
        self, event: Event, known: Mapping[str, bytes], reference: Reference, now: datetime, prepared: Any = None
    ) -> Outcome:
        """Write the letters of an alert, or send the one that is due."""
        del prepared  # nothing here is CPU-heavy
        if isinstance(event, TimerFired) and event.row in known:
            return self._try(letters.load(known[event.row]), event.due_at)
        if isinstance(event, DocumentAlert) and event.to and TOLD + event.event_id not in known:
            written = list(_letters(event, reference, now))
            return Outcome(changes=(Put(TOLD + event.event_id, b""), *written))
        return Outcome()

    def _try(self, letter: Letter, at: datetime) -> Outcome:
        answer = self._send(letter, at)
        attempt = letter.tries + 1
        metrics.NOTIFICATIONS.labels(channel=CHANNEL, delivered=str(answer.delivered).lower()).inc()
        said = NotifyAttempted(
            event_id=event_id("notify", letter.row, str(attempt), answer.said),
            occurred_at=at,
            causation_id=letter.alert_event_id,
            alert_id=letter.alert_id,
            alert_event_id=letter.alert_event_id,
            channel=CHANNEL,
            to_organ_id=letter.organ_id,
            to_role=letter.role,
            message_id=letter.message_id(self._from.rpartition("@")[2]),
            delivered=answer.delivered,
            answer=answer.said,
            attempt=attempt,
        )
        if answer.delivered or not answer.later or attempt >= MAX_TRIES:
            if not answer.delivered:
                log.error("mail_given_up", alert=letter.alert_id, role=letter.role, why=answer.said, tries=attempt)
            return Outcome(events=(said,), changes=(Forget(letter.row),))
        waiting = replace(letter, tries=attempt)
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
        return Outcome(events=(said,), changes=(Put(letter.row, letters.dump(waiting)), Wake(letter.row, at + wait)))

    def _send(self, letter: Letter, at: datetime) -> Answer:
        try:
            mail = letter.message(self._from, at)
        except ValueError:
            return Answer(delivered=False, said="bad mailbox")
        return self._post.send(mail)


def _letters(alert: DocumentAlert, reference: Reference, now: datetime) -> Iterator[Change]:
    """Yield the rows of everybody who has a mailbox; a person named twice gets one letter."""
    mailboxes: set[str] = set()
    for number, person in enumerate(alert.to):
        if not person.mailbox or person.mailbox in mailboxes:
            continue
        mailboxes.add(person.mailbox)
        said = words.text(alert, person, reference, now)
        letter = Letter(
            alert_id=alert.alert_id,
            alert_event_id=alert.event_id,
            number=number,
            organ_id=person.organ_id,
            role=person.role,
            mailbox=person.mailbox,
            subject=said.subject,
            body=said.body,
        )
        yield Put(letter.row, letters.dump(letter))
        yield Wake(letter.row, _when(alert, person, reference, now))


def _when(alert: DocumentAlert, person: Told, reference: Reference, now: datetime) -> datetime:
    """Return when a person may be told: at once, or at the next working moment of the own agency."""
    sla, calendar = reference.sla, reference.calendar
    if sla is None or calendar is None or sla.quiet.get(alert.urgency or "normal") != OUTSIDE_WORKING_HOURS:
        return now
    day = now.astimezone(calendar.zone).date()
    agency = reference.directory.last_known(person.organ_id, day) if reference.directory else None
    return next_working_moment(calendar, calendar.pattern(agency.working_hours if agency else ""), now)
