"""The notifier: an alert becomes one letter a person, sent when that person may be disturbed, tried until it is taken.

The alert itself is never delayed, only its mail (`quiet`). An alert that ends while its mail waits for the morning still
leads to both mails: they are evidence, and whoever reads them learns that all is well.
A kill between sending and settling sends a mail again, under the same Message-ID.

Rows of the partition:
`told:<alert's event id>`   its letters were written: the same event again writes none; empty, kept
`mail:<event id>.<n>`       a letter on its way to the alert's n-th person, or a digest's; removed when sent or given up
`digest:<official>`         warnings that are gathered (`digests`); removed when sent
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from connectors.notify import digests, letters
from connectors.notify.letters import Letter
from connectors.notify.post import AWAY, Answer, Post
from connectors.notify.writing import told, written
from infra import metrics
from infra.clock import Clock
from infra.settings import Settings
from schemas.events import DocumentAlert, Event, NotifyAttempted, TimerFired
from schemas.ids import event_id
from schemas.reference import Reference
from schemas.step import Change, Forget, Outcome, Put, Wake

CHANNEL = "mail"
MAX_TRIES = 10
"""Of a mail that the server turns away; a server that is not there costs no mail, it only waits."""

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=60)
TOLD = "told:"

log = structlog.get_logger(__name__)


class NotifyCore:
    """Keeps the letters that are on their way."""

    def __init__(self, settings: Settings, post: Post | None = None, clock: Clock | None = None) -> None:
        """`clock`: the next try counts from its now, so that a backlog of old letters does not use up its tries at once."""
        self._from, self._post, self._clock = settings.smtp_from, post or Post(settings), clock

    def keys(self, event: Event) -> Iterable[str]:
        """Name the rows: of an alert whether it was told and the digests it may join, of a timer its letter."""
        match event:
            case TimerFired(row=row):
                return (row,)
            case DocumentAlert(kind=digests.INCOMING):
                return (TOLD + event.event_id, *(digests.row_of(event, person) for _number, person in told(event)))
            case DocumentAlert():
                return (TOLD + event.event_id,)
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
        """Write the letters of an alert, or send the one that is due."""
        match event:
            case TimerFired(row=row, due_at=at) if row in known:
                is_digest = row.startswith(digests.PREFIX)
                letter = digests.load(known[row]).letter() if is_digest else letters.load(known[row])
                return self._try(row, letter, at)
            case DocumentAlert() if event.to and TOLD + event.event_id not in known:
                return Outcome(changes=(Put(TOLD + event.event_id, b""), *written(event, known, reference, now)))
            case _:
                return Outcome()

    def _try(self, row: str, letter: Letter, at: datetime) -> Outcome:
        answer, attempt = self._send(letter, at), letter.tries + 1
        since = max(at, self._clock.now()) if self._clock else at
        if answer.said == AWAY:
            return Outcome(changes=(Wake(row, since + FIRST_WAIT),))  # nothing was tried, so nothing is said
        metrics.NOTIFICATIONS.labels(channel=CHANNEL, delivered=str(answer.delivered).lower()).inc()
        changes: list[Change] = [Forget(row)]
        if not answer.delivered and answer.later and (answer.unreachable or attempt < MAX_TRIES):
            waiting = replace(letter, tries=attempt)
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempt - 1, MAX_TRIES))
            changes += [Put(waiting.row, letters.dump(waiting)), Wake(waiting.row, since + wait)]
        elif not answer.delivered:
            log.error("mail_given_up", mail=letter.name, role=letter.role, why=answer.said, tries=attempt)
        return Outcome(events=tuple(self._said(letter, answer, attempt, at)), changes=tuple(changes))

    def _said(self, letter: Letter, answer: Answer, attempt: int, at: datetime) -> Iterator[NotifyAttempted]:
        """Say of each alert how telling it went. The answer is in the id: a try repeated after a crash may end otherwise."""
        for about in letter.alerts:
            yield NotifyAttempted(
                event_id=event_id("notify", about.alert_event_id, letter.mailbox, str(attempt), answer.said),
                occurred_at=at,
                causation_id=about.alert_event_id,
                alert_id=about.alert_id,
                alert_event_id=about.alert_event_id,
                channel=CHANNEL,
                to_organ_id=letter.organ_id,
                to_role=letter.role,
                message_id=letter.message_id(self._from),
                delivered=answer.delivered,
                answer=answer.said,
                attempt=attempt,
            )

    def _send(self, letter: Letter, at: datetime) -> Answer:
        try:
            mail = letter.message(self._from, at)
        except ValueError:
            return Answer(delivered=False, said="bad mailbox")
        return self._post.send(mail)
