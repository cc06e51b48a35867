"""The console's process: pages on loopback until SIGTERM. It starts without a broker and without a register, and says so on its pages."""

import os
import signal
import socket
import threading

import structlog
import uvicorn

from connectors.console.app import make_app
from connectors.console.desk import Desk
from connectors.console.pulse import Pulse
from connectors.console.sources import References, Register
from infra import logs, metrics
from infra.accounts import accounts_of
from infra.clock import open_clock
from infra.durable import write_atomically
from infra.errors import EnvironmentFaultError
from infra.kafka import clients
from infra.progress import Progress
from infra.settings import Settings

NAME = "console"
HOST = "127.0.0.1"
ADDRESS = "console.address"
"""File below `var/run` that names the address."""

SAY_SECONDS = 1.0
STOP_SECONDS = 1

log = structlog.get_logger(__name__)


class PortTakenError(EnvironmentFaultError):
    """Somebody else listens on the port of the settings."""


def run() -> None:
    """Run until SIGTERM; raise `EnvironmentFaultError` when it cannot start."""
    settings = Settings.load()
    process, clock = settings.process or NAME, open_clock(settings)
    logs.configure(process, clock, out=logs.own_file(settings))
    settings = settings.model_copy(update={"kafka_bootstrap": clients.bootstrap(settings), "process": process})
    metrics.serve_announced(settings, process)
    references = References(settings, process=process)
    references.start()
    pulse = Pulse(settings.run_folder, clock)
    pulse.start()
    desk = Desk(
        settings=settings,
        clock=clock,
        register=Register(settings.register_url),
        reference=references.current,
        accounts=accounts_of(settings),
        pulse=pulse,
    )
    listening = _listen(settings.console_port)
    address = f"http://{HOST}:{listening.getsockname()[1]}/"
    write_atomically(settings.run_folder / ADDRESS, f"{address}\n".encode())
    ending = threading.Event()
    threading.Thread(target=_say, args=(settings, ending), name="progress", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(
            number, lambda *_: None
        )  # uvicorn listens to both while it serves, and raises them again afterwards
    log.info("listening", address=address)
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(desk),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
            lifespan="off",
        )
    )
    server.run(sockets=[listening])
    log.info("stopped")
    os._exit(0)  # threads of libraries may still wait for a broker


def _listen(port: int) -> socket.socket:
    """Return a listening socket on loopback; raise `PortTakenError`."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((HOST, port))
    except OSError as exc:
        made.close()
        raise PortTakenError(f"port {port} is taken", "free it, or set LIENTHONG_CONSOLE_PORT to another") from exc
    return made


def _say(settings: Settings, ending: threading.Event) -> None:
    """Say that the process lives."""
    progress = Progress(settings.run_folder, settings.process)
    while not ending.wait(SAY_SECONDS):
        progress.say({}, lag=0)
