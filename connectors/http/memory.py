"""What the API remembers for a while, over restarts and together with other APIs of the same state: leases, and signatures seen.

Both tables are as large as what is in force: every write first forgets what is over. A signature's time is bounded by the window
in which its moment passes, their number by the client's requests a minute.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from infra.clock import real_now
from infra.settings import Settings
from infra.state.database import open_database, writing
from infra.state.history import KEY, History

HISTORY = History(store="api", newest="0001", folder=Path(__file__).parent / "migrations")
METADATA = MetaData(info={KEY: HISTORY})

LEASE = Table(
    "api_lease",
    METADATA,
    Column("delivery_id", Text, primary_key=True),
    Column("until", BigInteger, nullable=False, comment="milliseconds since 1970, UTC"),
    Index("api_lease_until", "until"),
)
"""Deliveries that a worker has in hand."""

SIGNATURE = Table(
    "api_signature",
    METADATA,
    Column("mark", Text, primary_key=True, comment="SHA-256 of client and signature"),
    Column("until", BigInteger, nullable=False, comment="milliseconds since 1970, UTC"),
    Index("api_signature_until", "until"),
)
"""Signatures that may not come again."""


class Memory:
    """Reads and writes it; its calls block and may come from any thread."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = real_now) -> None:
        self._engine, self._now = open_database(settings.state_url("api"), METADATA), now

    def close(self) -> None:
        """Let the connections go."""
        self._engine.dispose()

    def lease(self, wanted: Iterable[str], *, limit: int, seconds: float) -> frozenset[str]:
        """Lease at most so many of the deliveries that nobody holds, in their order; return them."""
        now = _stamp(self._now())
        with writing(self._engine) as connection:
            _forget(connection, LEASE, now)
            held = set(connection.execute(select(LEASE.c.delivery_id)).scalars())
            free = [each for each in wanted if each not in held][:limit]
            return frozenset(each for each in free if _is_new(connection, LEASE, each, now + round(seconds * 1000)))

    def first_time(self, mark: str, until: datetime) -> bool:
        """Note a signature until a moment; False where it was noted before."""
        with writing(self._engine) as connection:
            _forget(connection, SIGNATURE, _stamp(self._now()))
            return _is_new(connection, SIGNATURE, mark, _stamp(until))


def _forget(connection: Connection, table: Table, now: int) -> None:
    connection.execute(delete(table).where(table.c.until < now))


def _is_new(connection: Connection, table: Table, key: str, until: int) -> bool:
    """Insert a row unless it is there: whoever comes second, in whatever process, hears so."""
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    (named,) = table.primary_key
    statement = insert.values({named.name: key, "until": until}).on_conflict_do_nothing().returning(named)
    return connection.execute(statement).first() is not None  # a count of rows is not told by every driver


def _stamp(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
