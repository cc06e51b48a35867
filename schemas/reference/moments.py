"""How sla.yaml writes a moment: a span by the wall clock or of working time, a working day, the sender's DueDate."""

import re
from dataclasses import dataclass
from datetime import time, timedelta

from schemas.reference.tree import Item

MAX_SPAN = timedelta(days=366)
_SPAN = re.compile(r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wall:
    """So long after the start, day and night."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Working:
    """So much working time after the start, by the calendar of the agency that owes."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """At a time of the n-th working day; day 0 = the working day of the start."""

    day: int
    at: time | str
    """A local wall time (lunch does not move it), or `open` or `close`."""

    minus: timedelta = timedelta(0)
    """Working time before that."""


@dataclass(frozen=True, slots=True)
class Due:
    """At a time of the day the sender wrote (`DueDate`); a day off means the close of the next working day."""

    at: time | str
    minus: timedelta = timedelta(0)
    """Working time before that."""

    otherwise: "Moment | None" = None
    """Where the sender wrote none; None = no such moment."""


Moment = Wall | Working | WorkingDay | Due


def parse_span(text: str) -> timedelta | None:
    """Return an ISO 8601 duration of days, hours, minutes, seconds, at most a year; None for anything else."""
    found = _SPAN.fullmatch(text)
    if not found or text.endswith(("P", "T")):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return span if span <= MAX_SPAN else None


def parse_clock(text: str) -> time | None:
    """Return a wall time `HH:MM`."""
    found = _CLOCK.fullmatch(text)
    return time(int(found[1]), int(found[2])) if found else None


def read_span(item: Item) -> timedelta:
    """Read a duration such as PT15M."""
    text = item.text()
    span = parse_span(text)
    if text and span is None:
        item.fault("BAD_VALUE", f"“{text[:80]}” không phải khoảng thời gian ISO 8601, ví dụ PT15M.")
    return span or timedelta(0)


def read_moment(item: Item) -> Moment | None:
    """Read one of the four ways, or `none`."""
    if item.is_text():
        item.choice(("none",))
        return None
    keys = item.entries()
    if "wall" in keys:
        return Wall(read_span(item.entries(known=("wall",))["wall"]))
    if "working" in keys:
        return Working(read_span(item.entries(known=("working",))["working"]))
    if "day" in keys:
        item.entries(known=("day", "at"), optional=("minus",))
        return WorkingDay(keys["day"].number(0, 366), _at(keys), _minus(keys))
    if "due" in keys:
        item.entries(known=("due", "at"), optional=("minus", "otherwise"))
        keys["due"].choice(("DueDate",))
        return Due(_at(keys), _minus(keys), read_moment(keys["otherwise"]) if "otherwise" in keys else None)
    item.fault("BAD_VALUE", "Thời điểm phải viết bằng wall, working, day hoặc due.")
    return None


def _at(keys: dict[str, Item]) -> time | str:
    if "at" not in keys:
        return "close"
    text = keys["at"].text()
    if text in ("open", "close"):
        return text
    clock = parse_clock(text)
    if text and clock is None:
        keys["at"].fault("BAD_VALUE", f"“{text[:80]}” phải là open, close hoặc giờ:phút trong ngoặc kép.")
    return clock or "close"


def _minus(keys: dict[str, Item]) -> timedelta:
    return read_span(keys["minus"]) if "minus" in keys else timedelta(0)
