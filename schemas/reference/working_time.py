"""Arithmetic with working time: half-open spans [open, close) of a pattern in a calendar.

A start exactly at closing time belongs to the next working day; working time that is used up exactly at lunch or
closing ends there. Arguments and results are aware; results are UTC. Every function is closed form per day.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from schemas.reference.calendar import Calendar, Pattern
from schemas.reference.moments import Due, Moment, Wall, Working, WorkingDay

DAY = timedelta(days=1)
ZERO = timedelta(0)

Span = tuple[datetime, datetime]


def spans_on(calendar: Calendar, pattern: Pattern, day: date) -> tuple[Span, ...]:
    """Return the working spans of a local day as UTC moments."""
    key = (pattern.name, day)
    if (spans := calendar.spans.get(key)) is None:
        spans = calendar.spans[key] = tuple(
            (_at_minute(calendar, day, start), _at_minute(calendar, day, end))
            for start, end in calendar.hours_on(pattern, day)
        )
    return spans


def next_working_moment(calendar: Calendar, pattern: Pattern, at: datetime) -> datetime:
    """Return the moment itself while work goes on, else the next opening."""
    for opens, closes in _forwards(calendar, pattern, at):
        if at < closes:
            return max(at, opens).astimezone(UTC)
    raise AssertionError  # the days never end; OverflowError ends them in the year 9999


def add_working(calendar: Calendar, pattern: Pattern, start: datetime, span: timedelta) -> datetime:
    """Return the first moment at which `span` of working time has passed since `start`."""
    left = span
    for opens, closes in _forwards(calendar, pattern, start) if span > ZERO else ():
        begin = max(opens, start)
        if closes - begin >= left and closes > begin:
            return (begin + left).astimezone(UTC)
        left -= max(closes - begin, ZERO)
    return start.astimezone(UTC)


def subtract_working(calendar: Calendar, pattern: Pattern, end: datetime, span: timedelta) -> datetime:
    """Return the last moment from which `span` of working time passes until `end`."""
    left = span
    for opens, closes in _backwards(calendar, pattern, end) if span > ZERO else ():
        finish = min(closes, end)
        if finish - opens >= left and finish > opens:
            return (finish - left).astimezone(UTC)
        left -= max(finish - opens, ZERO)
    return end.astimezone(UTC)


def working_between(calendar: Calendar, pattern: Pattern, start: datetime, end: datetime) -> timedelta:
    """Return the working time in [start, end); zero if `end` is not later."""
    total = ZERO
    for opens, closes in _forwards(calendar, pattern, start) if end > start else ():
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), ZERO)
    return total


def working_day_of(calendar: Calendar, pattern: Pattern, at: datetime) -> date:
    """Return the local working day a moment belongs to: after closing or on a day off, the next one."""
    return next_working_moment(calendar, pattern, at).astimezone(calendar.zone).date()


def working_day_after(calendar: Calendar, pattern: Pattern, day: date, count: int) -> date:
    """Return the `count`-th working day after a day; with 0 the day itself, or the next working day if it is off."""
    while not calendar.hours_on(pattern, day):
        day += DAY
    for _ in range(count):
        day += DAY
        while not calendar.hours_on(pattern, day):
            day += DAY
    return day


def day_moment(
    calendar: Calendar, pattern: Pattern, start: datetime, n: int, *, at: time | str, minus: timedelta = ZERO
) -> datetime:
    """Return `at` (a wall time, `open`, `close`) of the n-th working day from the start's, less working `minus`."""
    day = working_day_after(calendar, pattern, working_day_of(calendar, pattern, start), n)
    return subtract_working(calendar, pattern, _at(calendar, pattern, day, at), minus)


def due_moment(
    calendar: Calendar, pattern: Pattern, due_on: date, *, at: time | str, minus: timedelta = ZERO
) -> datetime:
    """Return `at` of the day the sender wrote; a day off means the *close* of the next working day."""
    day = working_day_after(calendar, pattern, due_on, 0)
    return subtract_working(calendar, pattern, _at(calendar, pattern, day, at if day == due_on else "close"), minus)


def moment_at(
    calendar: Calendar, pattern: Pattern, moment: Moment | None, *, start: datetime, due_on: date | None = None
) -> datetime | None:
    """Work a moment of sla.yaml out from the clock's start; None where it does not exist (no DueDate, `none`)."""
    match moment:
        case None:
            return None
        case Wall(span=span):
            return (start + span).astimezone(UTC)
        case Working(span=span):
            return add_working(calendar, pattern, start, span)
        case WorkingDay(day=day, at=at, minus=minus):
            return day_moment(calendar, pattern, start, day, at=at, minus=minus)
        case Due(at=at, minus=minus, otherwise=otherwise):
            if due_on is None:
                return moment_at(calendar, pattern, otherwise, start=start)
            return due_moment(calendar, pattern, due_on, at=at, minus=minus)


def is_provisional(calendar: Calendar, pattern: Pattern, start: datetime, end: datetime) -> bool:
    """Tell whether a provisional day lies between two moments, inclusive, for hours that read the calendar."""
    first, last = (moment.astimezone(calendar.zone).date() for moment in (start, end))
    return calendar.provisional_between(pattern, first, last)


def _forwards(calendar: Calendar, pattern: Pattern, start: datetime) -> Iterator[Span]:
    day = start.astimezone(calendar.zone).date()
    while True:
        yield from spans_on(calendar, pattern, day)
        day += DAY


def _backwards(calendar: Calendar, pattern: Pattern, end: datetime) -> Iterator[Span]:
    day = end.astimezone(calendar.zone).date()
    while True:
        yield from reversed(spans_on(calendar, pattern, day))
        day -= DAY


def _at(calendar: Calendar, pattern: Pattern, day: date, at: time | str) -> datetime:
    if isinstance(at, time):
        return datetime.combine(day, at, calendar.zone).astimezone(UTC)
    hours = calendar.hours_on(pattern, day)
    return _at_minute(calendar, day, hours[0][0] if at == "open" else hours[-1][1])


def _at_minute(calendar: Calendar, day: date, minute: int) -> datetime:
    ahead, within = divmod(minute, 24 * 60)
    return datetime.combine(day + timedelta(days=ahead), time(*divmod(within, 60)), calendar.zone).astimezone(UTC)
