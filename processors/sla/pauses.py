"""When a clock stands still, and what that does to its moments (`pauses` of sla.yaml, `outages` of calendar.yaml).

A take-back or a clarification is a fact about one delivery, and its first round counts. An outage is a fact about an agency, which
the calendar names with its end, so the moments behind it are moved at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from processors.sla.deadlines import Deadlines
from processors.sla.ladder import Later, at_once
from processors.sla.rulebook import Rulebook
from schemas.reference.outages import Interval, outages_of, together
from schemas.reference.sla import OUTAGE, Pause
from schemas.reference.working_time import add_working, moment_at, working_between


def pauses_of(
    due: Deadlines, facts: Mapping[str, datetime], closed_at: datetime | None, rulebook: Rulebook
) -> tuple[Interval, ...]:
    """Return when this clock stood still, stands, or will stand still, in order; no two overlap. The last may have no end yet."""
    found: list[Interval] = []
    for pause in rulebook.sla.pauses_of(due.clock):
        for starts, end in _rounds(pause, due, facts, rulebook):
            ends, begin = end, max(starts, due.since)
            if pause.at_most is not None:
                latest = moment_at(rulebook.calendar, due.pattern, pause.at_most, start=begin)
                ends = latest if ends is None or latest is None else min(ends, latest)
            if (closed_at is None or starts < closed_at) and (ends is None or ends > begin):
                found.append((starts, ends))
    return together(found)


def shift(due: Deadlines, pauses: tuple[Interval, ...], rulebook: Rulebook) -> Later:
    """Return what lets the clock stand still: what lay ahead when a pause began lies as much working time after its end."""

    def later(moment: datetime) -> datetime:
        for starts, ends in pauses:
            if ends is not None and moment > starts:
                left = working_between(rulebook.calendar, due.pattern, max(starts, due.since), moment)
                moment = add_working(rulebook.calendar, due.pattern, max(ends, due.since), left)
        return moment

    return later if pauses else at_once


def moved(due: Deadlines, later: Later) -> Deadlines:
    """Return it with its three moments behind the pauses."""
    target, warn, breach = (None if at is None else later(at) for at in (due.target, due.warn, due.breach))
    return replace(due, target=target, warn=warn, breach=breach)


def _rounds(pause: Pause, due: Deadlines, facts: Mapping[str, datetime], rulebook: Rulebook) -> Iterator[Interval]:
    if pause.starts == OUTAGE[0]:
        yield from outages_of(rulebook.calendar.outages, (due.debtor,))
    elif (asked := facts.get(pause.starts)) is not None:
        yield asked, min((facts[name] for name in pause.stops if name in facts), default=None)
