"""What the register's tables are made of: their history (ADR 0014), and columns that are the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Column, DateTime, Dialect, MetaData, Text, TypeDecorator

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


HISTORY = History(store="register", newest="0006", folder=Path(__file__).parent / "migrations")
METADATA = MetaData(info={KEY: HISTORY})


def text(name: str, *, key: bool = False) -> Column[str]:
    """Return a column that is never null; what is not known is an empty text."""
    return Column(name, Text, primary_key=key, nullable=False, default="")
