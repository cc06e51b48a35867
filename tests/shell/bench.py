"""What the engine's tests need: a log in a file, so that it outlives a killed process, and an engine on it with everything it touches."""

import base64
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from infra.clock import FileClock, set_clock
from infra.kafka.crashpoint import crash_points
from infra.kafka.deciding import Deciding
from infra.kafka.desk import Desk
from infra.kafka.engine import Engine
from infra.kafka.epochs import Epochs, FixedReferences, References
from infra.kafka.outbox import Outbox
from infra.kafka.projection import Project, Projecting
from infra.kafka.records import Batch, Record, Where
from infra.kafka.settle import Settlement, attempt
from infra.kafka.stepping import Prepare
from infra.state import METADATA, State, open_database
from schemas import codec
from schemas.events import DocumentAlert, Event
from schemas.step import Core
from tests.shell.cores import NOON, RECEIVED, CountingCore

ZERO, ONE = Where(RECEIVED, 0), Where(RECEIVED, 1)


class EndedError(Exception):
    """The engine would have ended the process."""


def raise_end(why: str, **said: object) -> NoReturn:
    """Stand in for the end of the process."""
    raise EndedError(f"{why} {said}")


def partition_of(key: bytes, partitions: int) -> int:
    """Place a key; any stable rule will do here."""
    return zlib.crc32(key) % partitions


class Log:
    """Topics in one file, one record a line."""

    def __init__(self, file: Path, partitions: int = 2) -> None:
        self._file, self._partitions, self._read = file, partitions, 0
        self._records: dict[Where, list[Record]] = defaultdict(list)
        file.touch()

    def append(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
        """Write one record."""
        line = [topic, *(None if each is None else base64.b64encode(each).decode() for each in (key, value))]
        with self._file.open("a") as out:
            out.write(json.dumps([*line, [[name, text.decode()] for name, text in headers]]) + "\n")

    def read(self, where: Where) -> list[Record]:
        """Return all records of a partition."""
        self._refresh()
        return list(self._records[where])

    def topic(self, name: str) -> list[Record]:
        """Return all records of a topic."""
        return [record for partition in range(self._partitions) for record in self.read(Where(name, partition))]

    def events(self, name: str) -> list[Event]:
        """Return all events of a topic."""
        return [codec.decode(name, each.key, each.value, each.headers) for each in self.topic(name)]

    def put(self, event: Event) -> None:
        """Write an event as its producer would."""
        encoded = codec.encode(event, source="/test")
        self.append(encoded.topic, encoded.key, encoded.value, encoded.headers)

    def _refresh(self) -> None:
        with self._file.open() as lines:
            lines.seek(self._read)
            for line in iter(lines.readline, ""):
                topic, *bytes_, headers = json.loads(line)
                key, value = (None if each is None else base64.b64decode(each) for each in bytes_)
                where = Where(topic, partition_of(key or b"", self._partitions))
                pairs = [(name, text.encode()) for name, text in headers]
                self._records[where].append(Record(len(self._records[where]), key, value, pairs))
            self._read = lines.tell()

    # -- as `Ends` -----------------------------------------------------------------------------------
    removed: int = 0

    def first(self, wheres: Iterable[Where]) -> dict[Where, int]:
        """Return the first offset that retention left."""
        return dict.fromkeys(wheres, self.removed)

    def latest(self, wheres: Iterable[Where]) -> dict[Where, int]:
        """Return the ends."""
        return {where: len(self.read(where)) for where in wheres}


@dataclass
class FakeProducer:
    """Writes to the log at once and confirms when polled; refuses on demand."""

    log: Log
    refuses: bool = False
    reports: list[Any] = field(default_factory=list)

    def produce(
        self, topic: str, value: bytes | None = None, key: bytes | None = None, *, headers: Any, on_delivery: Any
    ) -> None:
        """Write one message."""
        if not self.refuses:
            self.log.append(topic, key, value, headers)
        self.reports.append(on_delivery)

    def poll(self, _timeout: float = -1) -> int:
        """Report what was produced."""
        reports, self.reports = self.reports, []
        for report in reports:
            report("refused" if self.refuses else None, None)
        return len(reports)


@dataclass
class FakeHost:
    """A consumer whose rebalances the test commands."""

    generation: int = 1
    rebalancing: bool = False
    seeks: list[tuple[Where, int]] = field(default_factory=list)

    def moved(self, _where: Where, generation: int | None) -> bool:
        """Tell what the test says."""
        return self.rebalancing or generation not in (None, self.generation)

    async def reseek(self, where: Where, offset: int) -> None:
        """Note the seek."""
        self.seeks.append((where, offset))


@dataclass
class Bench:
    """An engine on a log in a file, with everything it touches."""

    log: Log
    url: str
    clock: FileClock
    core: Core | None = None
    project: Project | None = None
    prepare: Prepare | None = None
    references: References = field(default_factory=FixedReferences)
    topics: Sequence[str] = (RECEIVED,)
    crash_at: str = ""
    limit: int = 20
    partitions: int = 2

    def __post_init__(self) -> None:
        self.producer, self.host = FakeProducer(self.log), FakeHost()
        self.sql = ThreadPoolExecutor(1)
        self.state = State(open_database(self.url, METADATA), "app")
        crash = crash_points(self.crash_at)
        desk = Desk(
            app="app",
            group="app",
            state=self.state,
            outbox=Outbox(self.producer, app="app", crash=crash),
            clock=self.clock,
            sql=self.sql,
            dead_letter_limit=self.limit,
            crash=crash,
        )
        work: Deciding | Projecting
        if self.project is not None:
            work = Projecting(desk=desk, project=self.project, attempt=attempt)
        else:
            core = self.core or CountingCore()
            work = Deciding(desk=desk, core=core, epochs=Epochs(self.references), attempt=attempt, prepare=self.prepare)
        self.engine = Engine(
            topics=self.topics,
            settlement=Settlement(desk=desk, work=work),
            ends=self.log,
            host=self.host,
            end=raise_end,
        )

    @property
    def wheres(self) -> list[Where]:
        """Every partition of every topic."""
        return [Where(topic, partition) for topic in self.topics for partition in range(self.partitions)]

    def batch(self, where: Where, start: int, size: int) -> Batch:
        """Return a batch as a consumer would fetch it."""
        return Batch(where=where, generation=self.host.generation, records=self.log.read(where)[start : start + size])

    async def claim(self) -> dict[Where, int]:
        """Claim everything."""
        return await self.engine.claim(self.wheres)

    async def drain(self, size: int = 7) -> None:
        """Read everything to its end, in batches; what must wait is left for the next round."""
        while True:
            moved = False
            for where in self.wheres:
                if where in self.engine.blocked():
                    continue
                at = self.engine.lanes[where.partition].positions[where.topic] + 1
                batch = self.batch(where, at, size)
                if batch.records:
                    await self.engine.settle(batch)
                    moved = True
            await self.engine.tick()
            if not moved:
                return

    def rows(self) -> dict[str, bytes]:
        """Return the memory of all partitions."""
        with self.state.engine.connect() as connection:
            found = connection.exec_driver_sql(
                "select row, value from memory" if "sqlite" in self.url else 'select "row", value from memory'
            )
            return {row: bytes(value) for row, value in found}

    def close(self) -> None:
        """Let go."""
        self.sql.shutdown()
        self.state.engine.dispose()


def stepped(folder: Path, at: datetime = NOON) -> FileClock:
    """Return a clock that stands still at a moment."""
    set_clock(folder / "clock.json", "stepped", at=at)
    return FileClock(folder / "clock.json")


def alerts(log: Log) -> Counter[str]:
    """Return how often each delivery was alerted."""
    return Counter(e.about for e in log.events("document.alerts") if isinstance(e, DocumentAlert))


Make = Callable[..., Bench]
"""Makes engines that share one log, one database and one clock."""
