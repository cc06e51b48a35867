"""The law (decision 13) over the books: documents, statuses, deliveries, alerts; and over the log as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from infra.audit import account, duties, linking, superseding
from infra.audit.books import Books
from infra.audit.log import Log, Moment, Text, Where
from infra.audit.moments import moment_in, moment_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What broke the law; all empty means it holds."""

    lost: tuple[str, ...] = ()
    """Taken in or due, and no outcome is on the log."""

    duplicate_effects: tuple[str, ...] = ()
    """The same thing done twice, or one event id with two contents."""

    unexplained: tuple[str, ...] = ()
    """On the log, in the content store or in SQL, and nothing explains it."""

    about: frozenset[str] = frozenset()
    """What was found faulty: document, status, delivery, alert, id, log, timer, content, position, state. Each is mended in its own way."""

    @property
    def ok(self) -> bool:
        """Tell whether the law holds."""
        return not (self.lost or self.duplicate_effects or self.unexplained)

    def __add__(self, other: "Findings") -> "Findings":
        """Return these and those."""
        return Findings(
            lost=(*self.lost, *other.lost),
            duplicate_effects=(*self.duplicate_effects, *other.duplicate_effects),
            unexplained=(*self.unexplained, *other.unexplained),
            about=self.about | other.about,
        )


def found(
    about: str,
    *,
    lost: Iterable[str] = (),
    twice: Iterable[str] = (),
    unexplained: Iterable[str] = (),
) -> Findings:
    """Return what was found about one kind of thing."""
    every = tuple(lost), tuple(twice), tuple(unexplained)
    return Findings(
        lost=every[0],
        duplicate_effects=every[1],
        unexplained=every[2],
        about=frozenset({about} if any(every) else ()),
    )


def judge(books: Books, *, since: datetime | None = None, settled_by: datetime | None = None) -> Findings:
    """Compare books that hold everything with the law; documents and statuses handed over before `since` are not named.

    What was handed over after `settled_by` may still be under way: it is not called lost.
    """
    begin, end = (None if at is None else moment_of(at) for at in (since, settled_by))
    things = judge_things(books, since=begin, settled_by=end)
    return judge_names(books.names.conflicts) + things + judge_log(books.log)


def judge_names(conflicts: Iterable[str]) -> Findings:
    """Name the event ids that stand for two contents."""
    return found("id", twice=conflicts)


def judge_things(books: Books, *, since: Moment | None = None, settled_by: Moment | None = None) -> Findings:
    """Judge what is judged together: it may be a part of all things, if it holds all that is said about each."""
    unsaid, false = duties.judge(books, settled_by=settled_by)
    unanswered = _unanswered(books, since, settled_by)
    return (
        _documents(books, since, settled_by)
        + found("status", lost=unanswered, twice=_answered_twice(books), unexplained=_no_status(books))
        + found("document", twice=linking.doubled(books), unexplained=linking.strange(books))
        + found("delivery", twice=_sent_twice(books), unexplained=_never_sent(books))
        + found(
            "delivery",
            lost=superseding.missing(books, since, settled_by),
            twice=superseding.doubled(books),
            unexplained=superseding.strange(books),
        )
        + found(
            "alert",
            lost=unsaid,
            twice=_raised_twice(books),
            unexplained=false,
        )
    )


def judge_log(log: Log) -> Findings:
    """Judge what concerns the log as a whole: unreadable records and dead letters."""
    return found("log", unexplained=_unaccounted(log)) + found("timer", lost=_broken_timers(log))


def _documents(books: Books, since: Moment | None, settled_by: Moment | None) -> Findings:
    lost, twice, unexplained = [], [], []
    for (key, sha256), each in books.submissions.items():
        if _is_older(each.since, since):
            continue
        name = f"{key} {sha256[:12]} ({each.where})"
        if not _is_newer(each.since, settled_by):
            lost += [f"{name}: {what}" for what in account.missing(each, books.log, redriven=key in books.redriven)]
        twice += [
            f"{name}: {what}"
            for what in account.doubled(each, books.taking_back, redriven=len(books.redriven.get(key, ())))
        ]
        unexplained += [
            f"{name}: {what}" for what in account.strange(each, books.taking_back, rejudged=key in books.rejudged)
        ]
    for key, digests in books.carried.items():
        if len(digests) > 1:
            twice.append(f"{key}: {len(digests)} packets with other bytes were sent under one id, {_places(digests)}")
    return found("document", lost=lost, twice=twice, unexplained=unexplained)


def _is_older(at: Text, since: Moment | None) -> bool:
    return since is not None and at != b"" and moment_in(at) < since


def _is_newer(at: Text, settled_by: Moment | None) -> bool:
    return settled_by is not None and at != b"" and moment_in(at) > settled_by


def _places(events: Mapping[str, Where]) -> str:
    return "at " + ", ".join(sorted(events.values()))


def _unanswered(books: Books, since: Moment | None, settled_by: Moment | None) -> Iterator[str]:
    for name, (places, at) in books.statuses.items():
        answered = name in books.answered or books.log.gave_up(account.ROUTER, places)
        if not answered and not _is_older(at, since) and not _is_newer(at, settled_by):
            yield f"status {name[1]} ({places[-1]}): no answer"


def _answered_twice(books: Books) -> Iterator[str]:
    for (_, event_id), answers in books.answered.items():
        if {"acknowledged", "refused"} <= answers.keys():
            yield f"status {event_id}: both acknowledged and refused, {_places(answers)}"
    for (event_id, delivery), events in books.acknowledged.items():
        if len(events) > 1:
            yield f"status {event_id} of delivery {delivery}: acknowledged {len(events)} times, {_places(events)}"


def _no_status(books: Books) -> Iterator[str]:
    for name, answers in books.answered.items():
        if name not in books.statuses:
            yield f"answer to a status {name[1] or '?'} that nobody submitted, {_places(answers)}"


def _sent_twice(books: Books) -> Iterator[str]:
    for (_, delivery, act, _), events in books.dispatched.items():
        if len(events) > 1:
            yield f"delivery {delivery} {act}: dispatched {len(events)} times, {_places(events)}"


def _never_sent(books: Books) -> Iterator[str]:
    sent = {name[:2] for name in books.dispatched}
    for name, where in books.spoken_of.items():
        if name not in sent:
            yield f"{where}: about delivery {name[1]}, which was never dispatched"


def _raised_twice(books: Books) -> Iterator[str]:
    for (alert, state, level, number), events in books.alerts.items():
        if len(events) > 1:
            places = _places({event_id: each.where for event_id, each in events.items()})
            yield f"alert {alert} {state} level {level} number {number}: raised {len(events)} times, {places}"


def _broken_timers(log: Log) -> Iterator[str]:
    """Yield timers whose step broke: nobody does what was due, unless an operator said that it may be left."""
    for (where, _), letters in log.timers.items():
        if log.set_aside.isdisjoint(letters):
            yield f"dead letter {min(letters)} of {where}: its step broke, and what was due was not done"


def _unaccounted(log: Log) -> Iterator[str]:
    for where in log.unreadable:
        if where not in log.buried:
            yield f"{where}: cannot be read, and is no dead letter"
    for where in log.buried:
        partition, _, offset = where.rpartition("/")
        if not 0 <= int(offset) <= log.ends.get(partition, -1):
            yield f"dead letter of {where}, which is not on the log"
