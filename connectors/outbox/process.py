"""The relay's process: a thread for each database, round after round until SIGTERM; whatever a database does, it is asked again."""

import os
import signal
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
import structlog

from connectors.outbox.relay import Relay
from connectors.outbox.sources import Shard, Source, sources
from connectors.outbox.table import Table
from connectors.process import prepared
from infra import metrics
from infra.kafka.crashpoint import crash_points
from infra.kafka.ending import end_process
from infra.packets import limits
from infra.progress import Progress
from infra.settings import Settings

NAME = "outbox"
LOOK_SECONDS = 0.5
"""How long a row may lie before it is noticed."""

SAY_SECONDS = 0.5
AGAIN_SECONDS = (1.0, 15.0)
"""After a database failed: at first, doubling up to."""

STOP_SECONDS = 2.5
"""What a round may take after SIGTERM; rows that it had are open for the next start."""

log = structlog.get_logger(__name__)


class Served:
    """One database that is relayed, over as many connections as it takes."""

    def __init__(self, settings: Settings, source: Source, ending: threading.Event) -> None:
        self._settings, self._source, self._ending = settings, source, ending
        self._shard, self._crash = Shard.parse(settings.outbox_shard), crash_points(settings.crash_at)
        self._failed = 0
        self.rounds = 0
        """Rounds done so far, in vain or not."""

        self.waiting = 0
        """Rows that are open; 0 while nobody can know."""

    def serve(self) -> None:
        """Go on until the end; a database that is away or refuses is asked again, later each time."""
        while not self._ending.is_set():
            try:
                self._serve_connected()
            except (psycopg.Error, OSError) as exc:
                self._trouble(exc)

    def _serve_connected(self) -> None:
        table = Table(self._source, self._shard)
        relay = Relay(
            self._source,
            table,
            packet_bytes=limits(self._settings).packet_bytes,
            delete=self._settings.outbox_delete,
            ending=self._ending,
            crash=self._crash,
        )
        try:
            while not self._ending.is_set():
                done = relay.round()
                self._measure(table)
                if not done:
                    self._ending.wait(min(LOOK_SECONDS, self._settings.tick_seconds))
        finally:
            table.close()

    def _measure(self, table: Table) -> None:
        self.waiting, oldest = table.waiting()
        self.rounds += 1
        self._failed = 0
        where = {"process": self._settings.process, "source": self._source.address}
        metrics.OUTBOX_WAITING.labels(**where).set(self.waiting)
        metrics.OUTBOX_OLDEST.labels(**where).set(oldest)

    def _trouble(self, exc: Exception) -> None:
        """Say it without the URL, which may hold a password, and wait."""
        self.waiting = 0
        self._failed += 1
        first, longest = AGAIN_SECONDS
        seconds = min(longest, first * 2 ** min(self._failed - 1, 10))
        metrics.OUTBOX_FAULTS.labels(source=self._source.address, kind=type(exc).__name__).inc()
        log.warning("outbox_fault", source=self._source.address, kind=type(exc).__name__, again_seconds=seconds)
        self._ending.wait(seconds)


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, _clock = prepared(NAME)
    ending = threading.Event()
    served = [Served(settings, source, ending) for source in sources(settings)]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    pool = ThreadPoolExecutor(len(served), "outbox")
    running = [pool.submit(each.serve) for each in served]
    progress = Progress(settings.run_folder, settings.process)
    while not ending.wait(SAY_SECONDS):
        _look_at(running)
        progress.say({}, lag=sum(each.waiting for each in served), done=sum(each.rounds for each in served))
    late = threading.Timer(STOP_SECONDS, os._exit, (0,))
    late.daemon = True
    late.start()
    pool.shutdown()
    _look_at(running)
    log.info("stopped")
    os._exit(0)  # threads of libraries may still wait for a broker


def _look_at(running: list[Future[None]]) -> None:
    """End the process where a thread ended by a bug: a database that nobody asks would wait unseen."""
    for each in running:
        if each.done() and (broken := each.exception()):
            end_process("a relay broke", kind=type(broken).__name__, what=str(broken))
