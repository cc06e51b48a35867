"""What every route works with."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, make_url
from starlette.concurrency import run_in_threadpool

from connectors.http.callers import Callers
from connectors.http.clients import Clients
from connectors.http.handover import Handed, Handovers
from connectors.http.memory import Memory
from connectors.http.problems import not_ready
from connectors.http.rates import Rates
from connectors.http.roll import Roll
from connectors.http.shares import Shares
from connectors.register.tables import METADATA
from infra.clock import Clock, real_now
from infra.content import ContentStore
from infra.errors import EnvironmentFaultError
from infra.settings import Settings
from infra.state.database import open_to_read, reading
from schemas.reference import Reference

LOOK_SECONDS = 0.05
T = TypeVar("T")


class References(Protocol):
    """Where the reference data in force come from."""

    def current(self) -> Reference:
        """Return the bundle in force."""


class Register:
    """Reads the register; it may be made later than the API starts."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.register_url
        self._engine: Engine | None = None

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Return an answer from one moment of the register; raise `RefusedError` (503) where there is none yet."""
        return await run_in_threadpool(self.read_now, ask)

    def read_now(self, ask: Callable[[Connection], T]) -> T:
        """Do the same in this thread."""
        with self._moment() as connection:
            return ask(connection)

    def close(self) -> None:
        """Let the connections go."""
        if self._engine is not None:
            self._engine.dispose()

    @contextmanager
    def _moment(self) -> Iterator[Connection]:
        if self._engine is None:
            self._engine = self._open()
        with reading(self._engine) as connection:
            yield connection

    def _open(self) -> Engine:
        url = make_url(self._url)
        if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
            raise not_ready("register")
        try:
            return open_to_read(self._url, METADATA)
        except EnvironmentFaultError:
            raise not_ready("register") from None


@dataclass(slots=True, kw_only=True)
class Office:
    """One API."""

    settings: Settings
    clock: Clock
    references: References
    content: ContentStore
    clients: Clients
    """Of the start: their limits count."""

    roll: Roll
    callers: Callers
    handovers: Handovers
    register: Register
    memory: Memory
    senders: Rates
    uploads: Shares
    streams: Shares
    ending: asyncio.Event
    """Set when the process stops: whoever waits gives up."""

    async def receipt(self, client: str, handed: Handed, *, seconds: float) -> dict[str, Any] | None:
        """Return what intake answered to a handover, waiting for it a while; None if it has not."""
        until = time.monotonic() + seconds
        while True:
            found = await run_in_threadpool(self.handovers.receipt, client, handed)
            if found is not None or time.monotonic() >= until or self.ending.is_set():
                return found
            await asyncio.sleep(LOOK_SECONDS)  # the other process answers by a file


def open_office(
    settings: Settings,
    clients: Clients,
    clock: Clock,
    references: References,
    content: ContentStore,
    *,
    file: Path | None = None,
    now: Any = real_now,
) -> Office:
    """Return an office whose clients' doors are open; `file`: where the clients come from, and are looked for again."""
    handovers, memory = Handovers(settings), Memory(settings, now)
    roll = Roll(clients, file, enrol=handovers.open)
    return Office(
        settings=settings,
        clock=clock,
        references=references,
        content=content,
        clients=clients,
        roll=roll,
        callers=Callers(roll, memory, now),
        handovers=handovers,
        register=Register(settings),
        memory=memory,
        senders=Rates(clients.limits.documents_per_minute),
        uploads=Shares("uploads", most=clients.limits.uploads_at_once, of_one=clients.limits.uploads_at_once // 2),
        streams=Shares("streams", most=clients.limits.streams_at_once, of_one=clients.limits.streams_at_once // 4),
        ending=asyncio.Event(),
    )
