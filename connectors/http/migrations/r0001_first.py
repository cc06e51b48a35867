"""The first tables: who holds which delivery, and which signatures were seen."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
lowest = "0001"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "api_lease",
        sa.Column("delivery_id", sa.Text, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False, comment="milliseconds since 1970, UTC"),
    )
    op.create_index("api_lease_until", "api_lease", ["until"])
    op.create_table(
        "api_signature",
        sa.Column("mark", sa.Text, primary_key=True, comment="SHA-256 of client and signature"),
        sa.Column("until", sa.BigInteger, nullable=False, comment="milliseconds since 1970, UTC"),
    )
    op.create_index("api_signature_until", "api_signature", ["until"])
