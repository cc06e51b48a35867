"""The process that answers for the web door: a Unix socket in `var/run`, for this user alone."""

import asyncio
import os
import signal
from datetime import date
from typing import Any

import structlog

from infra import logs, metrics
from infra.clock import open_clock
from infra.content import open_content
from infra.kafka import clients
from infra.packets import limits
from infra.preflight import short_path, socket_file
from infra.progress import Progress
from infra.reference import Follower
from infra.settings import Settings
from processors.preflight.desk import MAX_REQUEST, Desk
from processors.verification.judging.pool import JudgePool, Limits

NAME = "preflight"
NEEDS = ("directory", "routes", "trust", "signature_policy", "secrecy")
TICK_SECONDS = 1.0
MINE_ALONE = 0o600

log = structlog.get_logger(__name__)


def run() -> None:
    """Answer until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings = Settings.load()
    process, clock = settings.process or NAME, open_clock(settings)
    logs.configure(process, clock, out=logs.own_file(settings))
    settings = settings.model_copy(update={"kafka_bootstrap": clients.bootstrap(settings), "process": process})
    references = Follower(settings, open_content(settings), process=NAME)
    references.start(needs=NEEDS)
    metrics.serve_announced(settings, process)
    size = settings.pool_workers or os.cpu_count() or 1
    pool = JudgePool(size=size, limits=Limits(wall_seconds=settings.judge_seconds))
    desk = Desk(
        folder=settings.var.resolve(),
        references=references,
        clock=clock,
        pool=pool,
        limits=limits(settings),
        gate=asyncio.Semaphore(size),
        plain=_plain,
    )
    asyncio.run(serve(settings, desk))
    os._exit(0)  # threads of libraries may still wait for a broker


async def serve(settings: Settings, desk: Desk, ending: asyncio.Event | None = None) -> None:
    """Listen until told to end, or until SIGTERM."""
    ending = ending or _on_signals()
    progress, file = Progress(settings.run_folder, settings.process or NAME), socket_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    await desk.pool.start()
    try:
        with short_path(file) as path:
            server = await asyncio.start_unix_server(desk.serve, path, limit=MAX_REQUEST)
        file.chmod(MINE_ALONE)
        log.info("listening")
        while not ending.is_set():
            progress.say({}, lag=0, done=desk.pool.judged)
            try:
                await asyncio.wait_for(ending.wait(), TICK_SECONDS)
            except TimeoutError:
                continue
        server.close()
    finally:
        file.unlink(missing_ok=True)
        await desk.pool.close()


def _on_signals() -> asyncio.Event:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    return ending


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
