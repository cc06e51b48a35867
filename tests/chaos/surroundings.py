"""What stands around an axis in an act: small disks, a proxy, PostgreSQL, a bucket. An act whose tool this machine lacks is left out, and says so."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.proxy import INSTALL, Proxy, proxy_program
from tests.gateway import INSTALL as INSTALL_GATEWAY
from tests.gateway import Gateway, gateway_program, variables
from tests.postgres import INSTALL as INSTALL_POSTGRES
from tests.postgres import PostgresServer, server_here

DISKS = {"content": "96m", "state": "48m", "kafka/node-1/data": "400m"}
"""Folder below `var` -> size of the file system that is mounted there."""


class LeftOutError(Exception):
    """This machine cannot play the act; the message says what would let it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What faults may lay hands on besides the processes."""

    nodes: int = 1
    engine_only: bool = False
    """Three processors and a judge that lets everything pass; no doors, no mail, no register."""

    environment: Mapping[str, str] = field(default_factory=dict)
    proxy: Proxy | None = None
    postgres: PostgresServer | None = None
    bucket: Gateway | None = None


@contextmanager
def plain(_var: Path) -> Iterator[Surroundings]:
    """One broker, SQLite, static members."""
    yield Surroundings()


@contextmanager
def three_nodes(_var: Path) -> Iterator[Surroundings]:
    """Three brokers that keep three copies, two of them in sync."""
    yield Surroundings(nodes=3)


@contextmanager
def dynamic_members(_var: Path) -> Iterator[Surroundings]:
    """Workers without stable numbers."""
    yield Surroundings(environment={"LIENTHONG_STATIC_MEMBERS": "false"})


@contextmanager
def behind_a_proxy(_var: Path) -> Iterator[Surroundings]:
    """Put a network between that can be slowed down and cut."""
    if (program := proxy_program()) is None:
        raise LeftOutError(INSTALL)
    with Proxy(program) as proxy:
        yield Surroundings(proxy=proxy)


@contextmanager
def on_postgres(_var: Path) -> Iterator[Surroundings]:
    """All state and the register in PostgreSQL."""
    if (server := server_here()) is None:
        raise LeftOutError(INSTALL_POSTGRES)
    with server:
        state, register = server.make_database("state"), server.make_database("register")
        yield Surroundings(
            postgres=server, environment={"LIENTHONG_STATE": state, "LIENTHONG_REGISTER_DATABASE": register}
        )


@contextmanager
def on_a_bucket(var: Path) -> Iterator[Surroundings]:
    """All contents in a bucket of a real S3 server."""
    if (program := gateway_program()) is None:
        raise LeftOutError(INSTALL_GATEWAY)
    with Gateway(program, var / "served") as gateway:
        yield Surroundings(bucket=gateway, environment=variables(gateway.port))


@contextmanager
def small_disks(var: Path) -> Iterator[Surroundings]:
    """Content store, state and broker each on a small file system."""
    with ExitStack() as mounted:
        for name, size in DISKS.items():
            folder = var / name
            folder.mkdir(parents=True, exist_ok=True)
            command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise LeftOutError(f"small disks need the right to mount: {done.stderr.strip()}")
            mounted.callback(subprocess.run, ["umount", "-l", str(folder)], check=False)
        yield Surroundings()


@contextmanager
def engine_only(_var: Path) -> Iterator[Surroundings]:
    """Leave all but the processors out, at the pace of life: for so many documents that signing and judging each would take a day."""
    yield Surroundings(engine_only=True)


MANY = "many"
ACTS: dict[str, Callable[[Path], AbstractContextManager[Surroundings]]] = {
    "one": plain,
    "dynamic": dynamic_members,
    "disks": small_disks,
    "network": behind_a_proxy,
    "postgres": on_postgres,
    "bucket": on_a_bucket,
    "three": three_nodes,
    MANY: engine_only,
}
"""Act -> what makes its surroundings in a fresh folder."""


def emptied(var: Path) -> Path:
    """Return an empty folder; what an earlier trial left mounted there goes first."""
    for name in DISKS:
        if (var / name).is_mount():
            subprocess.run(["umount", "-l", str(var / name)], check=False)
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    return var
