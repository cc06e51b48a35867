"""How a connector's process runs: settings, clock, reference data, an engine fed by a plain consumer, an orderly end."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import structlog

from infra import logs, metrics
from infra.clock import Clock, open_clock
from infra.content import open_content
from infra.kafka import clients, provision
from infra.kafka.consume import Feed
from infra.kafka.crashpoint import crash_points
from infra.kafka.deciding import Deciding
from infra.kafka.desk import Desk
from infra.kafka.ends import BrokerEnds
from infra.kafka.engine import TIMERS_AT_ONCE, Engine
from infra.kafka.epochs import Epochs
from infra.kafka.outbox import BUFFERED_BYTES, Outbox
from infra.kafka.projection import Project, Projecting
from infra.kafka.settle import Settlement, attempt
from infra.progress import Progress
from infra.reference import Follower
from infra.settings import Settings
from infra.state import METADATA, State, open_database
from schemas.step import Core
from schemas.topics import BY_NAME, DEAD_LETTER, read_by

STOP_SECONDS = 3.0
"""What leaving the group may take; a broker that is away must not keep the process."""

SQL_THREADS = 4
"""Connections to PostgreSQL; SQLite has one writer anyway."""

log = structlog.get_logger(__name__)


def prepared(name: str) -> tuple[Settings, Clock]:
    """Return settings and clock of a process that is about to run; logs and metrics are up, its topics there."""
    settings = Settings.load()
    process, clock = settings.process or name, open_clock(settings)
    logs.configure(process, clock, out=logs.own_file(settings))
    settings = settings.model_copy(update={"kafka_bootstrap": clients.bootstrap(settings), "process": process})
    provision.require(settings, [*read_by(name), BY_NAME[DEAD_LETTER], BY_NAME["reference"]])
    metrics.serve_announced(settings, process)
    return settings, clock


def run_core(
    name: str,
    settings: Settings,
    clock: Clock,
    make_core: Callable[[Settings, Clock], Core],
    *,
    needs: Sequence[str] = (),
    timers_at_once: int = TIMERS_AT_ONCE,
) -> None:
    """Run a connector that decides (with effects outside) until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    references = Follower(settings, open_content(settings), process=name)
    references.start(needs=needs)
    desk = _desk(name, settings, clock, State(open_database(settings.state_url(name), METADATA), name))
    work = Deciding(desk=desk, core=make_core(settings, clock), epochs=Epochs(references), attempt=attempt)
    asyncio.run(_run(name, settings, desk, work, timers_at_once=timers_at_once))


def run_projection(
    name: str, settings: Settings, clock: Clock, project: Project, state: State, *, measure: Callable[[], None]
) -> None:
    """Run a projection into tables of its own, in the database of `state`, until SIGTERM; `measure` looks at them now and then."""
    desk = _desk(name, settings, clock, state)
    work = Projecting(desk=desk, project=project, attempt=attempt)
    asyncio.run(_run(name, settings, desk, work, measure=measure))


def _desk(name: str, settings: Settings, clock: Clock, state: State) -> Desk:
    crash = crash_points(settings.crash_at)
    return Desk(
        app=name,
        group=settings.topic_prefix + name,
        state=state,
        outbox=Outbox(
            clients.producer(settings, **{"message.max.bytes": BUFFERED_BYTES}),
            app=name,
            prefix=settings.topic_prefix,
            crash=crash,
        ),
        clock=clock,
        sql=ThreadPoolExecutor(1 if state.engine.dialect.name == "sqlite" else SQL_THREADS, "sql"),
        dead_letter_limit=settings.dead_letter_limit,
        crash=crash,
    )


def _measure_nothing() -> None:
    """Look at nothing."""


async def _run(
    name: str,
    settings: Settings,
    desk: Desk,
    work: Deciding | Projecting,
    *,
    measure: Callable[[], None] = _measure_nothing,
    timers_at_once: int = TIMERS_AT_ONCE,
) -> None:
    feed = Feed(settings, name)
    engine = Engine(
        topics=[topic.name for topic in read_by(name)],
        settlement=Settlement(desk=desk, work=work),
        ends=BrokerEnds(settings),
        host=feed,
        sparse=[topic.name for topic in read_by(name) if topic.compacted],
        timers_at_once=timers_at_once,
    )
    progress = Progress(settings.run_folder, settings.process)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: loop.create_task(_end(feed)))

    engine.after_timers = lambda: progress.say_engine(engine)

    def after_tick() -> None:
        progress.say_engine(engine)
        measure()

    await feed.run(engine, after_tick=after_tick)
    log.info("stopped")
    os._exit(0)  # threads of libraries may still wait for a broker


async def _end(feed: Feed) -> None:
    """End after the round under way; a round that waits too long is done again after the next start."""
    feed.end()
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(STOP_SECONDS)
    log.warning("stopped_in_work")
    os._exit(0)
