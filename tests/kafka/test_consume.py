"""The plain consumer under the engine: nothing lost, nothing twice, over restarts, rebalances and holes in ownership."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from confluent_kafka import KafkaException

from infra.clock import FileClock
from infra.kafka import clients, provision
from infra.kafka.consume import Feed
from infra.kafka.crashpoint import no_crash
from infra.kafka.deciding import Deciding
from infra.kafka.desk import Desk
from infra.kafka.ends import BrokerEnds
from infra.kafka.engine import Engine
from infra.kafka.epochs import Epochs, FixedReferences
from infra.kafka.outbox import Outbox
from infra.kafka.settle import Settlement, attempt
from infra.kafka.tail import read_all
from infra.settings import Settings
from infra.state import METADATA, State, open_database
from schemas import codec
from schemas.events import NotifyAttempted
from schemas.topics import BY_NAME, DEAD_LETTER
from tests.shell.cores import RECEIVED, CountingCore, received

TOPICS = (RECEIVED, "notify.attempted")
SECONDS = 60.0


def put(settings: Settings, names: range, numbers: range) -> None:
    """Write receipts of some deliveries."""
    producer = clients.producer(settings)
    for number in numbers:
        for name in names:
            encoded = codec.encode(received(f"d{name}", number), source="/test")
            producer.produce(
                settings.topic_prefix + encoded.topic, encoded.value, encoded.key, headers=list(encoded.headers)
            )
    producer.flush(30)


def counted(settings: Settings) -> dict[str, list[int]]:
    """Return what was said of each delivery, in the order of the log."""
    found: dict[str, list[int]] = {}
    for record in read_all(settings, ["notify.attempted"]):
        event = codec.decode(record.topic, record.key, record.value, record.headers)
        assert isinstance(event, NotifyAttempted)
        found.setdefault(event.alert_id, []).append(int(event.message_id))
    return found


@asynccontextmanager
async def worker(settings: Settings, folder: Path, replica: str) -> AsyncIterator[Engine]:
    """Run a worker of the counting core."""
    async with fed(settings, folder, replica) as (engine, _):
        yield engine


@asynccontextmanager
async def fed(settings: Settings, folder: Path, replica: str) -> AsyncIterator[tuple[Engine, "asyncio.Task[None]"]]:
    """Run the same and give its feed, too; what ended that is raised at the end."""
    feed = Feed(settings, "counter", replica=replica)
    sql = ThreadPoolExecutor(1)
    state = State(open_database(f"sqlite:///{folder / 'state.sqlite'}", METADATA), "counter")
    desk = Desk(
        app="counter",
        group="counter",
        state=state,
        outbox=Outbox(clients.producer(settings), app="counter", prefix=settings.topic_prefix, crash=no_crash),
        clock=FileClock(folder / "clock.json"),
        sql=sql,
    )
    work = Deciding(desk=desk, core=CountingCore(), epochs=Epochs(FixedReferences()), attempt=attempt)
    engine = Engine(
        topics=[RECEIVED], settlement=Settlement(desk=desk, work=work), ends=BrokerEnds(settings), host=feed
    )
    running = asyncio.create_task(feed.run(engine, after_tick=lambda: None))
    try:
        yield engine, running
    finally:
        feed.end()
        await running
        sql.shutdown()
        state.engine.dispose()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds, within bounds."""
    ends = time.monotonic() + SECONDS
    while not await holds():
        assert time.monotonic() < ends
        await asyncio.sleep(0.05)


def says(settings: Settings, names: range, count: int) -> Callable[[], Awaitable[bool]]:
    """Tell whether every delivery was counted so often, each number once."""

    async def holds() -> bool:
        found = await asyncio.to_thread(counted, settings)
        return all(max(found.get(f"d{name}", [0])) >= count for name in names)

    return holds


def prepare(settings: Settings) -> Settings:
    """Make the topics; a short tick and session."""
    provision.apply(settings, [BY_NAME[name] for name in (*TOPICS, DEAD_LETTER)])
    return settings.model_copy(update={"tick_seconds": 0.2, "session_timeout": 6.0})


async def test_a_restart_goes_on_where_the_last_worker_ended(settings: Settings, tmp_path: Path) -> None:
    """Twenty deliveries, five receipts each, a worker; five more each, another worker: every number once and in order."""
    axis, names = prepare(settings), range(20)
    put(axis, names, range(5))
    async with worker(axis, tmp_path, "0"):
        await until(says(axis, names, 5))
    put(axis, names, range(5, 10))
    async with worker(axis, tmp_path, "0"):
        await until(says(axis, names, 10))

    assert {f"d{name}": list(range(1, 11)) for name in names} == counted(axis)


async def test_workers_that_come_and_go_lose_and_repeat_nothing(settings: Settings, tmp_path: Path) -> None:
    """One worker, then two, then the second alone, fed all the while: every number once and in order."""
    axis, names = prepare(settings), range(30)
    put(axis, names, range(10))
    async with worker(axis, tmp_path, "0") as first:
        await until(says(axis, names, 10))
        async with worker(axis, tmp_path, "1") as second:
            put(axis, names, range(10, 20))

            async def shared() -> bool:
                return bool(first.lanes) and bool(second.lanes) and len(first.lanes) + len(second.lanes) == 12

            await until(shared)
            await until(says(axis, names, 20))
        put(axis, names, range(20, 30))
        await until(says(axis, names, 30))

    assert {f"d{name}": list(range(1, 31)) for name in names} == counted(axis)


async def test_poison_becomes_a_dead_letter_and_its_neighbours_pass(settings: Settings, tmp_path: Path) -> None:
    """Random bytes between two good receipts."""
    axis = prepare(settings)
    producer = clients.producer(axis)
    put(axis, range(1), range(1))
    producer.produce(axis.topic_prefix + RECEIVED, b"\x00rubbish", b"d0")
    producer.flush(10)
    put(axis, range(1), range(1, 2))
    async with worker(axis, tmp_path, "0"):
        await until(says(axis, range(1), 2))

    assert {"d0": [1, 2]} == counted(axis)
    assert [b"\x00rubbish"] == [record.value for record in read_all(axis, [DEAD_LETTER])]


def test_the_tick_is_shorter_than_a_session() -> None:
    """A worker is never judged dead for waiting on its own timers."""
    given = Settings.load()

    assert timedelta(seconds=given.tick_seconds) < timedelta(seconds=given.session_timeout)


async def test_a_member_whose_place_was_taken_ends(settings: Settings, tmp_path: Path) -> None:
    """Another process joins under the same static number: the client is dead from then on, and must not look idle."""
    axis, names = prepare(settings), range(3)
    put(axis, names, range(1))
    usurper = clients.consumer(axis, "counter", **{"group.instance.id": f"{axis.topic_prefix}counter-0"})

    async def usurped() -> None:
        async with fed(axis, tmp_path, "0") as (_, running):
            await until(says(axis, names, 1))
            usurper.subscribe([axis.topic_prefix + RECEIVED])

            async def ended() -> bool:
                await asyncio.to_thread(usurper.poll, 0.1)
                return running.done()

            await until(ended)

    try:
        with pytest.raises(KafkaException, match="fenced"):
            await usurped()
    finally:
        usurper.close()
