"""Consuming stages on the real broker, in the test's own process: a core, or a projection, fed as a connector's is."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from infra.cli import cli
from infra.clock import FileClock
from infra.kafka import clients
from infra.kafka.consume import Feed
from infra.kafka.deciding import Deciding
from infra.kafka.desk import Desk
from infra.kafka.ends import BrokerEnds
from infra.kafka.engine import Engine
from infra.kafka.epochs import Epochs, FixedReferences
from infra.kafka.outbox import BUFFERED_BYTES, Outbox
from infra.kafka.projection import Projecting
from infra.kafka.records import Where
from infra.kafka.settle import Settlement, attempt
from infra.settings import Settings
from infra.state import METADATA, State, open_database
from schemas.events import Event
from schemas.reference import Reference
from schemas.step import Core, Outcome, Put
from schemas.topics import BY_NAME
from tests import axis


@dataclass
class Remembering:
    """Keeps the id of each event once; breaks on what it is told to."""

    breaks_on: set[str] = field(default_factory=set)
    """Event ids."""

    def keys(self, event: Event) -> Iterable[str]:
        """One row an event."""
        return (event.event_id,)

    def step(
        self,
        event: Event,
        known: Mapping[str, bytes],
        reference: Reference,  # noqa: ARG002 - the contract's
        now: datetime,
        prepared: Any = None,  # noqa: ARG002 - the contract's
    ) -> Outcome:
        """Remember, or drop what is known."""
        if event.event_id in self.breaks_on:
            raise ValueError("planted")
        if event.event_id in known:
            return Outcome()
        return Outcome(changes=(Put(event.event_id, now.isoformat().encode()),))


def desk_of(settings: Settings, name: str, folder: Path) -> Desk:
    """Return the tools of a stage with a state of its own."""
    producer = clients.producer(settings, **{"message.max.bytes": BUFFERED_BYTES})
    return Desk(
        app=name,
        group=settings.topic_prefix + name,
        state=State(open_database(f"sqlite:///{folder / name}.sqlite", METADATA), name),
        outbox=Outbox(producer, app=name, prefix=settings.topic_prefix),
        clock=FileClock(settings.clock_file),
        sql=ThreadPoolExecutor(1),
    )


def deciding(settings: Settings, folder: Path, name: str, core: Core) -> Deciding:
    """Return a stage's work by a core."""
    desk = desk_of(settings, name, folder)
    return Deciding(desk=desk, core=core, epochs=Epochs(FixedReferences()), attempt=attempt)


@asynccontextmanager
async def running(settings: Settings, work: Deciding | Projecting, *topics: str) -> AsyncIterator[Engine]:
    """Run a stage that reads these topics."""
    desk = work.desk
    feed = Feed(settings, desk.app)
    settlement = Settlement(desk=desk, work=work)
    engine = Engine(topics=topics, settlement=settlement, ends=BrokerEnds(settings), host=feed)
    task = asyncio.create_task(feed.run(engine, after_tick=lambda: None))
    try:
        yield engine
    finally:
        feed.end()
        await task
        desk.sql.shutdown()
        desk.state.engine.dispose()


async def caught_up(settings: Settings, *engines: Engine) -> None:
    """Wait until the stages have settled all that lies on their topics."""
    ends = BrokerEnds(settings)

    def all_read() -> bool:
        return all(_has_read(engine, ends) for engine in engines)

    await asyncio.to_thread(axis.until, all_read)


def _has_read(engine: Engine, ends: BrokerEnds) -> bool:
    wheres = [Where(topic, number) for topic in engine.topics for number in range(BY_NAME[topic].partitions)]
    settled = engine.settled()
    return all(settled.get(where, -2) + 1 >= end for where, end in ends.latest(wheres).items())


def lienthong(settings: Settings, *words: str) -> Result:
    """Run the command line on the test's own axis."""
    return CliRunner().invoke(cli, words, env=axis.environment(settings))


def rows(result: Result) -> list[dict[str, Any]]:
    """Return the objects that a command printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]
