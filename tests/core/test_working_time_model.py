"""Working time against a model that knows nothing of spans: every minute of 2018-2030 works or does not."""

import random
from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest

from schemas.reference.calendar import KINDS_OF_DAY, Calendar, Day, Pattern
from schemas.reference.working_time import (
    add_working,
    day_moment,
    next_working_moment,
    subtract_working,
    working_between,
    working_day_of,
)
from tests.reference_files import demo, present

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST, LAST = date(2018, 1, 1), date(2030, 12, 31)
MINUTE = timedelta(minutes=1)
DAY_MINUTES = 24 * 60
SAMPLES = 1_500
MARGIN = 60 * DAY_MINUTES
"""Minutes at both ends where no sample starts, so that every answer lies inside the model."""


def busy_calendar() -> Calendar:
    """Return the demo's calendar with three hundred more exceptional days, some of them half days."""
    chance = random.Random(7)
    calendar = present(demo().calendar)
    days = dict(calendar.days)
    for _ in range(300):
        day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
        hours = chance.choice([None, None, ((450, 690),), ((480, 720), (810, 990))])
        days[day] = Day(date=day, kind=chance.choice(KINDS_OF_DAY), name="x", provisional=False, hours=hours)
    return replace(calendar, days=days, cache={})


CALENDAR = busy_calendar()


class Model:
    """One byte a minute, and how many worked before it."""

    def __init__(self, pattern: Pattern) -> None:
        """Fill in the minutes of each day."""
        self.works = bytearray()
        for ahead in range((LAST - FIRST).days + 1):
            self.works += self._day(pattern, FIRST + timedelta(days=ahead))
        self.before = list(accumulate(self.works, initial=0))

    def _day(self, pattern: Pattern, day: date) -> bytearray:
        row = CALENDAR.days.get(day) if pattern.observes_holidays else None
        hours = pattern.week[day.weekday()]
        if row:
            hours = row.hours or (pattern.hours if row.kind == "swap_work" else ())
        minutes = bytearray(DAY_MINUTES)
        for opens, closes in hours:
            minutes[opens:closes] = b"\x01" * (closes - opens)
        return minutes

    def add(self, start: int, minutes: int) -> int:
        """Return the first minute at which so many worked."""
        return bisect_left(self.before, self.before[start] + minutes, lo=start) if minutes else start

    def subtract(self, end: int, minutes: int) -> int:
        """Return the last minute from which so many work until the end."""
        return bisect_right(self.before, self.before[end] - minutes, hi=end + 1) - 1 if minutes else end

    def working_day(self, at: int) -> int:
        """Return the day number of the working day a minute belongs to."""
        return self.works.index(1, at) // DAY_MINUTES

    def nth_working_day(self, day: int, count: int) -> int:
        """Return the day number of the count-th working day after a working day."""
        for _ in range(count):
            day = self.working_day((day + 1) * DAY_MINUTES)
        return day

    def close(self, day: int) -> int:
        """Return the minute after the day's last working one."""
        return self.works.rindex(1, day * DAY_MINUTES, (day + 1) * DAY_MINUTES) + 1


def moment(minute: int) -> datetime:
    """Return the moment of a minute of the model."""
    return (datetime(FIRST.year, 1, 1, tzinfo=HERE) + minute * MINUTE).astimezone(UTC)


@pytest.mark.parametrize("name", ["office-0730", "office-0800", "duty-24x7"])
def test_every_function_agrees_with_the_minutes(name: str) -> None:
    """Seeded starts all over thirteen years, many on the edges of spans where mistakes live."""
    pattern, chance = CALENDAR.pattern(name), random.Random(name)
    model = Model(pattern)
    size = len(model.works)
    for _ in range(SAMPLES):
        start = chance.randrange(MARGIN, size - MARGIN)
        if chance.random() < 0.5:
            start += chance.choice([450, 480, 690, 720, 780, 1020, 1440]) - start % DAY_MINUTES
        span = chance.choice([0, 1, 15, 60, 240, 480, 481, chance.randrange(5_000)])
        end = start + chance.randrange(30 * DAY_MINUTES)
        count = chance.choice([0, 1, 2, 10])
        day = model.nth_working_day(model.working_day(start), count)

        assert moment(model.works.index(1, start)) == next_working_moment(CALENDAR, pattern, moment(start))
        assert moment(model.add(start, span)) == add_working(CALENDAR, pattern, moment(start), span * MINUTE)
        assert moment(model.subtract(end, span)) == subtract_working(CALENDAR, pattern, moment(end), span * MINUTE)
        worked = model.before[end] - model.before[start]
        assert worked * MINUTE == working_between(CALENDAR, pattern, moment(start), moment(end))
        of = FIRST + timedelta(days=model.working_day(start))
        assert of == working_day_of(CALENDAR, pattern, moment(start))
        assert moment(model.close(day)) == day_moment(CALENDAR, pattern, moment(start), count, at="close")


def test_adding_and_measuring_agree_to_the_second() -> None:
    """What was added is what lies between, and taking it away leads back into the same span."""
    pattern, chance = CALENDAR.pattern("office-0730"), random.Random(11)
    for _ in range(300):
        start = moment(0) + timedelta(seconds=chance.randrange(86_400 * 4_000))
        span = timedelta(seconds=chance.randrange(1, 200_000))
        end = add_working(CALENDAR, pattern, start, span)

        assert span == working_between(CALENDAR, pattern, start, end)
        assert span == working_between(CALENDAR, pattern, subtract_working(CALENDAR, pattern, end, span), end)
