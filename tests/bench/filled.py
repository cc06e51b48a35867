"""A watcher's state with many deliveries open, written in bulk: rows as the core itself makes them, under other names.

Reading as many dispatches would take an hour; what is measured is how the watcher lives with them, not how they came in.
One row of each recipient and moment is made by the core; the others get their own ids put in the place of its ids.
"""

import csv
import io
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice

import psycopg
from aiokafka.partitioner import murmur2
from sqlalchemy import delete, make_url, update

from infra.state import METADATA, open_database
from infra.state.store import micros
from infra.state.tables import DUE, MEMORY, OWNERSHIP, POSITION
from processors.sla.cases import delivery_row
from processors.sla.core import SlaCore
from schemas.events import DocumentDispatched
from schemas.ids import delivery_id, document_key, event_id
from schemas.reference import Reference
from schemas.step import Put, Wake
from schemas.topics import PARTITIONS
from tests.axis import MORNING
from tests.bench.events import PROVINCE, RECIPIENTS, document_id, opened

APP = "watcher"
AT_ONCE = 20_000
CHECKED = 25_000
"""Each so manieth row is made by the core, too, and must be the same."""

FIRST = 100_000_000
"""Where the numbers of these deliveries begin, so that they are none of the prepared events'."""

MASS, STEADY = 100_000, 2_000
STEADY_FROM = MORNING + timedelta(minutes=20)
STEADY_STEP = timedelta(milliseconds=20)
LATER, MOMENTS = timedelta(hours=3), 500
Filled = tuple[int, str, bytes, int]
"""Partition index, row, value, due moment in microseconds."""


@dataclass(frozen=True, slots=True)
class Open:
    """How many deliveries are open, and when they were dispatched: some at one moment, some one after the other, most later."""

    count: int

    @property
    def mass(self) -> int:
        """How many run out at one moment."""
        return min(MASS, self.count // 2)

    @property
    def steady(self) -> int:
        """How many run out one after the other."""
        return min(STEADY, self.count - self.mass)

    def dispatched_at(self, number: int) -> datetime:
        """Return when one of them was."""
        if number < self.mass:
            return MORNING
        if number < self.mass + self.steady:
            return STEADY_FROM + (number - self.mass) * STEADY_STEP
        return MORNING + LATER + (number % MOMENTS) * timedelta(minutes=1)


def rows(many: Open, reference: Reference) -> Iterator[Filled]:
    """Yield the rows; raise ValueError where a copied row is not what the core makes."""

    @cache
    def template(recipient: str, at: datetime) -> tuple[tuple[bytes, ...], bytes, int]:
        value, due = _made(event(RECIPIENTS.index(recipient), at), reference)
        return _ids(RECIPIENTS.index(recipient)), value, due

    for number in range(many.count):
        own, recipient, at = FIRST + number, RECIPIENTS[number % len(RECIPIENTS)], many.dispatched_at(number)
        names, value, due = template(recipient, at)
        ids = _ids(own)
        for old, new in zip(names, ids, strict=True):
            value = value.replace(old, new)
        if number % CHECKED == 0 and (value, due) != _made(event(own, at), reference):
            raise ValueError(f"delivery {number} is not the row that the core makes")
        yield murmur2(ids[0]) % (1 << 31) % PARTITIONS, delivery_row(ids[0].decode()), value, due


def event(number: int, at: datetime) -> DocumentDispatched:
    """Return the dispatch of one delivery."""
    (found,) = opened(1, number)
    assert isinstance(found, DocumentDispatched)
    return replace(found, occurred_at=at, recorded_at=at)


def _made(opening: DocumentDispatched, reference: Reference) -> tuple[bytes, int]:
    put, wake = SlaCore().step(opening, {}, reference, opening.occurred_at).changes
    assert isinstance(put, Put)
    assert isinstance(wake, Wake)
    return put.value, micros(wake.due_at)


def _ids(number: int) -> tuple[bytes, ...]:
    named = document_id(number)
    key = document_key(PROVINCE, named)
    delivery = delivery_id(key, RECIPIENTS[number % len(RECIPIENTS)])
    found = (delivery, f'"document_key":"{key}"', f'"document_id":"{named}"', event_id("dispatched", delivery))
    return tuple(each.encode() for each in found)


def fill(url: str, filled: Iterable[Filled]) -> None:
    """Put rows into the state that a watcher has left at a URL."""
    write = _into_sqlite if make_url(url).get_backend_name() == "sqlite" else _into_postgres
    some = iter(filled)
    write(url, lambda: list(islice(some, AT_ONCE)))


def _into_sqlite(url: str, more: Callable[[], list[Filled]]) -> None:
    database = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    database.execute("pragma cache_size=-800000")
    database.execute("pragma synchronous=off")
    database.execute("begin")
    while some := more():
        database.executemany(
            "insert into memory (app, partition, row, value) values (?, ?, ?, ?)", [(APP, *each[:3]) for each in some]
        )
        database.executemany(
            "insert into due (app, partition, row, due_at) values (?, ?, ?, ?)",
            [(APP, each[0], each[1], each[3]) for each in some],
        )
    database.execute("commit")
    database.execute("pragma wal_checkpoint(truncate)")
    database.close()


def _into_postgres(url: str, more: Callable[[], list[Filled]]) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection, connection.cursor() as cursor:
        while some := more():
            memory, due = io.StringIO(), io.StringIO()
            csv.writer(memory).writerows((APP, part, row, "\\x" + value.hex()) for part, row, value, _ in some)
            csv.writer(due).writerows((APP, part, row, at) for part, row, _, at in some)
            for table, text in (
                ("memory (app, partition, row, value)", memory),
                ("due (app, partition, row, due_at)", due),
            ):
                with cursor.copy(f"copy {table} from stdin (format csv)") as copy:
                    copy.write(text.getvalue())
        connection.commit()
        connection.autocommit = True
        cursor.execute("vacuum analyze")


def read_again(url: str, known: Iterable[str]) -> None:
    """Let the watcher of a state begin at the log's first records again, as if it had never met these deliveries."""
    engine = open_database(url, METADATA)
    names = [delivery_row(each) for each in known]
    with engine.begin() as connection:
        connection.execute(update(POSITION).values(last_offset=-1))
        connection.execute(update(OWNERSHIP).values(plan=None))
        for at in range(0, len(names), 500):
            for table in (MEMORY, DUE):
                some = names[at : at + 500]
                parts = range(PARTITIONS)
                connection.execute(
                    delete(table).where(table.c.app == APP, table.c.partition.in_(parts), table.c.row.in_(some))
                )
    engine.dispose()
