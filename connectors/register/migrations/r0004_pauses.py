"""When an obligation's clock stands still; older code leaves the column alone."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
lowest = "0001"

COMMENT = "intervals in which the clock stands still; null = written before there were any"


def upgrade() -> None:
    """Add it, empty in rows that are there; their next record fills it."""
    known = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("obligation")}
    if "pauses" not in known:
        op.add_column("obligation", sa.Column("pauses", sa.JSON(), nullable=True, comment=COMMENT))
