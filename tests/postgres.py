"""A PostgreSQL server that lives as long as the test run, on a free loopback port, with a new database for each test."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the URL of a server, without a database; skip where there is none, except where CI=true."""
    programs = _programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="lienthong-pg-"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cluster = folder / "cluster"
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off -c max_connections=50"

    def call(*arguments: str) -> None:
        subprocess.run(arguments, check=True, user=user, cwd=folder, timeout=SECONDS, stdout=subprocess.DEVNULL)

    try:
        call(str(programs / "initdb"), "-D", str(cluster), "-U", "axis", "-A", "trust", "--no-sync", "-E", "UTF8")
        pg_ctl = str(programs / "pg_ctl")
        call(pg_ctl, "-D", str(cluster), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://axis@127.0.0.1:{port}"
        finally:
            call(pg_ctl, "-D", str(cluster), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
