"""How a Faust app is configured and run: settings, the engine under it, its agent, its tick, its end."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import faust
import structlog
from mode import CrashingSupervisor

from infra.clock import Clock
from infra.kafka import clients
from infra.kafka.crashpoint import crash_points
from infra.kafka.deciding import Deciding
from infra.kafka.desk import Desk
from infra.kafka.ending import end_process
from infra.kafka.ends import BrokerEnds
from infra.kafka.engine import Engine
from infra.kafka.epochs import Epochs, References
from infra.kafka.outbox import BUFFERED_BYTES, Outbox
from infra.kafka.settle import Settlement, attempt
from infra.kafka.stepping import Prepare
from infra.progress import Progress
from infra.settings import Settings
from infra.state import METADATA, State, open_database
from processors.transport import FaustHost, Names, batch_of, consumer_of, install
from schemas.step import Core

STOP_SECONDS = 2.0
"""What batches at work may take to end after SIGTERM; what does not end is done again after the next start."""

SQL_THREADS = 4
"""Connections to PostgreSQL; SQLite has one writer anyway."""

log = structlog.get_logger(__name__)


async def _nothing() -> None:
    """Close nothing."""


def _none_done() -> int:
    """Return what a flow without a preparation has prepared."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """The CPU-heavy part of a flow, running."""

    prepare: Prepare | None = None
    close: Callable[[], Awaitable[None]] = _nothing
    done: Callable[[], int] = _none_done
    """Counts what was prepared: a batch that takes long is no standstill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One processor: what it reads, what decides, how much at once."""

    name: str
    reads: tuple[str, ...]
    core: Callable[[], Core]
    """Makes the core; imports it only then."""

    needs: tuple[str, ...] = ()
    """Kinds of reference data without which it does not start."""

    prepare: Callable[[Settings], Awaitable[Preparation]] | None = None
    """Starts the CPU-heavy part."""

    batch: int = 2_000
    """Records of one fetch at most; fewer where one record is expensive."""


class Shell:
    """One worker of a flow: the engine, and the Faust app that feeds it."""

    def __init__(
        self,
        flow: Flow,
        settings: Settings,
        *,
        replica: str,
        clock: Clock,
        references: References,
        preparation: Preparation,
    ) -> None:
        self._prepared = preparation.done
        self._settings, self._names = settings, Names(settings.topic_prefix)
        self.app = make_app(flow, settings, replica)
        self._under_way: set[asyncio.Task[None]] = set()
        url = settings.state_url(flow.name)
        crash = crash_points(settings.crash_at)
        desk = Desk(
            app=flow.name,
            group=settings.topic_prefix + flow.name,
            state=State(open_database(url, METADATA), flow.name),
            outbox=Outbox(
                clients.producer(settings, **{"message.max.bytes": BUFFERED_BYTES}),
                app=flow.name,
                prefix=settings.topic_prefix,
                crash=crash,
            ),
            clock=clock,
            sql=ThreadPoolExecutor(1 if url.startswith("sqlite") else SQL_THREADS, "sql"),
            dead_letter_limit=settings.dead_letter_limit,
            crash=crash,
        )
        work = Deciding(
            desk=desk, core=flow.core(), epochs=Epochs(references), attempt=attempt, prepare=preparation.prepare
        )
        self.engine = Engine(
            topics=flow.reads,
            settlement=Settlement(desk=desk, work=work),
            ends=BrokerEnds(settings),
            host=FaustHost(self.app, self._names),
        )
        self._crash = crash
        self._progress = Progress(settings.run_folder, settings.process or f"{flow.name}-{replica}")
        install(self.app, self.engine, self._names)
        self._declare(flow)

    def _declare(self, flow: Flow) -> None:
        names = [self._settings.topic_prefix + topic for topic in flow.reads]
        topic = self.app.topic(*names, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

        @self.app.agent(topic, name=flow.name)
        async def batches(stream: Any) -> None:
            async for event in stream.noack().events():
                self._start(self._settle(stream, event))  # lanes run side by side; the engine keeps each in order

        @self.app.timer(self._settings.tick_seconds)  # type: ignore[untyped-decorator]  # Faust's own is not typed
        async def tick() -> None:
            self._start(self._tick())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _settle(self, stream: Any, event: Any) -> None:
        if await self.engine.settle(batch_of(event)):
            await stream.ack(event)
            self._crash("acked")
        elif event.message.generation_id == self.app.consumer_generation_id:
            consumer_of(self.app).release(event.message)

    async def _tick(self) -> None:
        await self.engine.tick()
        self._progress.say_engine(self.engine, prepared=self._prepared())

    async def stop(self) -> None:
        """Take nothing new, wait a little for what is at work, and end; Faust's own way out may wait for an absent broker."""
        consumer_of(self.app).stop_flow()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=STOP_SECONDS)
        log.info("stopped", unfinished=len(self._under_way))


def make_app(flow: Flow, settings: Settings, replica: str) -> faust.App:
    """Return the Faust app, configured as measured (docs/architecture)."""
    given = {"broker_credentials": credentials(settings)} if settings.kafka_security_protocol != "PLAINTEXT" else {}
    name = settings.topic_prefix + flow.name
    folder = settings.var / "faust" / f"{flow.name}-{replica}"
    folder.mkdir(parents=True, exist_ok=True)
    return faust.App(
        name,
        broker=[f"kafka://{host}" for host in clients.bootstrap(settings).split(",")],
        store="memory://",
        processing_guarantee="at_least_once",
        datadir=str(folder),
        broker_max_poll_records=min(flow.batch, settings.max_poll_records),
        stream_buffer_maxsize=20_000,
        broker_commit_interval=1.0,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.session_timeout * 0.3,
        consumer_group_instance_id=f"{name}-{replica}" if settings.static_members else None,
        stream_wait_empty=False,
        agent_supervisor=CrashingSupervisor,
        topic_allow_declare=False,
        topic_disable_leader=True,
        # Although there are no tables: only with a standby replica does Faust use its own assignor, which gives
        # one partition index of all topics to one worker. With 0 it is a round robin, which tears them apart.
        table_standby_replicas=1,
        web_enabled=False,
        autodiscover=False,
        worker_redirect_stdouts=False,
        **given,
    )


def credentials(settings: Settings) -> Any:
    """Return Faust's form of the broker's credentials."""
    protocol = settings.kafka_security_protocol
    context = clients.ssl_context(settings) if protocol.endswith("SSL") else None
    if protocol == "SSL":
        return faust.SSLCredentials(context=context)
    return faust.SASLCredentials(
        username=settings.kafka_sasl_username,
        password=settings.sasl_password,
        mechanism=settings.kafka_sasl_mechanism,
        ssl_context=context,
    )


class Worker(faust.Worker):
    """Runs a shell until SIGTERM or SIGINT."""

    def __init__(self, shell: Shell, close: Callable[[], Awaitable[None]], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(shell.app, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False)
        self.spinner = None  # its escape sequences would stand in the log
        self._shell, self._close = shell, close

    def install_signal_handlers(self) -> None:
        """End by our own way."""
        for number in (signal.SIGTERM, signal.SIGINT):
            self.loop.add_signal_handler(number, lambda: self.loop.create_task(self._end()))

    def _crash(self, reason: BaseException) -> None:
        """End at once: a crash of a Faust service would otherwise take its time, or leave a process that does nothing."""
        end_process("faust crashed", exc_info=reason)

    async def _end(self) -> None:
        await self._shell.stop()
        await self._close()
        os._exit(0)
