"""An index more, by which the API's feed goes on from any place of the log; older code need not know it."""

from alembic import op

revision = "0002"
down_revision = "0001"
lowest = "0001"


def upgrade() -> None:
    """Add it."""
    op.create_index("event_by_place", "event", ["topic", "partition", "offset"], if_not_exists=True)
