"""Writes a batch of events into the register, in the transaction that moves the position. A repeated event changes nothing.

Events of one key come in the order of their partition; how topics and partitions interleave makes no difference.
Several registers may share one PostgreSQL: a row that is joined belongs to one key, so to one partition index and its owner.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from connectors.register import deliveries, entries, submissions, tables
from connectors.register.timeline import line
from infra.kafka.projection import Arrived
from infra.state.database import upsert
from schemas.events import Event, ObligationChanged

AT_ONCE = 500
"""Keys named in one statement."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Joined:
    """A table whose rows are joins over the events of their key."""

    table: Table
    key_of: Callable[[Event], Any]
    empty: Callable[[Any], dict[str, Any]]
    fold: Callable[[Row, Event], dict[str, Any]]


JOINED = (
    Joined(tables.SUBMISSION, submissions.key_of, submissions.empty, submissions.fold),
    Joined(tables.DELIVERY, deliveries.key_of, deliveries.empty, deliveries.fold),
)

WRITTEN_ONCE: tuple[tuple[Table, Callable[[Event], Iterator[Row]]], ...] = (
    (tables.DOCUMENT, entries.documents),
    (tables.ALERT, entries.alerts),
    (tables.TOLD, entries.told),
    (tables.ATTEMPT, entries.attempts),
    (tables.REFUSAL, entries.refusals),
    (tables.LINK, entries.links),
)


def project(connection: Connection, batch: Sequence[Arrived]) -> list[Arrived]:
    """Write the events that are new here; return them."""
    fresh = list(_fresh(connection, batch))
    events = [arrived.event for arrived in fresh]
    _write_once(connection, tables.EVENT, (line(arrived) for arrived in fresh))
    for table, rows_of in WRITTEN_ONCE:
        _write_once(connection, table, (row for event in events for row in rows_of(event)))
    for joined in JOINED:
        _join(connection, joined, events)
    _keep_newest(connection, fresh)
    return fresh


def _fresh(connection: Connection, batch: Sequence[Arrived]) -> Iterator[Arrived]:
    """Yield each event once that the register does not hold."""
    column = tables.EVENT.c.event_id
    seen = {
        known
        for some in _pieces([arrived.event.event_id for arrived in batch])
        for (known,) in connection.execute(select(column).where(column.in_(some)))
    }
    for arrived in batch:
        if arrived.event.event_id not in seen:
            seen.add(arrived.event.event_id)
            yield arrived


def _write_once(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    if not (clean := [_storable(row) for row in rows]):
        return
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), clean)


def _join(connection: Connection, joined: Joined, events: Iterable[Event]) -> None:
    """Read the rows that the events touch, fold the events in, write the rows."""
    moved = [(key, event) for event in events if (key := joined.key_of(event)) is not None]
    columns = list(joined.table.primary_key)
    rows: dict[Any, dict[str, Any]] = {}
    for some in _pieces(sorted({key for key, _ in moved})):
        for found in connection.execute(select(joined.table).where(tuple_(*columns).in_(some))).mappings():
            rows[tuple(found[column.name] for column in columns)] = dict(found)
    for key, event in moved:
        rows[key] = joined.fold(rows.get(key) or joined.empty(key), event)
    upsert(connection, joined.table, [_storable(row) for _, row in sorted(rows.items())])


def _keep_newest(connection: Connection, batch: Iterable[Arrived]) -> None:
    """Write each obligation as its newest record says it."""
    newest: dict[str, Row] = {}
    for arrived in batch:
        if isinstance(arrived.event, ObligationChanged):
            newest[arrived.event.obligation_id] = entries.obligation(arrived.event, arrived.offset)
    column = tables.OBLIGATION.c
    for some in _pieces(sorted(newest)):
        places = select(column.obligation_id, column.place).where(column.obligation_id.in_(some))
        for known, place in connection.execute(places):
            if place > newest[known]["place"]:
                del newest[known]
    upsert(connection, tables.OBLIGATION, [_storable(row) for _, row in sorted(newest.items())])


def _storable(row: Row) -> dict[str, Any]:
    """Return the row without NUL, which PostgreSQL's text cannot hold."""
    return {
        name: value.replace("\x00", "�") if isinstance(value, str) and "\x00" in value else value
        for name, value in row.items()
    }


def _pieces(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), AT_ONCE):
        yield values[at : at + AT_ONCE]
