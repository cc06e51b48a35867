"""Daily list: what was dispatched and not received yet, the oldest first, with its age in working minutes of the recipient."""

from collections.abc import Iterator

from sqlalchemy import and_, select

from connectors.register.tables import DELIVERY, OBLIGATION
from connectors.reports.asked import Asked, Report, Row
from connectors.reports.deliveries import TAKEN, TRANSPORT, owed
from connectors.reports.documents import AT_ONCE
from connectors.reports.places import Places
from schemas.reference.working_time import working_between

ENDED = ("refused", "recalled", "replaced")
"""Labels of deliveries that nobody needs to take any more."""

OF_DELIVERY = ("delivery_id", "document_id", "document_type", "urgency", "sender", "sender_name", "recipient")
FIELDS = (
    *OF_DELIVERY,
    *("recipient_name", "recipient_level", "subject", "dispatched_at", "offered_at", "age_minutes"),
    *("debtor", "breach_at", "overdue", "label"),
)


def rows(asked: Asked) -> Iterator[Row]:
    """Yield the deliveries dispatched in the period that wait still."""
    places, of, duty = Places(asked.directory, asked.period), DELIVERY.c, OBLIGATION.c
    names = ("delivery_id", "document_id", "type_name", "urgency", "sender", "recipient", "subject", "label")
    wanted = (
        select(*(of[name] for name in names), of.dispatched_at, of.offered_at, duty.debtor, duty.breach_at)
        .outerjoin_from(DELIVERY, OBLIGATION, and_(owed(TRANSPORT), duty.open))
        .where(of.dispatched_at >= asked.period.start, of.dispatched_at < asked.period.end)
        .where(of.progress.not_in(TAKEN), of.label.not_in(ENDED))
        .order_by(of.dispatched_at, of.delivery_id)
    )
    for row in asked.connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
        recipient = places.of(row["recipient"])
        pattern = asked.calendar.pattern(recipient.working_hours)
        age = working_between(asked.calendar, pattern, row["dispatched_at"], asked.now)
        breach_at = row["breach_at"]
        said = {**row, "debtor": row["debtor"] or "", "document_type": row["type_name"]}
        said |= {"sender_name": places.of(row["sender"]).name, "recipient_name": recipient.name}
        said |= {"recipient_level": recipient.level, "age_minutes": int(age.total_seconds() // 60)}
        said |= {"overdue": breach_at is not None and breach_at < asked.now}
        yield {name: said[name] for name in FIELDS}


REPORT = Report(rows=rows, fields=FIELDS, begins="ever")
