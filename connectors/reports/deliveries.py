"""Deliveries that were dispatched in the period, added up in SQL; the same deliveries' statuses and duties."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from connectors.register.tables import DELIVERY, EVENT, OBLIGATION
from connectors.reports.asked import Period
from connectors.reports.documents import AT_ONCE
from schemas.events import DocumentAcknowledged
from schemas.lifecycle import PROGRESS

TAKEN = PROGRESS[PROGRESS.index("received") :]
ENDED = "ended"
"""`closed_by` of a duty that nobody had to do any more."""

TRANSPORT, INTAKE = "transport", "intake"
"""Clocks of sla.yaml: dispatched -> received; received -> 02 or 03."""

STAGES = ("01", "03", "06")
"""Statuses whose time is asked for (report 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bunch:
    """Deliveries that are alike."""

    sender: str
    recipient: str
    type_name: str
    label: str
    progress: str
    count: int

    @property
    def standing(self) -> str:
        """Return the one class of four that each delivery is in: refused, received, taken_back, open."""
        if self.label == "refused":
            return "refused"
        if self.progress in TAKEN:
            return "received"
        return "taken_back" if self.label in ("recalled", "replaced") else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """Duties of such deliveries that are alike."""

    clock: str
    debtor: str
    sender: str
    recipient: str
    type_name: str
    closed_by: str
    """The fact that closed it; empty while it is open."""

    late: bool
    """Closed after its breach, or open and past it."""

    minutes: int | None
    """Working minutes of the debtor, once closed."""

    count: int

    @property
    def done(self) -> bool:
        """Tell whether what was owed was done."""
        return self.closed_by not in ("", ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The first time a recipient said one of `STAGES` of a delivery."""

    recipient: str
    type_name: str
    code: str
    dispatched_at: datetime
    said_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Statuses that came in during the period, whatever the age of their deliveries."""

    said_by: str
    sender: str
    recipient: str
    type_name: str
    code: str
    count: int

    @property
    def told(self) -> str:
        """Return the other side of the delivery."""
        return self.recipient if self.said_by == self.sender else self.sender


def bunches(connection: Connection, period: Period) -> Iterator[Bunch]:
    """Yield the deliveries of the period."""
    each = [DELIVERY.c[name] for name in ("sender", "recipient", "type_name", "label", "progress")]
    wanted = select(*each, func.count().label("count")).where(_within(period)).group_by(*each).order_by(*each)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
        yield Bunch(**row)


def duties(connection: Connection, period: Period, now: datetime) -> Iterator[Duties]:
    """Yield the duties to receive and to answer of the deliveries of the period."""
    of, duty = DELIVERY.c, OBLIGATION.c
    past = or_(duty.closed_at > duty.breach_at, and_(duty.open, duty.breach_at < now))
    late = case((past, 1), else_=0).label("late")
    minutes = duty.working_minutes.label("minutes")
    each = (duty.clock, duty.debtor, of.sender, of.recipient, of.type_name, duty.closed_by, late, minutes)
    for clock in (TRANSPORT, INTAKE):
        grouped = select(*each, func.count().label("count")).join_from(DELIVERY, OBLIGATION, owed(clock))
        wanted = grouped.where(_within(period)).group_by(*each)
        for row in connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
            yield Duties(**{**row, "late": bool(row["late"])})


def owed(clock: str) -> ColumnElement[bool]:
    """Join a delivery with what is owed of it by one clock: found by the primary key, so that wide documents cost no more."""
    return OBLIGATION.c.obligation_id == DELIVERY.c.delivery_id + f":{clock}"


def stages(connection: Connection, period: Period) -> Iterator[Stage]:
    """Yield when the deliveries of the period first met each of `STAGES`."""
    of, said = DELIVERY.c, EVENT.c
    code = func.substr(said.why, 1, 2).label("code")
    each = (of.delivery_id, of.recipient, of.type_name, of.dispatched_at, code)
    wanted = (
        select(*each[1:], func.min(said.occurred_at).label("said_at"))
        .join_from(EVENT, DELIVERY, said.delivery_id == of.delivery_id)
        .where(said.type == DocumentAcknowledged.__name__, said.occurred_at >= period.start, _within(period))
        .where(or_(*(_says(stage) for stage in STAGES)))
        .group_by(*each)
    )
    for row in connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
        yield Stage(**row)


def statuses(connection: Connection, period: Period) -> Iterator[Said]:
    """Yield the statuses of the period, added up."""
    of, said = DELIVERY.c, EVENT.c
    code = func.substr(said.why, 1, 2).label("code")
    each = (said.who.label("said_by"), of.sender, of.recipient, of.type_name, code)
    wanted = (
        select(*each, func.count().label("count"))
        .join_from(EVENT, DELIVERY, said.delivery_id == of.delivery_id)
        .where(said.type == DocumentAcknowledged.__name__)
        .where(said.occurred_at >= period.start, said.occurred_at < period.end)
        .group_by(*each)
    )
    for row in connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
        yield Said(**row)


def _within(period: Period) -> ColumnElement[bool]:
    return and_(DELIVERY.c.dispatched_at >= period.start, DELIVERY.c.dispatched_at < period.end)


def _says(code: str) -> ColumnElement[bool]:
    """Find what `timeline` writes of a status: its code, and perhaps what was said with it."""
    return or_(EVENT.c.why == code, EVENT.c.why.startswith(f"{code}: "))
