"""Dates as PDF writes them (ISO 32000-1 §7.9.4): `D:YYYYMMDDHHmmSSOHH'mm'`."""

import re
from datetime import UTC, datetime, timedelta, timezone

_DATE = re.compile(
    r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)(?:00'?(?:00'?)?)?|([+-])(\d\d)'?(?:(\d\d)'?)?)?", re.ASCII
)


def moment_of(text: str) -> datetime | None:
    """Return the moment that a date string names; None where it names none, or no time zone."""
    read = _DATE.fullmatch(text.rstrip())
    if read is None or not (read[7] or read[8]):
        return None
    year, month, day, hour, minute, second = (int(each) if each else None for each in read.groups()[:6])
    ahead = timedelta(hours=int(read[9] or 0), minutes=int(read[10] or 0))
    try:
        zone = UTC if read[7] else timezone(-ahead if read[8] == "-" else ahead)
        return datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=zone)
    except ValueError:
        return None
