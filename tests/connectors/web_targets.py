"""A real web server that misbehaves as it is told, for the tests of webhooks."""

import base64
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from connectors.notify.letters import Letter
from connectors.notify.missives import WEBHOOK, Missive
from connectors.notify.webhook import Gateway
from infra.kafka.places import free_ports
from infra.settings import Settings
from tests.connectors.notify_desk import CLERK, MONDAY, alert
from tests.reference_files import demo

KEY = bytes(range(32))
WRITTEN_KEY = f"whsec_{base64.b64encode(KEY).decode()}"


class Target(ThreadingHTTPServer):
    """Keeps what is posted; `mood` says how it answers."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Desk)
        self.mood = "204"
        self.location = ""
        self.posted: list[tuple[str, dict[str, str], bytes]] = []
        self.asked = 0
        self.stopping = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


class _Desk(BaseHTTPRequestHandler):
    server: Target

    def do_POST(self) -> None:
        self.server.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        match self.server.mood:
            case "closed":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            case "silent":
                self.server.stopping.wait(30)
                return
            case "drip":
                self._drip()
                return
            case "nonsense":
                self.wfile.write(b"SSH-2.0-OpenSSH\r\n")
                return
            case "headers":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(10_000)) + b"\r\n")
                return
            case "huge":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                while not self.server.stopping.is_set():
                    self.wfile.write(b"x" * 1_000_000)
                return
            case _:
                self._say(body)

    def _say(self, body: bytes) -> None:
        """Keep what came, and answer with the mood's status."""
        self.server.posted.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(int(self.server.mood))
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        """Count whoever follows a redirection."""
        self.do_POST()

    def _drip(self) -> None:
        """Send one byte of a header, and another, for ever; each before any time-out between two bytes."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.stopping.wait(0.05):
            self.wfile.write(b"x")
            self.wfile.flush()

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""


@contextmanager
def target(tls: ssl.SSLContext | None = None) -> Iterator[Target]:
    """Run one on a free port."""
    server = Target(free_ports(1)[0])
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    worker.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        worker.join()


def url_of(one: Target, scheme: str = "http", host: str = "127.0.0.1") -> str:
    """Return where it takes posts."""
    return f"{scheme}://{host}:{one.server_port}/truc?agency=1"


def given(tmp_path: Path, *targets: str, **more: Any) -> Settings:
    """Return settings with a keyring for these targets; loopback is allowed."""
    file = tmp_path / "keys"
    file.write_text("# who may be posted to\n\n" + "".join(f"{each} {WRITTEN_KEY}\n" for each in targets))
    own = {"webhook_keys_file": file, "webhook_private": True, "smtp_from": "truc@truc.example", **more}
    return Settings.load().model_copy(update=own)


def missive(url: str = "", channel: str = WEBHOOK, **fields: Any) -> Missive:
    """Return what would be posted."""
    letter = Letter(name="letter-1", alert=alert(**fields), person=replace(CLERK, mobile="0900000001"), channel=channel)
    return replace(letter.missive(demo(), MONDAY), target=url)


def gateway(tmp_path: Path, one: Target, **more: Any) -> Gateway:
    """Return a gateway that may post to it."""
    return Gateway(given(tmp_path, f"127.0.0.1:{one.server_port}", **more))


def seconds(since: float) -> float:
    """Return how long something took, in real time."""
    return time.monotonic() - since
