"""Where pages read from: the register (opened when it is there, again when it was away) and the reference data in force."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from confluent_kafka import KafkaException
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError

from connectors.register.tables import METADATA
from infra.content import open_content
from infra.errors import EnvironmentFaultError
from infra.reference import Follower
from infra.settings import Settings
from infra.state.database import open_to_read, reading
from schemas.reference import Reference

AGAIN_SECONDS = 2.0
"""Between two tries to reach a broker that is away."""

log = structlog.get_logger(__name__)


class RegisterAwayError(Exception):
    """There is no register yet, or it does not answer; pages say so."""


class Register:
    """Reads the register; may be called from any thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield one moment of the register; raise `RegisterAwayError`."""
        engine = self._open()
        try:
            with reading(engine) as connection:
                yield connection
        except DBAPIError as exc:
            log.warning("register_away", why=type(exc.orig).__name__)
            raise RegisterAwayError from exc

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _open(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._opened()
            return self._engine

    def _opened(self) -> Engine:
        url = make_url(self._url)
        file = url.database if url.get_backend_name() == "sqlite" else None
        if file and not Path(file).exists():
            raise RegisterAwayError  # looking must not make an empty database
        try:
            return open_to_read(self._url, METADATA)
        except (EnvironmentFaultError, DBAPIError) as exc:
            log.warning("register_away", why=type(exc).__name__)
            raise RegisterAwayError from exc


class References:
    """Follows the reference data in a thread of its own: a broker that is away keeps no page."""

    def __init__(self, settings: Settings, *, process: str) -> None:
        self._settings, self._process = settings, process
        self._follower: Follower | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._start, name="references", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def current(self) -> Reference:
        """Return what is in force; nothing before the topic was read."""
        return self._follower.current() if self._follower else Reference()

    def stop(self) -> None:
        """Stop following."""
        self._ending.set()
        if self._follower is not None:
            self._follower.stop()

    def _start(self) -> None:
        while not self._ending.is_set():
            follower = Follower(self._settings, open_content(self._settings), process=self._process)
            try:
                follower.start()
            except (EnvironmentFaultError, KafkaException) as exc:
                log.warning("reference_not_followed", why=type(exc).__name__)
                self._ending.wait(AGAIN_SECONDS)
            else:
                self._follower = follower
                return
