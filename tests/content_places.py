"""The content stores under test, each with a way to what lies in it that goes past the store."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from infra.content import CHUNK, ContentStore, open_content
from infra.settings import Settings
from tests.gateway import BUCKET, INSTALL, PREFIX, Gateway, gateway_program, variables
from tests.s3_stand_in import StandIn, stand_in

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


def named(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a bucket behind a port in the environment, for this process and those it starts."""
    for name, value in variables(port).items():
        monkeypatch.setenv(name, value)


@contextmanager
def versitygw(folder: Path) -> Iterator[int]:
    """Run the real server over a folder; without its program skip the test, except where CI=true."""
    program = gateway_program()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    with Gateway(program, folder) as gateway:
        yield gateway.port


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
