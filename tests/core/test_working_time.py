"""Working time by example: lunch, closing, holidays, exchanged days, the days that deadlines fall on."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schemas.reference.calendar import Calendar, parse_calendar
from schemas.reference.faults import Faults
from schemas.reference.moments import Due, Moment, Wall, Working, WorkingDay
from schemas.reference.working_time import (
    add_working,
    day_moment,
    due_moment,
    is_provisional,
    moment_at,
    next_working_moment,
    subtract_working,
    working_between,
)
from tests.reference_files import demo, demo_files, present

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = timedelta(hours=1)
CALENDAR = present(demo().calendar)
OFFICE = CALENDAR.pattern("office-0730")
DUTY = CALENDAR.pattern("duty-24x7")


def at(text: str) -> datetime:
    """Return a local moment `2026-11-23 08:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


def local(moment: datetime | None) -> str:
    """Say how a moment reads on the wall."""
    return f"{present(moment).astimezone(HERE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23 08:00", 2, "2026-11-23 10:00"),
        ("2026-11-23 09:30", 2, "2026-11-23 11:30"),  # used up exactly at lunch: ends there
        ("2026-11-23 10:30", 2, "2026-11-23 14:00"),
        ("2026-11-23 13:00", 4, "2026-11-23 17:00"),  # used up exactly at closing: ends there
        ("2026-11-23 17:00", 1, "2026-11-25 08:30"),  # at closing: the next working day, and 24/11 is a holiday
        ("2026-11-23 16:00", 2, "2026-11-25 08:30"),
        ("2026-11-28 10:00", 1, "2026-11-30 08:30"),  # Saturday
        ("2026-08-22 07:30", 1, "2026-08-22 08:30"),  # an exchanged Saturday
        ("2026-02-13 16:00", 2, "2026-02-23 08:30"),  # over Tết
        ("2026-11-23 12:15", 0, "2026-11-23 12:15"),
    ],
)
def test_working_time_is_added(start: str, hours: int, end: str) -> None:
    """The first moment at which so much working time has passed."""
    assert end == local(add_working(CALENDAR, OFFICE, at(start), hours * HOURS))


@pytest.mark.parametrize(
    ("moment", "following"),
    [
        ("2026-11-23 07:30", "2026-11-23 07:30"),
        ("2026-11-23 11:29", "2026-11-23 11:29"),
        ("2026-11-23 11:30", "2026-11-23 13:00"),
        ("2026-11-23 17:00", "2026-11-25 07:30"),
        ("2026-11-24 09:00", "2026-11-25 07:30"),
    ],
)
def test_the_next_working_moment(moment: str, following: str) -> None:
    """Half-open: at lunch and at closing work is over."""
    assert following == local(next_working_moment(CALENDAR, OFFICE, at(moment)))


@pytest.mark.parametrize(
    ("start", "day", "when", "minus", "expected"),
    [
        ("2026-11-23 08:00", 0, "close", 0, "2026-11-23 17:00"),
        ("2026-11-23 17:00", 0, "close", 0, "2026-11-25 17:00"),
        ("2026-11-23 08:00", 1, "close", 0, "2026-11-25 17:00"),
        ("2026-11-23 08:00", 1, "open", 0, "2026-11-25 07:30"),
        ("2026-11-23 08:00", 1, time(12), 0, "2026-11-25 12:00"),  # a wall time is not moved by lunch
        ("2026-11-23 08:00", 0, "close", 2, "2026-11-23 15:00"),
        ("2026-11-23 08:00", 0, "close", 4, "2026-11-23 13:00"),
        ("2026-11-23 08:00", 0, "close", 8, "2026-11-23 07:30"),
        ("2026-11-28 10:00", 0, "close", 0, "2026-11-30 17:00"),
    ],
)
def test_a_working_day(start: str, day: int, when: time | str, minus: int, expected: str) -> None:
    """Day 0 is the working day of the start, or the next one."""
    assert expected == local(day_moment(CALENDAR, OFFICE, at(start), day, at=when, minus=minus * HOURS))


def test_a_duty_desk_never_closes() -> None:
    """Every minute counts, holidays too; `close` is 24:00."""
    assert "2026-11-24 08:00" == local(add_working(CALENDAR, DUTY, at("2026-11-23 08:00"), 24 * HOURS))
    assert "2026-11-24 00:00" == local(day_moment(CALENDAR, DUTY, at("2026-11-23 08:00"), 0, at="close"))
    assert 48 * HOURS == working_between(CALENDAR, DUTY, at("2026-11-23 08:00"), at("2026-11-25 08:00"))


def test_a_due_date_on_a_day_off_is_the_close_of_the_next_working_day() -> None:
    """Whatever `at` says; on a working day `at` counts."""
    assert "2026-11-25 17:00" == local(due_moment(CALENDAR, OFFICE, date(2026, 11, 24), at="open"))
    assert "2026-11-23 07:30" == local(due_moment(CALENDAR, OFFICE, date(2026, 11, 23), at="open"))


def test_the_four_ways_of_writing_a_moment() -> None:
    """Wall, working, day, due; and what does not exist is None."""
    start = at("2026-11-23 11:00")
    friday = date(2026, 11, 27)

    def end(moment: Moment | None, due_on: date | None = None) -> datetime | None:
        return moment_at(CALENDAR, OFFICE, moment, start=start, due_on=due_on)

    assert "2026-11-23 11:45" == local(end(Wall(timedelta(minutes=45))))
    assert "2026-11-23 13:15" == local(end(Working(timedelta(minutes=45))))
    assert "2026-11-25 17:00" == local(end(WorkingDay(1, "close")))
    assert "2026-11-27 07:30" == local(end(Due("close", minus=8 * HOURS), friday))
    assert "2026-11-23 12:00" == local(end(Due("close", otherwise=Wall(HOURS))))
    assert (None, None) == (end(Due("close")), end(None))
    assert "2026-11-25 07:30" == local(end(WorkingDay(1, "open")))
    assert "2026-11-25 15:00" == local(end(WorkingDay(1, "close", minus=2 * HOURS)))
    assert "2026-11-27 07:30" == local(end(Due("open"), friday))
    assert "2026-11-23 13:30" == local(end(Due("close", otherwise=Working(HOURS))))
    for moment in (Wall(HOURS), Working(HOURS), WorkingDay(1, "close"), Due("close")):
        assert UTC == present(end(moment, friday)).tzinfo


def test_what_is_not_announced_is_provisional() -> None:
    """A provisional row, or a year without rows, between start and end inclusive; never for a duty desk."""
    august = at("2026-08-28 08:00"), at("2026-09-03 17:00")

    assert is_provisional(CALENDAR, OFFICE, *august)
    assert not is_provisional(CALENDAR, DUTY, *august)
    assert not is_provisional(CALENDAR, OFFICE, at("2026-11-23 08:00"), at("2026-11-25 17:00"))
    assert is_provisional(CALENDAR, OFFICE, at("2027-12-31 08:00"), at("2028-01-03 08:00"))


def test_a_day_may_have_hours_of_its_own() -> None:
    """A half day on New Year's Eve, and other hours on an exchanged Saturday."""
    rows = (
        '  - {date: 2026-12-31, kind: holiday, name: x, provisional: false, hours: [["07:30", "11:30"]]}\n'
        '  - {date: 2026-12-26, kind: swap_work, name: x, provisional: false, hours: [["08:00", "12:00"]]}\n'
    )
    faults = Faults()
    calendar = parse_calendar({"calendar.yaml": demo_files()["calendar.yaml"] + rows.encode()}, faults)

    assert () == faults.sorted()
    assert isinstance(calendar, Calendar)
    office = calendar.pattern("office-0730")
    assert 4 * HOURS == working_between(calendar, office, at("2026-12-31 00:00"), at("2027-01-01 00:00"))
    assert "2026-12-26 08:00" == local(next_working_moment(calendar, office, at("2026-12-26 00:00")))


def test_results_are_utc_and_seconds_are_kept() -> None:
    """Whatever zone the argument has."""
    start = datetime(2026, 11, 23, 1, 0, 30, tzinfo=UTC)

    assert datetime(2026, 11, 23, 2, 0, 30, tzinfo=UTC) == add_working(CALENDAR, OFFICE, start, HOURS)
    assert UTC == add_working(CALENDAR, OFFICE, start.astimezone(HERE), HOURS).tzinfo
    assert start == subtract_working(CALENDAR, OFFICE, start + HOURS, HOURS)


@pytest.mark.parametrize(
    ("start", "end", "provisional"),
    [
        ("2026-08-31 08:00", "2026-08-31 17:00", True),  # one day
        ("2026-08-28 08:00", "2026-08-31 08:00", True),  # the last day
        ("2026-08-27 08:00", "2026-08-30 08:00", False),  # the day before it
        ("2026-09-01 08:00", "2026-09-03 08:00", True),  # the first day
        (
            "2026-09-02 00:30",
            "2026-09-03 08:00",
            False,
        ),  # just after it, by the local clock (in UTC it is still that day)
        ("2026-12-31 08:00", "2027-01-01 08:00", False),  # over New Year, both years have rows
        ("2027-11-10 08:00", "2027-11-20 08:00", False),  # the last year with rows
        ("2025-12-30 08:00", "2026-01-01 08:00", True),  # the year before the first
        ("2025-12-30 08:00", "2025-12-30 09:00", True),
        ("2026-09-04 08:00", "2026-08-30 08:00", False),  # nothing lies between
    ],
)
def test_both_ends_count_as_provisional_days(start: str, end: str, provisional: bool) -> None:  # noqa: FBT001 - a column
    """By local days, the first and the last included, none beyond."""
    assert provisional == is_provisional(CALENDAR, OFFICE, at(start), at(end))
