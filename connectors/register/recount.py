"""The register, counted again from the topics into a database of its own, and compared row by row: for `lienthong audit --state`.

It is counted up to where the register stood when it was looked at, so the register may be running, and behind.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, create_engine, func, make_url, select, tuple_

from connectors.register.projection import project
from connectors.register.tables import EVENT, METADATA
from infra.errors import EnvironmentFaultError
from infra.kafka.dead_letters import read_dead_letters
from infra.kafka.projection import Arrived
from infra.kafka.records import Where
from infra.kafka.tail import Row as Read
from infra.kafka.tail import Tail
from infra.settings import Settings
from infra.state.database import open_to_read, reading, writing
from infra.state.tables import POSITION
from schemas.codec import DecodeError, decode

NAME = "register"
AT_ONCE = 500
"""Rows that are compared at once."""

Place = tuple[str, int, int]


def differences(settings: Settings) -> tuple[int, list[str]]:
    """Return how many rows the register has, and what differs from a recount; raise `EnvironmentFaultError` where there is none."""
    url = make_url(settings.register_url)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        raise EnvironmentFaultError("there is no register here yet", "set LIENTHONG_VAR to where the axis ran")
    with tempfile.TemporaryDirectory(prefix="lienthong-recount-") as folder:
        theirs = open_to_read(settings.register_url, METADATA)
        ours = create_engine(f"sqlite:///{folder}/register.sqlite")
        try:
            METADATA.create_all(ours)
            with reading(theirs) as there:
                found = select(POSITION.c.topic, POSITION.c.partition, POSITION.c.last_offset)
                rows = there.execute(found.where(POSITION.c.app == NAME))
                _count_again(settings, {(topic, partition): last + 1 for topic, partition, last in rows}, ours)
                with reading(ours) as here:
                    return _compare(there, here)
        finally:
            theirs.dispose()
            ours.dispose()


def _count_again(settings: Settings, ends: Mapping[tuple[str, int], int], ours: Engine) -> None:
    """Project all records before these offsets, but not those that the register could not take."""
    if not ends:
        return
    buried = {each.place for each in read_dead_letters(settings) if each.stage == NAME}
    tail = Tail(settings, {topic for topic, _ in ends})
    try:
        for rows in tail.rows_until(ends):
            batch = [row for row in rows if row[2] < ends.get(row[:2], 0) and row[:3] not in buried]
            with writing(ours) as connection:
                project(connection, list(_arrived(batch)))
    finally:
        tail.close()


def _arrived(rows: Sequence[Read]) -> Iterator[Arrived]:
    for topic, partition, offset, key, value, headers in rows:
        try:
            event = decode(topic, key, value, headers)
        except DecodeError:
            continue  # a dead letter, or nobody's: the log's own law sees to that
        yield Arrived(event, Where(topic, partition), offset)


def _compare(there: Connection, here: Connection) -> tuple[int, list[str]]:
    count, found = 0, list[str]()
    for table in METADATA.sorted_tables:
        for some in _pieces(there, table):
            count += len(some)
            found += _differing(table, some, _same_rows(here, table, some), here)
        if there.execute(select(func.count()).select_from(table)).scalar() != _number(here, table):
            for some in _pieces(here, table):
                known = _same_rows(there, table, some)
                found += [
                    f"register {table.name} {_name(key)}: missing, {_place(here, row)}"
                    for key, row in _by_key(table, some).items()
                    if key not in known
                ]
    return count, found


def _number(connection: Connection, table: Table) -> int | None:
    return connection.execute(select(func.count()).select_from(table)).scalar()


def _pieces(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    """Yield all rows in pieces."""
    with connection.execution_options(yield_per=AT_ONCE).execute(select(table)) as rows:
        yield from rows.partitions()


def _by_key(table: Table, rows: Sequence[Row[Any]]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    names = [column.name for column in table.primary_key]
    return {tuple(row._mapping[name] for name in names): dict(row._mapping) for row in rows}  # noqa: SLF001 - SQLAlchemy's own documented name


def _same_rows(
    connection: Connection, table: Table, rows: Sequence[Row[Any]]
) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Return the rows of the same keys, from another database."""
    asked = select(table).where(tuple_(*table.primary_key).in_(list(_by_key(table, rows))))
    return _by_key(table, connection.execute(asked).all())


def _differing(
    table: Table, rows: Sequence[Row[Any]], counted: Mapping[tuple[Any, ...], Mapping[str, Any]], here: Connection
) -> Iterator[str]:
    for key, row in _by_key(table, rows).items():
        if (other := counted.get(key)) is None:
            yield f"register {table.name} {_name(key)}: no event says so"
        elif differing := [name for name in row if row[name] != other[name]]:
            yield f"register {table.name} {_name(key)}: {', '.join(differing)} differ, {_place(here, other)}"


def _name(key: tuple[Any, ...]) -> str:
    return " ".join(str(each) for each in key)


def _place(here: Connection, row: Mapping[str, Any]) -> str:
    """Return where the last event lies that speaks of what the row is about."""
    name = "event_id" if "event_id" in row else "document_key"
    places = select(EVENT.c.topic, EVENT.c.partition, EVENT.c.offset).where(EVENT.c[name] == row[name])
    last = here.execute(places.order_by(EVENT.c.recorded_at.desc()).limit(1)).first()
    return "last event " + "/".join(map(str, last)) if last else "no event"
