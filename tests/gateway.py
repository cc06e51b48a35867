"""versitygw, a real S3 server, over a folder: one bucket, on a free loopback port that it keeps from start to start."""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Self

from infra.kafka.places import free_ports
from tests.axis import until

INSTALL = "versitygw is not installed: go install github.com/versity/versitygw/cmd/versitygw@v1.7.0"
BUCKET, PREFIX = "contents", "truc/a"
KEY, SECRET = "axis", "kept-to-ourselves"


def variables(port: int) -> dict[str, str]:
    """Return the variables that name a bucket behind a port."""
    return {
        "LIENTHONG_CONTENT": f"s3://{BUCKET}/{PREFIX}",
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }


def gateway_program() -> str | None:
    """Return the server's program; None where there is none."""
    go = Path(os.environ.get("GOPATH", Path.home() / "go")) / "bin" / "versitygw"
    return shutil.which("versitygw") or (str(go) if go.exists() else None)


class Gateway:
    """The server; use it as a context."""

    def __init__(self, program: str, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self.folder = folder
        address = f"127.0.0.1:{self.port}"
        self._command = [program, "--port", address, "--access", KEY, "--secret", SECRET, "--health", "/health"]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        (self.folder / BUCKET).mkdir(parents=True)
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it listens."""
        with self.folder.with_name("versitygw.log").open("ab") as out:
            self._process = subprocess.Popen([*self._command, "posix", str(self.folder)], stdout=out, stderr=out)
        until(lambda: self._ended() or self._listens())
        assert not self._ended(), self.folder.with_name("versitygw.log").read_text()

    def kill(self) -> None:
        """End it at once, uploads under way too."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _listens(self) -> bool:
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self.port)) == 0
