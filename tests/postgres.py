"""A PostgreSQL server that lives as long as the test run, on a free loopback port, with a new database for each test."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import create_engine, text

INSTALL = "PostgreSQL is not installed: apt-get install postgresql"
SECONDS = 60


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parent.parent.name))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _user() -> str | None:
    """Return the account the server must run under: it refuses to be root."""
    return "postgres" if os.geteuid() == 0 else None


class PostgresServer:
    """One cluster in a folder of its own; use it as a context."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="lienthong-pg-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"postgresql+psycopg://axis@127.0.0.1:{self._port}"
        """Without a database."""

    def __enter__(self) -> Self:
        user, cluster = _user(), str(self._folder / "cluster")
        if user:
            os.chown(self._folder, pwd.getpwnam(user).pw_uid, -1)
        try:
            self._call("initdb", "-D", cluster, "-U", "axis", "-A", "trust", "--no-sync", "-E", "UTF8")
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_raised: object) -> None:
        with suppress(subprocess.CalledProcessError):  # it may be stopped already
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        options = f"-c listen_addresses=127.0.0.1 -p {self._port} -k {self._folder} -c fsync=off -c max_connections=90"
        self._call(
            "pg_ctl", "-D", str(self._folder / "cluster"), "-w", "-l", str(self._folder / "log"), "-o", options, "start"
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `immediate` cuts every connection off and leaves the log to be replayed."""
        self._call("pg_ctl", "-D", str(self._folder / "cluster"), "-m", mode, "stop")

    def make_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        admin = create_engine(f"{self.url}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"create database {name}"))
        admin.dispose()
        return f"{self.url}/{name}"

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, user=_user(), cwd=self._folder, timeout=SECONDS, stdout=subprocess.DEVNULL)


def server_here() -> PostgresServer | None:
    """Return a server that is not started yet; None where PostgreSQL is not installed."""
    programs = _programs()
    return PostgresServer(programs) if programs else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the URL of a server, without a database; skip where there is none, except where CI=true."""
    server = server_here()
    if server is None:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    with server:
        yield server.url


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """Yield the URL of an empty database."""
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = create_engine(f"{postgres_server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield f"{postgres_server}/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database of either kind."""
    return (
        str(request.getfixturevalue("postgres"))
        if request.param == "postgres"
        else f"sqlite:///{tmp_path / 'state.sqlite'}"
    )
