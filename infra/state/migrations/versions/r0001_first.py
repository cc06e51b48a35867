"""The engine's tables as they were when revisions began; tables made before that are taken as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
lowest = "0001"


def text(name: str) -> sa.Column[str]:
    """Return a column that is never null."""
    return sa.Column(name, sa.Text, nullable=False)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "due",
        text("app"),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        text("row"),
        sa.Column("due_at", sa.BigInteger(), nullable=False, comment="microseconds since 1970, UTC"),
        sa.PrimaryKeyConstraint("app", "partition", "row"),
        if_not_exists=True,
    )
    op.create_index("due_first", "due", ["app", "due_at", "partition"], if_not_exists=True)
    op.create_index("due_next", "due", ["app", "partition", "due_at"], if_not_exists=True)
    op.create_table(
        "memory",
        text("app"),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        text("row"),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("app", "partition", "row"),
        if_not_exists=True,
    )
    op.create_table(
        "ownership",
        text("app"),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False, comment="raised by every claim: the fence"),
        sa.Column(
            "versions", sa.Text(), nullable=False, comment="JSON, kind -> version of the reference data in force here"
        ),
        sa.Column(
            "plan",
            sa.Text(),
            nullable=True,
            comment="JSON, the work begun and not settled; done again exactly so after a crash",
        ),
        sa.PrimaryKeyConstraint("app", "partition"),
        if_not_exists=True,
    )
    op.create_table(
        "position",
        text("app"),
        text("topic"),
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_offset", sa.BigInteger(), nullable=False, comment="of the last settled record; -1: none"),
        sa.PrimaryKeyConstraint("app", "topic", "partition"),
        if_not_exists=True,
    )
