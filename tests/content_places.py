"""The content stores under test, each with a way to what lies in it that goes past the store."""

import hashlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from infra.content import CHUNK, ContentStore, open_content
from infra.kafka.places import free_ports
from infra.settings import Settings
from tests.axis import until
from tests.s3_stand_in import StandIn, stand_in

INSTALL = "go install github.com/versity/versitygw/cmd/versitygw@v1.7.0"
BUCKET, PREFIX = "contents", "truc/a"
KEY, SECRET = "axis", "kept-to-ourselves"
PDF = "application/pdf"
LARGE = b"0123456789abcdef" * (11 * CHUNK // 16) + b"end"
"""More than two parts of an upload."""


def digest(content: bytes) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(content).hexdigest()


def name(content: bytes) -> str:
    """Return where bytes lie."""
    return f"{digest(content)[:2]}/{digest(content)}"


class Place(Protocol):
    """One store: `settings` name it, `store` is it."""

    @property
    def settings(self) -> Settings:
        """Return the settings that name it."""

    @property
    def store(self) -> ContentStore:
        """Return the store."""

    def names(self) -> list[str]:
        """Return the names of all that anybody can see there."""

    def lay(self, name: str, content: bytes) -> None:
        """Put other bytes under a name."""

    def remove(self, name: str) -> None:
        """Remove what lies there."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Files below a folder: the folder store's, or those of a server that keeps objects as files."""

    settings: Settings
    folder: Path

    @property
    def store(self) -> ContentStore:
        """Return the store."""
        return open_content(self.settings)

    def names(self) -> list[str]:
        """Return every file."""
        return sorted(str(each.relative_to(self.folder)) for each in self.folder.rglob("*") if each.is_file())

    def lay(self, name: str, content: bytes) -> None:
        """Write into the file."""
        (self.folder / name).write_bytes(content)

    def remove(self, name: str) -> None:
        """Remove the file."""
        (self.folder / name).unlink()


@dataclass(frozen=True, slots=True)
class Bucket:
    """Objects of the stand-in."""

    settings: Settings
    server: StandIn

    @property
    def store(self) -> ContentStore:
        """Return the store."""
        return open_content(self.settings)

    def names(self) -> list[str]:
        """Return every object below the prefix."""
        return sorted(each.removeprefix(f"{PREFIX}/") for each in self.server.objects)

    def lay(self, name: str, content: bytes) -> None:
        """Replace the object."""
        self.server.objects[f"{PREFIX}/{name}"] = content

    def remove(self, name: str) -> None:
        """Remove the object."""
        del self.server.objects[f"{PREFIX}/{name}"]


def variables(port: int) -> dict[str, str]:
    """Return the variables that name a bucket behind a port."""
    return {
        "LIENTHONG_CONTENT": f"s3://{BUCKET}/{PREFIX}",
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }


def named(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a bucket behind a port in the environment, for this process and those it starts."""
    for name, value in variables(port).items():
        monkeypatch.setenv(name, value)


@contextmanager
def versitygw(folder: Path) -> Iterator[int]:
    """Run the real server over a folder, with one bucket; without its program skip the test, except where CI=true."""
    go = Path(os.environ.get("GOPATH", Path.home() / "go")) / "bin" / "versitygw"
    program = shutil.which("versitygw") or (str(go) if go.exists() else "")
    if not program:
        missing = f"versitygw is not installed: {INSTALL}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    (folder / BUCKET).mkdir(parents=True)
    (port,) = free_ports(1)
    command = [program, "--port", f"127.0.0.1:{port}", "--access", KEY, "--secret", SECRET, "--health", "/health"]
    with (folder.parent / "versitygw.log").open("wb") as out:
        server = subprocess.Popen([*command, "posix", str(folder)], stdout=out, stderr=out)
    try:
        until(lambda: server.poll() is not None or _listens(port))
        yield port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def place(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Open a store of a kind: folder, stand-in, versitygw."""
    monkeypatch.setenv("LIENTHONG_VAR", str(folder / "var"))
    if kind == "folder":
        yield Folder(Settings.load(), folder / "var" / "content")
    elif kind == "stand-in":
        with stand_in(BUCKET) as server:
            named(server.server_port, monkeypatch)
            yield Bucket(Settings.load(), server)
    else:
        with versitygw(folder / "served") as port:
            named(port, monkeypatch)
            yield Folder(Settings.load(), folder / "served" / BUCKET / PREFIX)


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
