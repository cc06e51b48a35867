"""The clients in force: the file of clients as it is now, looked at before each request, so a token that is struck out is worth nothing at once."""

from collections.abc import Callable
from pathlib import Path

import structlog

from connectors.http.clients import Client, Clients, ClientsError, load

log = structlog.get_logger(__name__)


class Roll:
    """Follows the file; used by the event loop alone. A file that cannot be used changes nothing, and the log says so once."""

    def __init__(self, clients: Clients, path: Path | None, *, enrol: Callable[[str], None]) -> None:
        self._clients, self._path, self._enrol = clients, path, enrol
        self._seen = self._look()
        for name in clients.clients:
            enrol(name)

    def current(self) -> Clients:
        """Return the clients; limits and TLS are those of the start."""
        if self._path is not None and (seen := self._look()) != self._seen:
            self._seen = seen
            self._read_again(self._path)
        return self._clients

    def find(self, name: str) -> Client | None:
        """Return a client as it is now; None for one that is struck out."""
        return self.current().clients.get(name)

    def _look(self) -> tuple[int, ...]:
        """Return what tells two states of the file apart; the moment of its last chmod too."""
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            found = None
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) if found else ()

    def _read_again(self, path: Path) -> None:
        try:
            found = load(path)
        except ClientsError as exc:
            log.error("clients_file_faulty", why=str(exc))  # noqa: TRY400 - where in our code it was seen says nothing
            return
        for name in found.clients.keys() - self._clients.clients.keys():
            self._enrol(name)
        self._clients = found.model_copy(update={"limits": self._clients.limits, "tls": self._clients.tls})
        log.info("clients_read_again", clients=len(found.clients))
