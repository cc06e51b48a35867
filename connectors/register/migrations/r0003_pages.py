"""Indexes by which the console's pages read a few rows at a time; older code does not notice them."""

from alembic import op

revision = "0003"
down_revision = "0002"
lowest = "0001"

INDEXES = {
    "delivery_by_dispatch": ("delivery", ["dispatched_at", "delivery_id"]),
    "delivery_by_receipt": ("delivery", ["recipient", "received_at"]),
    "obligation_by_breach": ("obligation", ["open", "breach_at", "obligation_id"]),
    "obligation_by_debtor_breach": ("obligation", ["debtor", "open", "breach_at", "obligation_id"]),
    "alert_by_about": ("alert", ["about", "clock"]),
}


def upgrade() -> None:
    """Make them."""
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns, if_not_exists=True)
