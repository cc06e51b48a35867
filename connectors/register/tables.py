"""The register's tables, the same on SQLite and PostgreSQL. All of it can be rebuilt by reading the topics again.

`event`, `alert`, `told`, `refusal`, `attempt` only get new rows; `submission` and `delivery` are joins of what events say, in any order;
of an `obligation` the newest record stays. Names of people are in `told` alone. A change here needs a revision in `migrations` (ADR 0014).
"""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from infra.state.history import KEY, History


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite keeps it as sortable text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


HISTORY = History(store="register", newest="0004", folder=Path(__file__).parent / "migrations")
METADATA = MetaData(info={KEY: HISTORY})


def _text(name: str, *, key: bool = False) -> Column[str]:
    """Return a column that is never null; what is not known is an empty text."""
    return Column(name, Text, primary_key=key, nullable=False, default="")


EVENT = Table(
    "event",
    METADATA,
    _text("event_id", key=True),
    _text("topic"),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    _text("key"),
    _text("type"),
    _text("document_key"),
    _text("delivery_id"),
    _text("causation_id"),
    _text("sha256"),
    Column("occurred_at", Moment, nullable=False),
    Column("recorded_at", Moment),
    _text("who"),
    _text("why"),
    Column("versions", JSON, nullable=False),
    Column("body", Text, nullable=False, comment="JSON: what the event says, without names of people"),
    Index("event_by_document", "document_key"),
    Index("event_by_digest", "sha256"),
    Index("event_by_place", "topic", "partition", "offset"),
    Index("event_by_type", "type", "occurred_at"),
    comment="every event once, at the place where it was first read",
)

DOCUMENT = Table(
    "document",
    METADATA,
    _text("document_key", key=True),
    _text("document_id"),
    _text("sender"),
    Index("document_by_id", "document_id"),
)

SUBMISSION = Table(
    "submission",
    METADATA,
    _text("document_key", key=True),
    _text("sha256", key=True),
    _text("document_id"),
    _text("sender"),
    _text("subject"),
    _text("type_name"),
    Column("first", JSON, comment="the first time it was handed over: at, event_id, submitted_by, channel"),
    Column("handed_over", Integer, nullable=False, default=0),
    Column("repeats", Integer, nullable=False, default=0),
    Column("verdicts", JSON, nullable=False, comment="event id -> kind, at, reason, sentence"),
    Column("superseded", JSON, nullable=False, comment="event ids of verdicts that a later one confirms or recalls"),
    _text("state"),
    _text("reason"),
    Index("submission_by_digest", "sha256"),
)

DELIVERY = Table(
    "delivery",
    METADATA,
    _text("delivery_id", key=True),
    _text("document_key"),
    _text("document_id"),
    _text("sha256"),
    _text("sender"),
    _text("recipient"),
    Column("addressed", JSON),
    _text("endpoint"),
    _text("mode"),
    _text("rule"),
    Column("hops", JSON),
    _text("urgency"),
    Column("due_on", Date),
    _text("type_name"),
    _text("subject"),
    _text("dispatched_by"),
    Column("dispatched_at", Moment),
    Column("offered_at", Moment),
    Column("received_at", Moment),
    Column("state", Text, nullable=False, comment="the lattice, as `schemas.lifecycle.to_json` writes it"),
    _text("label"),
    _text("progress"),
    Index("delivery_by_document", "document_key"),
    Index("delivery_by_recipient", "recipient", "progress"),
    Index("delivery_by_dispatch", "dispatched_at", "delivery_id"),
    Index("delivery_by_receipt", "recipient", "received_at"),
)

OBLIGATION = Table(
    "obligation",
    METADATA,
    _text("obligation_id", key=True),
    Column("place", BigInteger, nullable=False, comment="offset of the record it is from; the highest stays"),
    _text("subject"),
    _text("document_key"),
    _text("delivery_id"),
    _text("clock"),
    _text("debtor"),
    _text("creditor"),
    Column("since_at", Moment, nullable=False),
    Column("target_at", Moment),
    Column("warn_at", Moment),
    Column("breach_at", Moment),
    Column("next_step", Integer),
    Column("next_step_at", Moment),
    Column("open", Boolean, nullable=False),
    Column("closed_at", Moment),
    _text("closed_by"),
    Column("working_minutes", Integer),
    Column("provisional", Boolean, nullable=False),
    _text("rule"),
    Column("versions", JSON, nullable=False),
    Column("pauses", JSON, comment="intervals in which the clock stands still; null = written before there were any"),
    Index("obligation_by_debtor", "debtor", "open"),
    Index("obligation_by_document", "document_key"),
    Index("obligation_by_breach", "open", "breach_at", "obligation_id"),
    Index("obligation_by_debtor_breach", "debtor", "open", "breach_at", "obligation_id"),
)

ALERT = Table(
    "alert",
    METADATA,
    _text("event_id", key=True),
    _text("alert_id"),
    _text("about"),
    _text("document_key"),
    _text("delivery_id"),
    _text("kind"),
    _text("state"),
    Column("level", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    _text("clock"),
    _text("debtor"),
    _text("why"),
    Column("occurred_at", Moment, nullable=False),
    Column("deadline_at", Moment),
    _text("urgency"),
    _text("sender"),
    _text("recipient"),
    Column("versions", JSON, nullable=False),
    Index("alert_by_document", "document_key"),
    Index("alert_by_alert", "alert_id"),
    Index("alert_by_about", "about", "clock"),
)

TOLD = Table(
    "told",
    METADATA,
    _text("event_id", key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _text("organ_id"),
    _text("role"),
    _text("name"),
    _text("mailbox"),
    _text("mobile"),
)

ATTEMPT = Table(
    "attempt",
    METADATA,
    _text("event_id", key=True),
    _text("alert_id"),
    _text("alert_event_id"),
    _text("channel"),
    _text("to_organ_id"),
    _text("to_role"),
    _text("message_id"),
    Column("delivered", Boolean, nullable=False),
    _text("answer"),
    Column("attempt", Integer, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Index("attempt_by_alert", "alert_id"),
)

REFUSAL = Table(
    "refusal",
    METADATA,
    _text("event_id", key=True),
    _text("subject"),
    _text("document_key"),
    _text("document_id"),
    _text("sha256"),
    _text("sender"),
    _text("submitted_by"),
    _text("stage"),
    _text("reason"),
    Column("reasons", JSON, nullable=False),
    _text("element"),
    _text("sentence_vi"),
    _text("addressed"),
    Column("about_status", Boolean, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Index("refusal_by_document", "document_key"),
    Index("refusal_by_id", "document_id"),
    Index("refusal_by_digest", "sha256"),
)
