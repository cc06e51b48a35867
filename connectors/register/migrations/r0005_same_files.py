"""The same files under several document ids: what stands for a packet's files, and which documents hold the same; older code does not notice them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
lowest = "0001"


def upgrade() -> None:
    """Make them."""
    op.add_column("submission", sa.Column("contents_sha256", sa.Text(), nullable=True))
    op.create_index("submission_by_contents", "submission", ["contents_sha256"], if_not_exists=True)
    op.create_table(
        "link",
        sa.Column("event_id", sa.Text(), primary_key=True, nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("first_key", sa.Text(), nullable=False),
        sa.Column("first_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("link_by_document", "link", ["document_key"], if_not_exists=True)
    op.create_index("link_by_first", "link", ["first_key"], if_not_exists=True)
