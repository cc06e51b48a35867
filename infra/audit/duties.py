"""The law for alerts: each due one once, each at its time, none of a duty that was done, none that never ends.

Counted from what the watcher itself announced: every change of an obligation names the next step of its ladder and its moment.
So what was announced, came due and was not said is lost; no rule, calendar or contact is computed again here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from infra.audit.books import Books, Raised, Standing
from infra.audit.log import Moment
from infra.audit.moments import EPOCH, moment_in
from schemas.ids import event_id

FIRING, RESOLVED = "FIRING", "RESOLVED"
DAY = 24 * 3600 * 1_000_000
"""Microseconds."""

About = tuple[str, str, str]
"""(subject, obligation id, clock)."""

Said = Mapping[str, Sequence[tuple[int, Raised]]]
"""FIRING, RESOLVED -> (step of the ladder, record) of one alert."""


NOTHING: Said = {FIRING: (), RESOLVED: ()}


def text_of(moment: Moment) -> str:
    """Return a moment as people read it."""
    return (EPOCH + timedelta(microseconds=moment)).isoformat()


def said_of(books: Books) -> dict[str, dict[str, list[tuple[int, Raised]]]]:
    """Return alert id -> state -> (step, record)."""
    found: dict[str, dict[str, list[tuple[int, Raised]]]] = {}
    for (alert, state, level, _), events in books.alerts.items():
        found.setdefault(alert, {FIRING: [], RESOLVED: []})[state] += [(level, each) for each in events.values()]
    return found


def alert_of(about: About) -> str:
    """Return the id that the alerts of an obligation have: of a document's, the digest is part of it."""
    return event_id("alert", about[0], _digest_of(about), about[2])


def _digest_of(about: About) -> str:
    """Return the digest in the name of a document's obligation; a delivery's has none."""
    subject, obligation, clock = about
    return obligation[len(subject) : len(obligation) - len(clock)].strip(":")


def judge(books: Books, *, settled_by: Moment | None = None) -> tuple[list[str], list[str]]:
    """Return the steps and ends that were due (by `settled_by`) and are not on the log, and the alerts that nothing explains."""
    said = said_of(books)
    spoken_of = {each.about for events in books.alerts.values() for each in events.values() if each.clock}
    alerts = {alert_of(about): about for about in books.duties if about[0] in spoken_of}
    said_of_duty = {about: said.get(alert, NOTHING) for alert, about in alerts.items()}
    return list(_unsaid(books, said_of_duty, settled_by)), list(_false(books, said, alerts))


def _unsaid(books: Books, said: Mapping[About, Said], settled_by: Moment | None) -> Iterator[str]:
    begins, read_until = _begins(books), books.log.read_until()
    for about, stands in books.duties.items():
        mine = said.get(about, NOTHING)
        name, last = f"obligation {about[1]}", stands[-1]
        until = read_until.get(int(last.where.split("/")[1]), 0)
        until = until if settled_by is None else min(until, settled_by)
        if (
            last.open
            and last.step_at is not None
            and last.step_at <= until
            and not _nobody_to_tell(last.step_at, books)
        ):
            yield f"{name} ({last.where}): step {last.step} was due at {text_of(last.step_at)} and not taken"
        for before, after in pairwise(stands):
            due = _must_have_fired(before, after, begins.get(about[0], ()))
            if due is None or (not after.open and _in_time_after_all(stands, due)):
                continue
            if not _fired(mine, before.step, due) and not _nobody_to_tell(due, books):
                yield f"{name} ({before.where}): step {before.step} was due at {text_of(due)}, no alert says so"
        if _digest_of(about):
            yield from _never_said_late(name, stands, mine, books)
        if mine[FIRING] and not mine[RESOLVED] and last.closed_at is not None and last.closed_at <= until:
            yield f"alert of {name} ({mine[FIRING][0][1].where}): done at {last.where}, and never ended"


def _begins(books: Books) -> Mapping[str, Sequence[Moment]]:
    """Return subject -> when each of its duties began."""
    found: dict[str, list[Moment]] = {}
    for (subject, _, _), stands in books.duties.items():
        found.setdefault(subject, []).append(stands[0].since)
    return found


def _must_have_fired(before: Standing, after: Standing, begins: Iterable[Moment]) -> Moment | None:
    """Return the moment of the step that was announced before and taken by the time of the later record; None if that cannot be told.

    Other rules, another debtor or start: another ladder, which may have had no such step. A duty of the same thing that began
    meanwhile (the take-back of a document) may have stopped the clock.
    """
    due, step = before.step_at, before.step
    if due is None or step is None or not before.open or before.basis != after.basis:
        return None
    stopped = any(before.since < moment <= due for moment in begins)
    if not after.open:
        return due if after.closed_at is not None and due < after.closed_at and not stopped else None
    if after.step is not None and after.step > step:
        return due
    repeats = after.step == step and (after.step_at or due) > due and moment_in(after.recorded) >= due
    return due if repeats and not stopped else None


def _in_time_after_all(stands: Sequence[Standing], due: Moment) -> bool:
    """Tell whether a fact that reached the log later (a status says when it was said) lets the duty be done before a step (decision 12).

    Asked only where the duty is closed and the log does not show the step as taken. Whether it was taken between the first closing
    and that fact, and then lost, no log can tell.
    """
    return any(each.closed_at is not None and each.closed_at <= due for each in stands)


def _fired(mine: Said, step: int | None, due: Moment) -> bool:
    return any(level == step and moment_in(each.occurred) == due for level, each in mine[FIRING])


def _nobody_to_tell(moment: Moment, books: Books) -> bool:
    """Tell whether officials were reported missing on that day: a step without anybody to tell raises nothing but that."""
    return any(day <= moment < day + DAY for day in books.log.gaps)


def _never_said_late(name: str, stands: Sequence[Standing], mine: Said, books: Books) -> Iterator[str]:
    """Yield a document's duty that was over when it became known, too late, and nobody was told."""
    first = stands[0]
    if any(each.open for each in stands) or first.closed_at is None or first.breach is None:
        return
    if first.closed_at > first.breach and not mine[FIRING] and not _nobody_to_tell(moment_in(first.recorded), books):
        yield f"{name} ({first.where}): done late, and nobody was told"


def _false(books: Books, said: Mapping[str, Said], alerts: Mapping[str, About]) -> Iterator[str]:
    """Yield alerts of no duty, of one that was done, and those that end without having begun."""
    for alert, mine in said.items():
        for level, each in mine[FIRING]:
            if each.clock and alert not in alerts:
                yield f"alert {alert} step {level} ({each.where}): nobody owes that"
            elif each.clock and (closed := _done_before(each, books.duties[alerts[alert]])) is not None:
                yield f"alert {alert} step {level} ({each.where}): was done already, as {closed.where} says"
        if mine[RESOLVED] and not mine[FIRING]:
            yield f"alert {alert} ({mine[RESOLVED][0][1].where}): ended, and never raised"


def _done_before(raised: Raised, stands: Sequence[Standing]) -> Standing | None:
    """Return the record that says that the duty was done before the step's moment, if the watcher had written it before it raised the alert.

    A fact that reaches the log later with an earlier time makes no alert false (decision 12). The step is written together with
    how the duty stands after it, under one stamp: an open one shows that it was open then, whatever the clock was set to.
    """
    if not any(each.open for each in stands) or any(each.open and each.recorded == raised.recorded for each in stands):
        return None
    done = (each for each in stands if each.closed_at is not None and each.closed_at <= moment_in(raised.occurred))
    return next((each for each in done if each.recorded < raised.recorded), None)
