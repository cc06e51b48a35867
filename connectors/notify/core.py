"""The notifier: an alert becomes one letter a person, sent when that person may be disturbed, tried until it is taken.

The alert itself is never delayed, only its mail (`quiet`). A letter or a digest that waits and says that something is not
done is not sent any more once it is done: whoever was not told needs not be told that it is over, whoever was told is.
A mailbox that takes no mail for good is reported to the axis operator, and the letter goes to the agency's next contact.
A kill between sending and settling sends a mail again, under the same Message-ID.

Rows of the partition:
`told:<alert's event id>`     its letters were written: the same event again writes none; empty, kept
`alert:<alert id>`            who was told of it, and that it is over (`standing`); kept
`mail:<alert id>/<person>/<name>`   a letter on its way to one of the people of one of the alert's events; removed when sent or given up
`held:<person>`               letters above the person's rate, for one mail (`held`); removed when sent
`record:<alert id>`, `offered:<delivery id>`   what a statement at the ladder's end will say (`records`); removed when it is over
`digest:<agency>/<urgency>`   warnings that are gathered (`digests`); removed when sent
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from connectors.notify import digests, held, letters, records, standing
from connectors.notify.attempts import said
from connectors.notify.channels import TRIES, Channels, again
from connectors.notify.forwarding import CONTACT_BOUNCING, bounced, holder, next_contact
from connectors.notify.letters import Letter
from connectors.notify.missives import MAIL, Missive
from connectors.notify.post import AWAY, Answer, Post
from connectors.notify.quiet import may_be_told
from connectors.notify.rates import Rates
from connectors.notify.statements import Statements
from connectors.notify.writing import rows_of, written
from infra.clock import Clock
from infra.settings import Settings
from schemas.events import DocumentAlert, DocumentReceived, Event, TimerFired, Told
from schemas.reference import Reference
from schemas.step import Change, Forget, Outcome, Put, Wake

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=60)
SOON = timedelta(seconds=1)
"""After another way, or another official, could not be reached."""

TOLD = "told:"

log = structlog.get_logger(__name__)


class NotifyCore:
    """Keeps the letters that are on their way."""

    def __init__(self, settings: Settings, post: Post | None = None, clock: Clock | None = None) -> None:
        """`clock`: the next try counts from its now, so that a backlog of old letters does not use up its tries at once."""
        self._from, self._clock = settings.smtp_from, clock
        self._channels, self._with_subject = Channels(settings, post), settings.notify_subject
        self._statements, self._rates = Statements(settings), Rates(settings.mails_per_hour)

    def keys(self, event: Event) -> Iterable[str]:
        """Name the rows: of an alert whether it was told and what waits of it, of a timer its letter and the letter's alert."""
        match event:
            case TimerFired(row=row) if row.startswith(letters.PREFIX):
                alert, box = letters.named_in(row)
                return (row, standing.row_of(alert), held.PREFIX + box, *self._statements.rows(alert))
            case TimerFired(row=row):
                return (row,)
            case DocumentAlert():
                own = self._statements.rows(event.alert_id, event.delivery_id)
                return (TOLD + event.event_id, *rows_of(event), *own)
            case _:
                return ()

    def step(
        self,
        event: Event,
        known: Mapping[str, bytes],
        reference: Reference,
        now: datetime,
        prepared: Any = None,  # noqa: ARG002 - the contract's
    ) -> Outcome:
        """Write the letters of an alert, or send what is due."""
        match event:
            case TimerFired(row=row, due_at=at) if row in known:
                return self._due(row, known, reference, at)
            case DocumentAlert() if TOLD + event.event_id not in known:
                alert = event if self._with_subject else replace(event, subject="")
                own = self._statements.heard(alert, known, reference, now)
                return Outcome(changes=(Put(TOLD + event.event_id, b""), *written(alert, known, reference, now), *own))
            case DocumentReceived():
                return Outcome(changes=tuple(self._statements.transported(event)))
            case _:
                return Outcome()

    def _due(self, row: str, known: Mapping[str, bytes], reference: Reference, at: datetime) -> Outcome:
        """Do what a row waited for."""
        if row.startswith(digests.PREFIX):
            return self._gathered(row, digests.load(known[row]), reference, at)
        if row.startswith(held.PREFIX):
            return self._together(row, held.load(known[row]), reference, at)
        if row.startswith(records.PREFIX):
            return self._statements.made(row, records.load(known[row]), reference, at)
        return self._alone(letters.load(known[row]), known, reference, at)

    def _alone(self, letter: Letter, known: Mapping[str, bytes], reference: Reference, at: datetime) -> Outcome:
        """Send one letter, unless what it says is not so any more."""
        row = standing.row_of(letter.alert.alert_id)
        stands = standing.load(known.get(row))
        if stands.over and letter.claims(reference):
            log.info("mail_dropped", mail=letter.name, role=letter.person.role)
            return Outcome(changes=(Forget(letter.row),))
        letter = letter.held_by(holder(letter.person, reference, at), reference, at)
        missive = letter.missive(reference, at)
        attempt, since = letter.tries + 1, self._since(at)
        if held.may_wait(letter) and (free_at := self._rates.free_at(letter.person.mailbox, since)) > since:
            return Outcome(changes=tuple(self._held(letter, stands, known, free_at, reference)))
        answer = self._handed_over(missive, at, since)
        if answer.said == AWAY:
            due_at = may_be_told(letter.alert.urgency, letter.person, reference, since + FIRST_WAIT)
            return Outcome(changes=(Wake(letter.row, due_at),))  # nothing was tried, so nothing is said
        tried = tuple(said(missive, answer, attempt, at, self._from))
        events: list[Event] = [*tried]
        changes: list[Change] = [Forget(letter.row), *self._statements.tried(letter.alert, tried, known)]
        if again(letter.channel, answer, attempt):
            due_at = may_be_told(letter.alert.urgency, letter.person, reference, since + _wait(attempt))
            changes += _later(replace(letter, tries=attempt), due_at)
        elif not answer.delivered and letter.channel != MAIL:
            changes += _later(replace(letter, channel=MAIL, tries=0), since + SOON)
        elif (heir := self._heir(letter, answer, reference, at)) is not None:
            due_at = may_be_told(letter.alert.urgency, heir, reference, since + SOON)
            changes += _later(letter.to(heir, reference, at), due_at)
        elif not answer.delivered:
            log.error("mail_given_up", mail=letter.name, role=letter.person.role, why=answer.said, tries=attempt)
        if answer.bounced and letter.alert.kind != CONTACT_BOUNCING:
            events += bounced(letter.person, reference, at)
        if letter.alert.clock and letter.claims(reference) and (answer.delivered or answer.unsure):
            changes.append(  # other alerts have no end that would be told
                Put(row, standing.dump(stands.tell(letter.person)))
            )
        return Outcome(events=tuple(events), changes=tuple(changes))

    def _gathered(self, row: str, found: Sequence[digests.Digest], reference: Reference, at: datetime) -> Outcome:
        """Send the digests that are due, one after the other; the others and what failed stay."""
        events: list[Event] = []
        left: list[digests.Digest] = []
        for digest in found:
            if digest.due_at > at:
                left.append(digest)
                continue
            kept, happened = self._digest(digest, reference, at)
            left += kept
            events += happened
        return Outcome(events=tuple(events), changes=tuple(digests.kept(row, left)))

    def _digest(
        self, waiting: digests.Digest, reference: Reference, at: datetime
    ) -> tuple[list[digests.Digest], list[Event]]:
        """Send one digest; return what is still to be sent of it, and what happened."""
        digest = replace(waiting, person=holder(waiting.person, reference, at))
        missive, attempt, since = digest.missive(reference, at), digest.tries + 1, self._since(at)
        answer = self._handed_over(missive, at, since)
        if answer.said == AWAY:
            return [replace(digest, due_at=digest.may_go_out(reference, since + FIRST_WAIT))], []
        events: list[Event] = [*said(missive, answer, attempt, at, self._from)]
        if again(MAIL, answer, attempt):
            due_at = digest.may_go_out(reference, since + _wait(attempt))
            return [replace(digest, tries=attempt, due_at=due_at)], events
        if answer.bounced:
            events += bounced(digest.person, reference, at)
            if (heir := next_contact(digest.person, digest.instead_of, reference, at)) is not None:
                return [digest.to(heir, reference, since + SOON)], events
        if not answer.delivered:
            log.error("mail_given_up", mail=missive.name, role=digest.person.role, why=answer.said, tries=attempt)
        return [], events

    def _held(
        self,
        letter: Letter,
        stands: standing.Standing,
        known: Mapping[str, bytes],
        free_at: datetime,
        reference: Reference,
    ) -> Iterator[Change]:
        """Yield the changes that put a letter to the others above the person's rate; it counts as told from then on."""
        free_at = may_be_told(letter.alert.urgency, letter.person, reference, free_at)
        row = held.row_of(letter.person)
        found = held.load(known[row]) if row in known else held.Held(due_at=free_at, person=letter.person)
        if found.tries or len(found.waiting) >= held.MOST:
            yield Wake(letter.row, max(free_at, found.due_at) + SOON)
            return
        yield Forget(letter.row)
        yield from held.kept(row, replace(found, waiting=(*found.waiting, letter)))
        if letter.alert.clock and letter.claims(reference):
            alert = standing.row_of(letter.alert.alert_id)
            yield Put(alert, standing.dump(stands.tell(letter.person)))

    def _together(self, row: str, found: held.Held, reference: Reference, at: datetime) -> Outcome:
        """Send what was held; a mailbox that takes no mail gives each letter to the next contact."""
        missive, attempt, since = found.missive(reference, at), found.tries + 1, self._since(at)
        answer = self._handed_over(missive, at, since)
        if answer.said == AWAY:
            return Outcome(changes=(Wake(row, may_be_told("", found.person, reference, since + FIRST_WAIT)),))
        events: list[Event] = [*said(missive, answer, attempt, at, self._from)]
        if again(MAIL, answer, attempt):
            due_at = may_be_told("", found.person, reference, since + _wait(attempt))  # nothing urgent is held
            later = replace(found, tries=attempt, due_at=due_at)
            return Outcome(events=tuple(events), changes=tuple(held.kept(row, later)))
        changes: list[Change] = [Forget(row)]
        if answer.bounced:
            events += bounced(found.person, reference, at)
            if (heir := next_contact(found.person, (), reference, at)) is not None:
                for each in found.waiting:
                    changes += _later(each.to(heir, reference, at), since + SOON)
        elif not answer.delivered:
            log.error("mail_given_up", mail=missive.name, role=found.person.role, why=answer.said, tries=attempt)
        return Outcome(events=tuple(events), changes=tuple(changes))

    def _handed_over(self, missive: Missive, at: datetime, since: datetime) -> Answer:
        answer = self._channels.send(missive, at, since)
        if answer.delivered and missive.channel == MAIL:
            self._rates.sent(missive.person.mailbox, since)
        return answer

    @staticmethod
    def _heir(letter: Letter, answer: Answer, reference: Reference, at: datetime) -> Told | None:
        return next_contact(letter.person, letter.instead_of, reference, at) if answer.bounced else None

    def _since(self, at: datetime) -> datetime:
        return max(at, self._clock.now()) if self._clock else at


def _later(letter: Letter, at: datetime) -> list[Change]:
    return [Put(letter.row, letters.dump(letter)), Wake(letter.row, at)]


def _wait(attempt: int) -> timedelta:
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempt - 1, TRIES[MAIL])
    return min(LONGEST_WAIT, doubled)
