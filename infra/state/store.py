"""`State`: what a consumer knows, how far it is, and the fence that keeps a second owner out.

Every claim of a partition index raises its epoch; whoever works under an older one is fenced. Work is in two transactions:
`begin` writes down what is about to be done (and by which reference data) and reads the rows, `settle` writes the changes
together with the position. A crash in between leaves the plan, and the next owner does exactly that again.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, Table, delete, exists, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from infra.state.database import upsert, writing
from infra.state.tables import DUE, MEMORY, OWNERSHIP, POSITION

AT_ONCE = 500
"""Rows named in one statement."""

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

WriteMore = Callable[[Connection], None]
"""Writes rows of one's own in the transaction that moves the position."""


class FencedError(Exception):
    """Another worker owns the partition index now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Work that was begun: either a batch of one topic, or the timers up to a moment."""

    topic: str = ""
    through: int = -1
    """Offset of the batch's last record."""

    until: int | None = None
    """Microseconds since 1970: timers due until then."""

    @property
    def until_at(self) -> datetime | None:
        """The moment up to which timers are fired."""
        return None if self.until is None else from_micros(self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a new owner of a partition index finds."""

    epoch: int
    positions: Mapping[str, int]
    """Topic -> offset of the last settled record."""

    versions: Mapping[str, str]
    plan: Plan | None


@dataclass(slots=True)
class Changes:
    """The rows a batch leaves behind; None removes."""

    memory: dict[str, bytes | None] = field(default_factory=dict)
    due: dict[str, datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """The state of one app; every method is one transaction and may be called from any one thread at a time."""

    engine: Engine
    app: str

    def claim(self, partition: int, topics: Mapping[str, int]) -> Claim:
        """Take a partition index over: topic -> first offset that exists, for topics met for the first time."""
        with writing(self.engine) as connection:
            add: object = postgresql if connection.dialect.name == "postgresql" else sqlite
            insert = add.insert  # type: ignore[attr-defined]  # two modules with the same functions
            connection.execute(
                insert(OWNERSHIP)
                .values(app=self.app, partition=partition, epoch=0, versions="{}")
                .on_conflict_do_nothing()
            )
            owned = connection.execute(
                update(OWNERSHIP)
                .where(OWNERSHIP.c.app == self.app, OWNERSHIP.c.partition == partition)
                .values(epoch=OWNERSHIP.c.epoch + 1)
                .returning(OWNERSHIP.c.epoch, OWNERSHIP.c.versions, OWNERSHIP.c.plan)
            ).one()
            for topic, first in sorted(topics.items()):
                row = {"app": self.app, "topic": topic, "partition": partition, "last_offset": first - 1}
                connection.execute(insert(POSITION).values(row).on_conflict_do_nothing())
            found = connection.execute(
                select(POSITION.c.topic, POSITION.c.last_offset).where(
                    POSITION.c.app == self.app, POSITION.c.partition == partition
                )
            )
            positions = {topic: last for topic, last in found if topic in topics}
        plan = Plan(**json.loads(owned.plan)) if owned.plan else None
        return Claim(epoch=owned.epoch, positions=positions, versions=json.loads(owned.versions), plan=plan)

    def positions(self) -> dict[tuple[str, int], int]:
        """Return (topic, partition) -> offset of the last settled record, whoever owns it."""
        with self.engine.connect() as connection:
            return positions_in(connection, self.app)

    def begin(self, partition: int, epoch: int, plan: Plan, rows: Iterable[str]) -> dict[str, bytes]:
        """Write the plan down and return the rows that exist, in one snapshot; raise `FencedError`."""
        with writing(self.engine) as connection:
            self._own(connection, partition, epoch, plan=_dump(plan))
            return self._rows(connection, partition, sorted(set(rows)))

    def switch(
        self, partition: int, epoch: int, versions: Mapping[str, str], *, wake: Iterable[str], now: datetime
    ) -> None:
        """Put other reference data in force here; rows due later whose names begin with one of `wake` become due now."""
        with writing(self.engine) as connection:
            self._own(connection, partition, epoch, versions=json.dumps(dict(versions), sort_keys=True), plan=None)
            for prefix in wake:
                connection.execute(
                    update(DUE)
                    .where(DUE.c.app == self.app, DUE.c.partition == partition, DUE.c.due_at > micros(now))
                    .where(func.substr(DUE.c.row, 1, len(prefix)) == prefix)
                    .values(due_at=micros(now))
                )

    def settle(
        self,
        partition: int,
        epoch: int,
        changes: Changes,
        *,
        topic: str = "",
        expected: int = -1,
        last: int = -1,
        plan: Plan | None = None,
        write: WriteMore | None = None,
    ) -> None:
        """Write the changes and, where a topic is named, move its position from exactly `expected` to `last`.

        `plan` is what remains to be done of the work begun. Raise `FencedError`, and then nothing was written.
        """
        with writing(self.engine) as connection:
            self._own(connection, partition, epoch, plan=_dump(plan))
            if topic:
                moved = connection.execute(
                    update(POSITION)
                    .where(POSITION.c.app == self.app, POSITION.c.topic == topic, POSITION.c.partition == partition)
                    .where(POSITION.c.last_offset == expected)
                    .values(last_offset=last)
                )
                if moved.rowcount != 1:
                    raise FencedError(f"{topic}/{partition}: not at {expected}")
            self._write(connection, partition, changes)
            if write is not None:
                write(connection)

    def beginning_with(self, partition: int, prefix: str) -> dict[str, bytes]:
        """Return the rows whose names begin with a prefix (ASCII)."""
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        wanted = select(MEMORY.c.row, MEMORY.c.value).where(
            MEMORY.c.app == self.app, MEMORY.c.partition == partition, MEMORY.c.row >= prefix, MEMORY.c.row < after
        )
        with self.engine.connect() as connection:
            return {row: bytes(value) for row, value in connection.execute(wanted)}

    def partitions_due(self, until: datetime) -> set[int]:
        """Return the partition indexes that have a row due until a moment."""
        # one probe a partition: SQLite answers `distinct` by walking through all that is due, however late
        one = exists().where(
            DUE.c.app == self.app, DUE.c.partition == OWNERSHIP.c.partition, DUE.c.due_at <= micros(until)
        )
        wanted = select(OWNERSHIP.c.partition).where(OWNERSHIP.c.app == self.app, one)
        with self.engine.connect() as connection:
            return {partition for (partition,) in connection.execute(wanted)}

    def due(self, partition: int, until: datetime, limit: int) -> list[tuple[str, datetime]]:
        """Return the rows due until a moment, the earliest first, at most `limit`."""
        with self.engine.connect() as connection:
            found = connection.execute(
                select(DUE.c.row, DUE.c.due_at)
                .where(DUE.c.app == self.app, DUE.c.partition == partition, DUE.c.due_at <= micros(until))
                .order_by(DUE.c.due_at, DUE.c.row)
                .limit(limit)
            )
            return [(row, from_micros(due_at)) for row, due_at in found]

    def _own(self, connection: Connection, partition: int, epoch: int, **values: str | None) -> None:
        """Lock the ownership row and change it; every writer does this first, so what is read next cannot move."""
        mine = update(OWNERSHIP).where(
            OWNERSHIP.c.app == self.app, OWNERSHIP.c.partition == partition, OWNERSHIP.c.epoch == epoch
        )
        if connection.execute(mine.values(**values)).rowcount != 1:
            raise FencedError(f"{self.app}/{partition}: epoch {epoch} is over")

    def _rows(self, connection: Connection, partition: int, rows: list[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for at in range(0, len(rows), AT_ONCE):
            some = select(MEMORY.c.row, MEMORY.c.value).where(
                MEMORY.c.app == self.app, MEMORY.c.partition == partition, MEMORY.c.row.in_(rows[at : at + AT_ONCE])
            )
            found |= {row: bytes(value) for row, value in connection.execute(some)}
        return found

    def _write(self, connection: Connection, partition: int, changes: Changes) -> None:
        mine = {"app": self.app, "partition": partition}
        upsert(
            connection,
            MEMORY,
            [
                {**mine, "row": row, "value": value}
                for row, value in sorted(changes.memory.items())
                if value is not None
            ],
        )
        upsert(
            connection,
            DUE,
            [{**mine, "row": row, "due_at": micros(at)} for row, at in sorted(changes.due.items()) if at is not None],
        )
        self._remove(connection, MEMORY, partition, [row for row, value in changes.memory.items() if value is None])
        self._remove(connection, DUE, partition, [row for row, at in changes.due.items() if at is None])

    def _remove(self, connection: Connection, table: Table, partition: int, rows: list[str]) -> None:
        for at in range(0, len(rows), AT_ONCE):
            keys = [(self.app, partition, row) for row in sorted(rows[at : at + AT_ONCE])]
            connection.execute(delete(table).where(tuple_(table.c.app, table.c.partition, table.c.row).in_(keys)))


def positions_in(connection: Connection, app: str) -> dict[tuple[str, int], int]:
    """Return (topic, partition) -> offset of the last settled record of an app."""
    wanted = select(POSITION.c.topic, POSITION.c.partition, POSITION.c.last_offset).where(POSITION.c.app == app)
    return {(topic, partition): last for topic, partition, last in connection.execute(wanted)}


def _dump(plan: Plan | None) -> str | None:
    return None if plan is None else json.dumps(asdict(plan))


def micros(moment: datetime) -> int:
    """Return microseconds since 1970, exactly (a float would round)."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(value: int) -> datetime:
    """Return the moment."""
    return EPOCH + value * MICROSECOND
