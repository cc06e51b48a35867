"""The working calendar: hours of agencies, holidays, exchanged days (Bộ luật Lao động 2019 art. 112)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.reference.faults import Faults
from schemas.reference.outages import Outage, read_outages
from schemas.reference.tree import Item, read_tree

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS_OF_DAY = ("holiday", "compensatory", "swap_off", "swap_work")
DAY_MINUTES = 24 * 60
_CLOCK_LENGTH = len("HH:MM")

Hours = tuple[tuple[int, int], ...]
"""Half-open spans [open, close) in minutes since local midnight, in order, not overlapping; 24:00 = 1440."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that is not what its weekday says."""

    date: date
    kind: str
    """`holiday`, `compensatory`, `swap_off` (days off), `swap_work` (a working day)."""

    name: str
    provisional: bool
    """Not announced or not confirmed yet."""

    hours: Hours | None = None
    """Hours of its own: a half day, other hours on a swapped Saturday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Working hours of a week."""

    name: str
    hours: Hours
    """Hours of a working day; an exchanged day takes these."""

    week: tuple[Hours, ...]
    """Monday first; seven."""

    observes_holidays: bool
    """False: the rows of `days` mean nothing to it (a duty desk)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A snapshot of the calendar; the arithmetic is in `working_time`."""

    label: str
    """The file's own `version`, for people."""

    zone: ZoneInfo
    patterns: Mapping[str, Pattern]
    default_pattern: str
    days: Mapping[date, Day]
    years: frozenset[int]
    """Years that have rows; any other is provisional."""

    outages: Mapping[str, tuple[Outage, ...]] = field(default_factory=dict)
    """organ_id -> when its system is away, as it announced."""

    cache: dict[tuple[str, date], Hours] = field(default_factory=dict, compare=False, repr=False)
    spans: dict[tuple[str, date], tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, compare=False, repr=False, init=False
    )
    """The same as UTC moments, kept by `working_time`; a calendar made from this one begins with none."""

    def pattern(self, name: str = "") -> Pattern:
        """Return a pattern by name; the default for an empty or unknown one."""
        return self.patterns.get(name) or self.patterns[self.default_pattern]

    def hours_on(self, pattern: Pattern, day: date) -> Hours:
        """Return the working spans of a day, none on a day off."""
        key = (pattern.name, day)
        if (hours := self.cache.get(key)) is None:
            hours = self.cache[key] = self._hours_on(pattern, day)
        return hours

    def _hours_on(self, pattern: Pattern, day: date) -> Hours:
        row = self.days.get(day) if pattern.observes_holidays else None
        if row is None:
            return pattern.week[day.weekday()]
        if row.hours is not None:
            return row.hours
        return pattern.hours if row.kind == "swap_work" else ()

    def is_provisional(self, day: date) -> bool:
        """Tell whether what the calendar says of a day may still change."""
        row = self.days.get(day)
        return day.year not in self.years if row is None else row.provisional

    def provisional_between(self, pattern: Pattern, first: date, last: date) -> bool:
        """Tell whether a provisional day lies between two local days, inclusive; never for hours without holidays."""
        if not pattern.observes_holidays or last < first:
            return False
        if any(year not in self.years for year in range(first.year, last.year + 1)):
            return True
        return any(self.is_provisional(first + timedelta(days=ahead)) for ahead in range((last - first).days + 1))


def parse_calendar(files: Mapping[str, bytes], faults: Faults) -> Calendar | None:
    """Parse calendar.yaml."""
    tree = read_tree("calendar.yaml", files.get("calendar.yaml"), faults)
    if tree is None:
        return None
    top = tree.entries(known=("version", "time_zone", "patterns", "default_pattern", "days"), optional=("outages",))
    if faults:
        return None
    patterns = {name: _pattern(name, item) for name, item in top["patterns"].entries().items()}
    default = top["default_pattern"].choice(tuple(patterns))
    days: dict[date, Day] = {}
    for item in top["days"].items():
        day = _day(item)
        if day.date in days:
            item.fault("VALIDITY_OVERLAP", f"Ngày {day.date} có hai dòng.")
        days[day.date] = day
    return Calendar(
        label=top["version"].text(),
        zone=_zone(top["time_zone"]),
        patterns=patterns,
        default_pattern=default,
        days=days,
        years=frozenset(day.year for day in days),
        outages=read_outages(top["outages"]) if "outages" in top else {},
    )


def _zone(item: Item) -> ZoneInfo:
    name = item.text()
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        item.fault("BAD_VALUE", f"Không có múi giờ “{name[:80]}”.")
        return ZoneInfo("UTC")


def _pattern(name: str, item: Item) -> Pattern:
    keys = item.entries(known=("hours", "week", "holidays"), optional=("note",))
    week = keys["week"].entries(known=WEEK) if "week" in keys else {}
    hours = tuple(_hours(week[day]) if day in week else () for day in WEEK)
    if week and not any(hours):
        item.fault("BAD_VALUE", "Tuần làm việc không có giờ nào.")
    return Pattern(
        name=name,
        hours=_hours(keys["hours"]) if "hours" in keys else (),
        week=hours,
        observes_holidays="holidays" in keys and keys["holidays"].choice(("observed", "ignored")) == "observed",
    )


def _day(item: Item) -> Day:
    keys = item.entries(known=("date", "kind", "name", "provisional"), optional=("hours",))
    return Day(
        date=keys["date"].day() if "date" in keys else date.min,
        kind=keys["kind"].choice(KINDS_OF_DAY) if "kind" in keys else "holiday",
        name=keys["name"].text() if "name" in keys else "",
        provisional="provisional" in keys and keys["provisional"].yes(),
        hours=_hours(keys["hours"]) if "hours" in keys else None,
    )


def _hours(item: Item) -> Hours:
    spans: list[tuple[int, int]] = []
    for pair in item.items():
        ends = [_minute(end) for end in pair.items()]
        if len(ends) != 2 or ends[0] >= ends[1]:  # noqa: PLR2004 - open and close
            pair.fault("BAD_VALUE", "Giờ làm việc phải viết [mở cửa, đóng cửa], mở trước đóng.")
            continue
        if spans and ends[0] < spans[-1][1]:
            pair.fault("BAD_VALUE", "Các khoảng giờ phải theo thứ tự và không chồng nhau.")
            continue
        spans.append((ends[0], ends[1]))
    return tuple(spans)


def _minute(item: Item) -> int:
    text = item.text()
    hour, colon, minute = text.partition(":")
    if len(text) == _CLOCK_LENGTH and text.isascii() and colon and hour.isdigit() and minute.isdigit():
        total = int(hour) * 60 + int(minute)
        if int(minute) < 60 and total <= DAY_MINUTES:  # noqa: PLR2004 - minutes an hour
            return total
    item.fault("BAD_VALUE", f'“{text[:80]}” không phải giờ:phút, ví dụ "07:30" (muộn nhất "24:00").')
    return 0
