"""Daily list: answers that are owed and overdue (accept or refuse, assign, complete, answer a recall), the longest overdue first."""

from collections.abc import Iterator

from sqlalchemy import select

from connectors.register.tables import DELIVERY, OBLIGATION
from connectors.reports.asked import Asked, Report, Row
from connectors.reports.deliveries import TRANSPORT
from connectors.reports.documents import AT_ONCE
from connectors.reports.places import Places
from schemas.reference.working_time import working_between

FIELDS = (
    *("delivery_id", "document_id", "urgency", "clock", "debtor", "debtor_name", "debtor_level", "sender"),
    *("sender_name", "subject", "since_at", "breach_at", "overdue_minutes", "step", "label"),
)


def rows(asked: Asked) -> Iterator[Row]:
    """Yield the open duties of deliveries, all but taking the bytes, whose breach lies in the period and has passed."""
    places, of, duty = Places(asked.directory, asked.period), DELIVERY.c, OBLIGATION.c
    names = ("delivery_id", "document_id", "urgency", "sender", "subject", "label")
    wanted = (
        select(*(of[name] for name in names), duty.clock, duty.debtor, duty.since_at, duty.breach_at, duty.next_step)
        .join_from(OBLIGATION, DELIVERY, of.delivery_id == duty.delivery_id)
        .where(duty.open, duty.clock != TRANSPORT, duty.breach_at < asked.now)
        .where(duty.breach_at >= asked.period.start, duty.breach_at < asked.period.end)
        .order_by(duty.breach_at, duty.obligation_id)
    )
    for row in asked.connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
        debtor = places.of(row["debtor"])
        pattern = asked.calendar.pattern(debtor.working_hours)
        late = working_between(asked.calendar, pattern, row["breach_at"], asked.now)
        said = {**row, "step": row["next_step"], "sender_name": places.of(row["sender"]).name}
        said |= {"debtor_name": debtor.name, "debtor_level": debtor.level}
        said |= {"overdue_minutes": int(late.total_seconds() // 60)}
        yield {name: said[name] for name in FIELDS}


REPORT = Report(rows=rows, fields=FIELDS, begins="ever")
