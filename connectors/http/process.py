"""The API's process: serves HTTP until SIGTERM."""

import asyncio
import os
import signal

import structlog
import uvloop

from connectors.http import webhooks
from connectors.http.clients import load
from connectors.http.office import Office, open_office
from connectors.http.routes import application
from connectors.http.server import Server, listen, server
from connectors.process import prepared
from infra.content import open_content
from infra.durable import write_atomically
from infra.errors import EnvironmentFaultError
from infra.kafka.ending import end_process
from infra.progress import Progress
from infra.reference import Follower
from infra.settings import Settings

NAME = "api"
NEEDS = ("directory", "identities")
SAY_SECONDS = 1.0
log = structlog.get_logger(__name__)


class NotConfiguredError(EnvironmentFaultError):
    """The API was started without its clients."""

    def __init__(self) -> None:
        super().__init__("the API has no clients", "name a file of clients in LIENTHONG_API_CLIENTS")


class PortTakenError(EnvironmentFaultError):
    """Nobody can listen there."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"{host}:{port}: {why}", "set LIENTHONG_API_HOST and LIENTHONG_API_PORT to what is free")


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings, clock = prepared(NAME)
    if settings.api_clients is None:
        raise NotConfiguredError
    clients = load(settings.api_clients)
    content = open_content(settings)
    references = Follower(settings, content, process=NAME)
    references.start(needs=NEEDS)
    office = open_office(settings, clients, clock, references, content, file=settings.api_clients)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, office))
    log.info("stopped")
    os._exit(0)  # threads of libraries may still wait for a broker


async def _serve(settings: Settings, office: Office) -> None:
    try:
        listening = listen(settings.api_host, settings.api_port)
    except OSError as exc:
        raise PortTakenError(settings.api_host, settings.api_port, exc.strerror or str(exc)) from None
    write_atomically(settings.run_folder / f"{NAME}.port", str(listening.getsockname()[1]).encode())
    serving = server(application(office), office.clients.limits, office.clients.tls)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, office, serving)
    beside = [asyncio.create_task(_say(settings)), *webhooks.start(office)]
    for each in beside:
        each.add_done_callback(_crashed)
    await serving.serve(sockets=[listening])
    for each in beside:
        each.cancel()


def _end(office: Office, serving: Server) -> None:
    office.ending.set()
    serving.should_exit = True


def _crashed(task: asyncio.Task[None]) -> None:
    """End the process with what runs beside its server: the supervisor starts it again."""
    if not task.cancelled() and (exc := task.exception()) is not None:
        end_process("crashed", what=repr(exc))


async def _say(settings: Settings) -> None:
    """Say that the process lives: its work is its clients', none waits here."""
    progress = Progress(settings.run_folder, settings.process)
    while True:
        progress.say({}, lag=0)
        await asyncio.sleep(SAY_SECONDS)
