"""What a report is asked: the period, the moment it is asked, and where its facts come from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from schemas.reference import Calendar, Contacts, Directory

Row = Mapping[str, Any]
"""Field -> text, number, yes or no, day, aware moment, or None where there is nothing to say."""

BY = ("agency", "level", "type", "all")
"""How figures may be gathered: a row for each agency, level or type of document, or one for everything."""


EVER = date(1970, 1, 1)
"""First day of a report that asks for all that is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Local days, both inclusive, and the moments that bound them."""

    first: date
    last: date
    start: datetime
    """UTC; in the period."""

    end: datetime
    """UTC; no longer in it."""


def period(first: date, last: date, zone: ZoneInfo) -> Period:
    """Return the period from one local day to another; raise ValueError where it ends before it begins."""
    if last < first:
        raise ValueError(f"the period ends ({last}) before it begins ({first})")
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + timedelta(days=1)))
    return Period(first=first, last=last, start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Everything a report may read."""

    connection: Connection
    """One moment of the register."""

    directory: Directory
    calendar: Calendar
    contacts: Contacts | None = None
    period: Period
    now: datetime
    """The axis' now: what is open counts up to here."""

    by: str = "agency"
    """One of `BY`, for reports that gather."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One kind of report."""

    rows: Callable[[Asked], Iterator[Row]]
    fields: tuple[str, ...]
    """Names of all that a row says, in order; `columns.yaml` chooses among them."""

    gathers: bool = False
    """True where `by` means something."""

    begins: str = "month"
    """Where the period begins unless somebody says: `month` (of its last day), `day` (its last day), `ever`."""
