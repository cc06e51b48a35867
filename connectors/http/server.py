"""The HTTP server: uvicorn, with a limit on how long the head of a request may take, and its refusals as problems."""

import asyncio
import contextlib
import hashlib
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from connectors.http import problems
from connectors.http.answers import text
from connectors.http.callers import CERTIFICATE
from connectors.http.clients import Limits, Tls
from connectors.http.problems import RefusedError

HEAD_BYTES = 32 * 1024
"""Of a request's head."""

KEEP_ALIVE_SECONDS = 15
LINGER_SECONDS = 1.0
"""After a refusal a connection is read on so long, and what comes is forgotten: closed at once, the answer could be lost."""

STOP_SECONDS = 3
"""What requests at work may take after SIGTERM."""


class Guarded(H11Protocol):
    """A connection whose client must come to the point."""

    head_seconds = 10.0
    idle_seconds = 20.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the class above
        """Begin to wait for a head; note the certificate that TLS has accepted."""
        super().connection_made(transport)
        self._late: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._deaf = False
        if digest := _certificate(transport):
            self.app = _told(self.app, digest)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        """Take what came; a head that is not whole yet does not get more time by one more byte."""
        if not self._deaf:
            super().data_received(data)
            self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch no longer."""
        self._unwatch()
        self.resume_writing()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for the next request; the rest of a body that nobody read does not get more time than a head."""
        super().on_response_complete()
        if self._is_left_over:
            self._watch_head()

    def pause_writing(self) -> None:
        """Wait for a client that does not read its answer, but not for ever."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.idle_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: it reads."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Say that the request is no HTTP that is taken here."""
        del msg
        self._answer(RefusedError("REQUEST_MALFORMED", 400, element="HTTP"))

    @property
    def _is_left_over(self) -> bool:
        """Tell whether the answer was given, and the client still sends what it was about."""
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def _watch_head(self) -> None:
        if self.conn.their_state is not h11.IDLE and not self._is_left_over:
            self._unwatch()
        elif self._late is None:
            self._late = self.loop.call_later(self.head_seconds, self._too_late)

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        if self._is_left_over:
            self.transport.close()
        elif self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._answer(RefusedError("REQUEST_TOO_SLOW", 408))

    def _answer(self, refused: RefusedError) -> None:
        """Answer where there is no request that an application could answer, and close."""
        content = text(problems.body(refused)).encode()
        head = [(b"content-type", problems.MEDIA_TYPE.encode()), (b"connection", b"close")]
        length = (b"content-length", str(len(content)).encode())
        with contextlib.suppress(h11.LocalProtocolError):  # an answer is under way already
            for event in (
                h11.Response(status_code=refused.status, headers=[*head, length]),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self._deaf = True
        self._unwatch()
        self.transport.resume_reading()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)


def _certificate(transport: asyncio.Transport) -> str:
    connection: Any = transport.get_extra_info("ssl_object")
    shown = connection.getpeercert(binary_form=True) if connection else None
    return hashlib.sha256(shown).hexdigest() if shown else ""


def _told(app: ASGIApp, digest: str) -> ASGIApp:
    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, CERTIFICATE: digest}, receive, send)

    return told


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield


def server(app: ASGIApp, limits: Limits, tls: Tls | None) -> Server:
    """Return a server of an application."""
    guarded = type("Guarded", (Guarded,), {"head_seconds": limits.head_seconds, "idle_seconds": limits.idle_seconds})
    config = uvicorn.Config(
        app,
        http=guarded,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES,
        **_tls(tls),
    )
    return Server(config)


def _tls(tls: Tls | None) -> dict[str, Any]:
    if tls is None:
        return {}
    given: dict[str, Any] = {"ssl_certfile": str(tls.certificate), "ssl_keyfile": str(tls.key)}
    if tls.client_ca is not None:
        given |= {"ssl_ca_certs": str(tls.client_ca), "ssl_cert_reqs": ssl.CERT_OPTIONAL}
    return given


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 asks for a free one. Raise OSError."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=512)
