"""An API on a free port, in a thread of its own, with a province, a register and, where a test asks for it, a real intake."""

import asyncio
import hashlib
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from connectors.http import webhooks
from connectors.http.clients import Clients, load
from connectors.http.office import Office, open_office
from connectors.http.routes import application
from connectors.http.server import listen, server
from connectors.intake.process import serve
from connectors.register import tables
from connectors.register.projection import project
from infra.clock import open_clock
from infra.content import open_content
from infra.kafka.epochs import FixedReferences
from infra.settings import Settings
from infra.state.database import open_database, writing
from schemas.events import Event
from schemas.reference import KINDS, Reference
from tests.connectors import life
from tests.connectors.doorway import intake
from tests.connectors.packets import COMMUNE, HEALTH, PROVINCE
from tests.reference_files import MADE_LATER, demo_files

NEIGHBOUR = "000.00.47.H53"
"""A commune without an endpoint of its own: what is for it lies in the province's inbox."""

CLIENTS: Mapping[str, tuple[str, ...]] = {
    "tinh": (PROVINCE,), "so-y-te": (HEALTH,), "xa-b": (COMMUNE,), "xa-chung": (NEIGHBOUR,), "nobody": ()
}  # fmt: skip
"""The clients of the scene, and for whom each may speak; the token of each is `token-NAME`, its systemid `id-NAME`."""


def token(name: str) -> dict[str, str]:
    """Return the header by which a client shows who it is."""
    return {"Authorization": f"Bearer token-{name}"}


def secret(name: str) -> str:
    """Return the key with which a client signs headers."""
    return f"a long secret of {name}"


def clients_file(folder: Path, limits: str = "", more: Mapping[str, str] | None = None) -> Path:
    """Write the file of clients; `more`: lines of one's own by name."""
    rows = [f"[limits]\n{limits}"]
    for name in CLIENTS:
        digest = hashlib.sha256(f"token-{name}".encode()).hexdigest()
        key = f'{{systemid = "id-{name}", secret = "{secret(name)}"}}'
        own = more.get(name, "") if more else ""
        rows.append(f'[clients.{name}]\ntokens = ["{digest}"]\nsignatures = [{key}]\n{own}')
    file = folder / "clients.toml"
    file.write_text("\n".join(rows), encoding="utf-8")
    file.chmod(0o600)
    return file


def identities() -> bytes:
    """Return the province's identities.csv with the scene's clients in it."""
    rows = [f"client,{name},{';'.join(codes)},bàn thử" for name, codes in CLIENTS.items() if codes]
    return demo_files()["identities.csv"] + "\n".join([*rows, ""]).encode()


def reference() -> Reference:
    """Return the province with the scene's clients; one without an agency is not in identities.csv."""
    files = {**demo_files(), "identities.csv": identities()}
    return Reference.from_files({kind: files for kind in KINDS if kind not in MADE_LATER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A running API."""

    settings: Settings
    office: Office
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, name: str = "tinh", **more: Any) -> httpx.Response:
        """Ask as a client, by its token."""
        headers = token(name) | more.pop("headers", {})
        return httpx.request(method, self.url + path, headers=headers, timeout=60.0, **more)

    def raw(self, sent: bytes, *, then: bytes = b"", half_close: bool = False) -> bytes:
        """Send bytes over a socket, and return all that comes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(sent + then)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            got = b""
            while chunk := connection.recv(65536):
                got += chunk
        return got

    def tell(self, events: Iterable[Event]) -> None:
        """Write into the register what the axis would."""
        tell(self.settings, events)


def tell(settings: Settings, events: Iterable[Event]) -> None:
    """Write events into the register."""
    engine = open_database(settings.register_url, tables.METADATA)
    with writing(engine) as connection:
        project(connection, list(life.on_topics(events)))
    engine.dispose()


def waiting(scene: Scene, name: str = "tinh") -> list[str]:
    """Return what lies in a client's door."""
    folder = scene.office.handovers.door(name).folder
    return sorted(each.name for each in folder.glob("*.edxml"))


def left(scene: Scene, name: str = "tinh") -> list[str]:
    """Return what lies in a client's spool."""
    return [each.name for each in (scene.office.handovers.door(name).folder / ".spool").iterdir()]


@contextmanager
def api(settings: Settings, *, limits: str = "", more: Mapping[str, str] | None = None) -> Iterator[Scene]:
    """Yield an API that serves; it stops in order at the end."""
    settings.var.mkdir(parents=True, exist_ok=True)
    clients = load(clients_file(settings.var, limits, more))
    with _serving(settings, clients, reference()) as scene:
        yield scene


@contextmanager
def _serving(settings: Settings, clients: Clients, known: Reference) -> Iterator[Scene]:
    listening = listen("127.0.0.1", 0)
    made: list[Office] = []
    loop = asyncio.new_event_loop()
    serving = None
    started = threading.Event()

    async def run() -> None:
        nonlocal serving
        office = open_office(
            settings,
            clients,
            open_clock(settings),
            FixedReferences(known),
            open_content(settings),
            file=settings.var / "clients.toml",
        )
        made.append(office)
        serving = server(application(office), clients.limits, clients.tls)
        posting = webhooks.start(office)
        started.set()
        await serving.serve(sockets=[listening])
        await asyncio.gather(*posting)

    def in_thread() -> None:
        try:
            loop.run_until_complete(run())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()
            started.set()

    thread = threading.Thread(target=in_thread, name="api")
    thread.start()
    started.wait(10)
    try:
        yield Scene(settings=settings, office=made[0], port=listening.getsockname()[1])
    finally:
        assert serving is not None
        loop.call_soon_threadsafe(made[0].ending.set)
        serving.should_exit = True
        thread.join(15)
        made[0].register.close()
        made[0].memory.close()
        assert not thread.is_alive()


@contextmanager
def taking(settings: Settings) -> Iterator[None]:
    """Let a real intake take what lies in the doors, in a thread."""
    ending = threading.Event()
    with intake(settings) as at_work:
        thread = threading.Thread(target=serve, args=(at_work, ending), kwargs={"look_seconds": 0.02})
        thread.start()
        try:
            yield
        finally:
            ending.set()
            thread.join(30)
