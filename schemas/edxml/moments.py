"""Days and moments as packets write them. Four digits first decide: the year; else they are Vietnamese, day first."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.notes import Note

HERE = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam has one zone and no summer time; packets write no offset."""

PLACEHOLDERS = ("N/A", "n/a")
YEAR_DIGITS = 4

_DAY = re.compile(r"([0-9]{1,4})([/-])([0-9]{1,2})\2([0-9]{1,4})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?")
_MOMENT = re.compile(r"(\S+?)(T|\s+)(\S+?)(Z|[+-][0-9]{2}:[0-9]{2})?")


def read_day(text: str, element: str, notes: list[Note]) -> date | None:
    """Return the day, None for an empty value or a placeholder; raise `PacketFaultError` for anything else."""
    if not text:
        return None
    if text in PLACEHOLDERS:
        notes.append(Note.PLACEHOLDER)
        return None
    try:
        return _day(text, notes, Note.DATE_DMY, Note.DATE_ISO)
    except ValueError as exc:
        raise PacketFaultError("BAD_VALUE", element, f"“{text}” không phải ngày dạng yyyy/MM/dd") from exc


def read_moment(text: str, notes: list[Note]) -> datetime | None:
    """Return the moment in UTC, None where it cannot be read (noted) or is not there."""
    if not text:
        return None
    try:
        return _moment(text, notes)
    except (ValueError, OverflowError):
        notes.append(Note.TIMESTAMP_UNREADABLE)
        return None


def write_day(day: date) -> str:
    """Write a day as the standard has it."""
    return f"{day.year:04d}/{day.month:02d}/{day.day:02d}"


def write_moment(moment: datetime) -> str:
    """Write a moment as the standard has it, in Vietnamese time."""
    here = moment.astimezone(HERE)
    return f"{write_day(here.date())} {here:%H:%M:%S}"


def _day(text: str, notes: list[Note], dmy: Note, iso: Note) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError("no day")
    first, mark, middle, last = found[1], found[2], int(found[3]), found[4]
    if len(first) == YEAR_DIGITS:
        day = date(int(first), middle, int(last))
        notes.extend([iso] if mark == "-" else [])
        return day
    if len(last) != YEAR_DIGITS:
        raise ValueError("no year")
    day = date(int(last), middle, int(first))
    notes.append(dmy)
    return day


def _moment(text: str, notes: list[Note]) -> datetime:
    found = _MOMENT.fullmatch(text)
    time = _TIME.fullmatch(found[3]) if found else None
    if found is None or time is None:
        raise ValueError("no moment")
    own: list[Note] = []
    day = _day(found[1], own, Note.TIMESTAMP_DMY, Note.TIMESTAMP_ISO)
    moment = datetime(day.year, day.month, day.day, int(time[1]), int(time[2]), int(time[3]), tzinfo=_zone(found[4]))
    in_utc = moment.astimezone(UTC)
    notes.extend(own or ([Note.TIMESTAMP_ISO] if found[2] == "T" or found[4] else []))
    return in_utc


def _zone(text: str | None) -> timezone:
    if not text:
        return HERE
    if text == "Z":
        return UTC
    away = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(away if text[0] == "+" else -away)
