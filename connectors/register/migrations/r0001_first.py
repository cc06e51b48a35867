"""The register's tables as they were when revisions began; tables made before that are taken as they are."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
lowest = "0001"


def text(name: str) -> sa.Column[str]:
    """Return a column that is never null."""
    return sa.Column(name, sa.Text, nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    """Return a column for a moment."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "alert",
        text("event_id"),
        text("alert_id"),
        text("about"),
        text("document_key"),
        text("delivery_id"),
        text("kind"),
        text("state"),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        text("clock"),
        text("debtor"),
        text("why"),
        moment("occurred_at"),
        moment("deadline_at", nullable=True),
        text("urgency"),
        text("sender"),
        text("recipient"),
        sa.Column("versions", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
        if_not_exists=True,
    )
    op.create_index("alert_by_alert", "alert", ["alert_id"], if_not_exists=True)
    op.create_index("alert_by_document", "alert", ["document_key"], if_not_exists=True)
    op.create_table(
        "attempt",
        text("event_id"),
        text("alert_id"),
        text("alert_event_id"),
        text("channel"),
        text("to_organ_id"),
        text("to_role"),
        text("message_id"),
        sa.Column("delivered", sa.Boolean, nullable=False),
        text("answer"),
        sa.Column("attempt", sa.Integer, nullable=False),
        moment("occurred_at"),
        sa.PrimaryKeyConstraint("event_id"),
        if_not_exists=True,
    )
    op.create_index("attempt_by_alert", "attempt", ["alert_id"], if_not_exists=True)
    op.create_table(
        "delivery",
        text("delivery_id"),
        text("document_key"),
        text("document_id"),
        text("sha256"),
        text("sender"),
        text("recipient"),
        sa.Column("addressed", sa.JSON(), nullable=True),
        text("endpoint"),
        text("mode"),
        text("rule"),
        sa.Column("hops", sa.JSON(), nullable=True),
        text("urgency"),
        sa.Column("due_on", sa.Date(), nullable=True),
        text("type_name"),
        text("subject"),
        text("dispatched_by"),
        moment("dispatched_at", nullable=True),
        moment("offered_at", nullable=True),
        moment("received_at", nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="the lattice, as `schemas.lifecycle.to_json` writes it"),
        text("label"),
        text("progress"),
        sa.PrimaryKeyConstraint("delivery_id"),
        if_not_exists=True,
    )
    op.create_index("delivery_by_document", "delivery", ["document_key"], if_not_exists=True)
    op.create_index("delivery_by_recipient", "delivery", ["recipient", "progress"], if_not_exists=True)
    op.create_table(
        "document",
        text("document_key"),
        text("document_id"),
        text("sender"),
        sa.PrimaryKeyConstraint("document_key"),
        if_not_exists=True,
    )
    op.create_index("document_by_id", "document", ["document_id"], if_not_exists=True)
    op.create_table(
        "event",
        text("event_id"),
        text("topic"),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        text("key"),
        text("type"),
        text("document_key"),
        text("delivery_id"),
        text("causation_id"),
        text("sha256"),
        moment("occurred_at"),
        moment("recorded_at", nullable=True),
        text("who"),
        text("why"),
        sa.Column("versions", sa.JSON, nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON: what the event says, without names of people"),
        sa.PrimaryKeyConstraint("event_id"),
        comment="every event once, at the place where it was first read",
        if_not_exists=True,
    )
    op.create_index("event_by_digest", "event", ["sha256"], if_not_exists=True)
    op.create_index("event_by_document", "event", ["document_key"], if_not_exists=True)
    op.create_table(
        "obligation",
        text("obligation_id"),
        sa.Column(
            "place", sa.BigInteger(), nullable=False, comment="offset of the record it is from; the highest stays"
        ),
        text("subject"),
        text("document_key"),
        text("delivery_id"),
        text("clock"),
        text("debtor"),
        text("creditor"),
        moment("since_at"),
        moment("target_at", nullable=True),
        moment("warn_at", nullable=True),
        moment("breach_at", nullable=True),
        sa.Column("next_step", sa.Integer(), nullable=True),
        moment("next_step_at", nullable=True),
        sa.Column("open", sa.Boolean, nullable=False),
        moment("closed_at", nullable=True),
        text("closed_by"),
        sa.Column("working_minutes", sa.Integer(), nullable=True),
        sa.Column("provisional", sa.Boolean, nullable=False),
        text("rule"),
        sa.Column("versions", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("obligation_id"),
        if_not_exists=True,
    )
    op.create_index("obligation_by_debtor", "obligation", ["debtor", "open"], if_not_exists=True)
    op.create_index("obligation_by_document", "obligation", ["document_key"], if_not_exists=True)
    op.create_table(
        "refusal",
        text("event_id"),
        text("subject"),
        text("document_key"),
        text("document_id"),
        text("sha256"),
        text("sender"),
        text("submitted_by"),
        text("stage"),
        text("reason"),
        sa.Column("reasons", sa.JSON, nullable=False),
        text("element"),
        text("sentence_vi"),
        text("addressed"),
        sa.Column("about_status", sa.Boolean, nullable=False),
        moment("occurred_at"),
        sa.PrimaryKeyConstraint("event_id"),
        if_not_exists=True,
    )
    op.create_index("refusal_by_digest", "refusal", ["sha256"], if_not_exists=True)
    op.create_index("refusal_by_document", "refusal", ["document_key"], if_not_exists=True)
    op.create_index("refusal_by_id", "refusal", ["document_id"], if_not_exists=True)
    op.create_table(
        "submission",
        text("document_key"),
        text("sha256"),
        text("document_id"),
        text("sender"),
        text("subject"),
        text("type_name"),
        sa.Column(
            "first",
            sa.JSON(),
            nullable=True,
            comment="the first time it was handed over: at, event_id, submitted_by, channel",
        ),
        sa.Column("handed_over", sa.Integer, nullable=False),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False, comment="event id -> kind, at, reason, sentence"),
        sa.Column(
            "superseded",
            sa.JSON(),
            nullable=False,
            comment="event ids of verdicts that a later one confirms or recalls",
        ),
        text("state"),
        text("reason"),
        sa.PrimaryKeyConstraint("document_key", "sha256"),
        if_not_exists=True,
    )
    op.create_index("submission_by_digest", "submission", ["sha256"], if_not_exists=True)
    op.create_table(
        "told",
        text("event_id"),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        text("organ_id"),
        text("role"),
        text("name"),
        text("mailbox"),
        text("mobile"),
        sa.PrimaryKeyConstraint("event_id", "place"),
        if_not_exists=True,
    )
