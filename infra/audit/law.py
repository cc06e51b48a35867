"""The law (decision 13) over all the books: documents, statuses, deliveries, alerts, dead letters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from infra.audit import account
from infra.audit.books import Books


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What broke the law; all empty means it holds."""

    lost: tuple[str, ...]
    """Taken in, and no outcome is on the log."""

    duplicate_effects: tuple[str, ...]
    """The same thing done twice, or one event id with two contents."""

    unexplained: tuple[str, ...]
    """On the log, and nothing explains it."""

    @property
    def ok(self) -> bool:
        """Tell whether the law holds."""
        return not (self.lost or self.duplicate_effects or self.unexplained)

    def with_contents(self, missing: Iterable[str], wrong: Iterable[str]) -> "Findings":
        """Return these and what a look at the content store found."""
        return replace(self, lost=(*self.lost, *missing), unexplained=(*self.unexplained, *wrong))


def judge(books: Books, *, since: datetime | None = None) -> Findings:
    """Compare the books with the law; documents and statuses handed over before `since` are not named."""
    lost, twice, unexplained = [], list(books.conflicts), []
    for (key, sha256), each in books.submissions.items():
        if _is_older(each.since, since):
            continue
        name = f"{key} {sha256[:12]} ({each.where or 'never submitted'})"
        lost += [f"{name}: {what}" for what in account.missing(each, books)]
        twice += [f"{name}: {what}" for what in account.doubled(each)]
        unexplained += [f"{name}: {what}" for what in account.strange(each)]
    lost += _unanswered_statuses(books, since)
    twice += [*_done_twice(books), *_answered_twice(books)]
    unexplained += _from_nowhere(books)
    return Findings(lost=tuple(lost), duplicate_effects=tuple(twice), unexplained=tuple(unexplained))


def _is_older(at: datetime | None, since: datetime | None) -> bool:
    return since is not None and at is not None and at < since


def _unanswered_statuses(books: Books, since: datetime | None) -> Iterator[str]:
    for event_id, (places, at) in books.statuses.items():
        answered = event_id in books.answered or books.gave_up(account.ROUTER, places)
        if not answered and not _is_older(at, since):
            yield f"status {event_id} ({places[-1]}): no answer"


def _done_twice(books: Books) -> Iterator[str]:
    for (delivery, act, _), ids in books.dispatched.items():
        if len(ids) > 1:
            yield f"delivery {delivery} {act}: dispatched {len(ids)} times"
    for key, digests in books.carried.items():
        if len(digests) > 1:
            yield f"{key}: {len(digests)} packets with other bytes were sent under one id"
    for (alert, state, level, number), ids in books.alerts.items():
        if len(ids) > 1:
            yield f"alert {alert} {state} level {level} number {number}: raised {len(ids)} times"


def _answered_twice(books: Books) -> Iterator[str]:
    for event_id, answers in books.answered.items():
        if {"acknowledged", "refused"} <= answers:
            yield f"status {event_id}: both acknowledged and refused"
    for (event_id, delivery), ids in books.acknowledged.items():
        if len(ids) > 1:
            yield f"status {event_id} of delivery {delivery}: acknowledged {len(ids)} times"


def _from_nowhere(books: Books) -> Iterator[str]:
    for event_id in books.answered:
        if event_id not in books.statuses:
            yield f"answer to a status {event_id or '?'} that nobody submitted"
    sent = {delivery for delivery, _, _ in books.dispatched}
    for delivery, where in books.spoken_of.items():
        if delivery not in sent:
            yield f"{where}: about delivery {delivery}, which was never dispatched"
    for where in books.unreadable:
        if where not in books.buried:
            yield f"{where}: cannot be read, and is no dead letter"
    for where in books.buried:
        partition, _, offset = where.rpartition("/")
        if not 0 <= int(offset) <= books.ends.get(partition, -1):
            yield f"dead letter of {where}, which is not on the log"
