"""Indexes by which the console lists what is held, and what was refused last; older code does not notice them."""

from alembic import op

revision = "0006"
down_revision = "0005"
lowest = "0001"

INDEXES = {
    "refusal_by_time": ("refusal", ["occurred_at", "event_id"]),
    "submission_by_state": ("submission", ["state", "document_key", "sha256"]),
}


def upgrade() -> None:
    """Make them."""
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns, if_not_exists=True)
