"""toxiproxy, started and told over its own HTTP interface."""

import http.client
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

from infra.kafka.places import free_ports
from tests.axis import until

INSTALL = "toxiproxy is not installed: go install github.com/Shopify/toxiproxy/v2/cmd/server@latest, named toxiproxy-server on PATH"
NAME = "broker"
READY_SECONDS = 10.0


def proxy_program() -> str | None:
    """Return the server's program; None where there is none."""
    go = Path(os.environ.get("GOPATH", Path.home() / "go")) / "bin" / "server"
    return shutil.which("toxiproxy-server") or (str(go) if go.exists() else None)


class Proxy:
    """One proxy in front of one port; use it as a context."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._api, self.port = free_ports(2)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = [self._program, "-host", "127.0.0.1", "-port", str(self._api)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers, seconds=READY_SECONDS)
        return self

    def __exit__(self, *_raised: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            self._call("GET", "/version")
        except OSError:
            return False
        return True

    def stand_before(self, port: int) -> None:
        """Pass everything on to a port."""
        listen, upstream = f"127.0.0.1:{self.port}", f"127.0.0.1:{port}"
        self._call("POST", "/proxies", {"name": NAME, "listen": listen, "upstream": upstream})

    def add_latency(self, milliseconds: int) -> None:
        """Hold every answer back."""
        toxic = {"name": "late", "type": "latency", "stream": "downstream", "attributes": {"latency": milliseconds}}
        self._call("POST", f"/proxies/{NAME}/toxics", toxic)

    def cut(self) -> None:
        """Close all connections and take no new ones."""
        self._call("POST", f"/proxies/{NAME}", {"enabled": False})

    def reset(self) -> None:
        """Let everything pass again."""
        self._call("POST", "/reset")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._api, timeout=5)
        try:
            headers = {"User-Agent": "chaos", "Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            assert answer.status < http.client.BAD_REQUEST, answer.read()
        finally:
            connection.close()
