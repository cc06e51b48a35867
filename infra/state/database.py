"""Opening a database so that a transaction means the same on SQLite and on PostgreSQL."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.pool import QueuePool

from infra.state.history import KEY, bring_up, require_readable

BUSY_SECONDS = 20
"""How long a writer waits for another process' transaction on the same SQLite file."""

MIGRATION_LOCK = 7_105_411
"""PostgreSQL advisory lock under which tables are made and changed, so that processes may start at once."""

IMMEDIATE = "lienthong_immediate"


def open_database(url: str, metadata: MetaData) -> Engine:
    """Connect, and bring the tables up to what this code needs, alone and in one transaction; raise `NewerTablesError`."""
    engine = _engine(url)
    try:
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            bring_up(connection, metadata.info[KEY])
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_to_read(url: str, metadata: MetaData) -> Engine:
    """Connect to tables that somebody else keeps, and change nothing; raise `NewerTablesError` or `OlderTablesError`."""
    engine = _engine(url)
    try:
        with reading(engine) as connection:
            require_readable(connection, metadata.info[KEY])
    except BaseException:
        engine.dispose()
        raise
    return engine


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(_psycopg(url), pool_pre_ping=False)


def _psycopg(url: str) -> Any:
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername in {"postgresql", "postgres"} else parsed


def _sqlite(url: str) -> Engine:
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=QueuePool, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _settle_in(connection: Any, _record: Any) -> None:
        # The driver's own transactions begin too late (at the first write); ours begin where we say.
        connection.isolation_level = None
        connection.execute("pragma journal_mode=wal")
        # A power cut may take the last transactions, never half of one; what they held is read again from the topics.
        connection.execute("pragma synchronous=normal")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(IMMEDIATE, False)
        connection.exec_driver_sql("begin immediate" if immediate else "begin")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes; on SQLite it takes the write lock at once, so it cannot fail half-way for want of it."""
    with engine.connect().execution_options(**{IMMEDIATE: True}) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees one moment."""
    options: dict[str, Any] = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the primary key exists already, replace the other columns."""
    if not rows:
        return
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=others), list(rows))
