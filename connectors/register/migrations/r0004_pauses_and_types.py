"""When an obligation's clock stands still, and an index by which reports read the events of a period; older code does not notice either."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
lowest = "0001"

COMMENT = "intervals in which the clock stands still; null = written before there were any"


def upgrade() -> None:
    """Add them; the column is empty in rows that are there, and their next record fills it."""
    op.create_index("event_by_type", "event", ["type", "occurred_at"], if_not_exists=True)
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("obligation")}
    if "pauses" not in known:
        op.add_column("obligation", sa.Column("pauses", sa.JSON(), nullable=True, comment=COMMENT))
