"""Uploads through the HTTP API, beside nginx (WebDAV's PUT) storing the same bodies, by the same generator, in turns.

The API answers when a packet and the record of its handover are on disk (five synced writes); nginx answers when it has written,
and syncs nothing. Nobody takes the packets out of the door meanwhile: that is intake's work, measured by others.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from connectors.register import tables
from infra.kafka.places import free_ports
from infra.settings import Settings
from infra.state.database import open_database
from tests.axis import environment, publish_files, until
from tests.bench.ground import Ground
from tests.bench.http_load import Asked
from tests.connectors.packets import PROVINCE
from tests.reference_files import demo_files

TOKEN = "of the bench"  # noqa: S105 - of this run alone
NAME = "bench"
SIZE = 200_000
CONNECTIONS = 24
MEGABYTE = 1024 * 1024
TICKS = os.sysconf("SC_CLK_TCK")
NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; worker_rlimit_nofile 4096;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_max_body_size 64m; client_body_buffer_size 16k; keepalive_requests 10000000;
  client_body_temp_path {folder}/temp; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ root {folder}/stored; dav_methods PUT; create_full_put_path on; }} }}
}}
"""
LIMITS = """
[limits]
requests_per_minute = 10000000
documents_per_minute = 10000000
uploads_at_once = 256
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running contender."""

    name: str
    pid: int
    port: int
    method: str
    path: str
    headers: tuple[str, ...]
    stored: Path
    """Emptied between laps."""


def measure(
    made: Ground, *, rate: float, seconds: float, rounds: int, say: Callable[[str], None]
) -> dict[str, dict[str, list[float]]]:
    """Return unit -> what -> values; without nginx on this machine, the API alone."""
    found: dict[str, dict[str, list[float]]] = {}

    def note(unit: str, what: str, value: float) -> None:
        found.setdefault(unit, {}).setdefault(what, []).append(value)

    number = 0
    with _api(made.settings) as ours, _nginx(made.settings.var / "nginx") as theirs:
        both = [each for each in (ours, theirs) if each is not None]
        laps = [(each, rate, int(rate * seconds)) for each in both]
        flat_out = [(each, 0.0, int(rate * seconds / 6)) for _ in range(rounds) for each in both]
        for server, wanted, requests in (*laps, *flat_out):
            said = _lap(server, wanted, requests, number)
            number += requests
            how = f"{server.name} at {wanted:g}/s" if wanted else f"{server.name} flat out"
            say(f"{how}: {json.dumps(said)}")
            for unit, key in (("requests/s", "rate"), ("ms, p50", "p50_ms"), ("ms, p99", "p99_ms")):
                note(unit, how, said[key])
            note("ms CPU a request", how, said["cpu_ms"])
            if wanted:
                note("MB resident, first fifth at most", how, said["rss_first"])
                note("MB resident, afterwards at most", how, said["rss_later"])
    return found


def _lap(server: Server, rate: float, requests: int, first: int) -> dict[str, Any]:
    """Let the generator run once; raise ValueError where anything was refused."""
    asked = Asked(
        port=server.port, method=server.method, path=server.path, headers=server.headers, connections=CONNECTIONS,
        requests=requests, rate=rate, size=SIZE, first=first,
    )  # fmt: skip
    before, sizes, ending = _cpu(server.pid), list[float](), threading.Event()
    watching = threading.Thread(target=_watch, args=(server.pid, sizes, ending))
    watching.start()
    try:
        command = [sys.executable, "-m", "tests.bench.http_load", json.dumps(asdict(asked))]
        done = subprocess.run(command, check=True, capture_output=True)
    finally:
        ending.set()
        watching.join()
    said: dict[str, Any] = json.loads(done.stdout)
    if not set(said["statuses"]) <= {"201", "202"}:
        raise ValueError(f"{server.name}: {said['statuses']}")
    fifth = max(1, len(sizes) // 5)
    shutil.rmtree(server.stored, ignore_errors=True)
    server.stored.mkdir(parents=True)
    if server.method == "POST":
        (server.stored / ".spool").mkdir()
    return said | {
        "cpu_ms": (_cpu(server.pid) - before) * 1000 / requests,
        "rss_first": max(sizes[:fifth]),
        "rss_later": max(sizes[fifth:] or sizes),
    }


def _watch(pid: int, sizes: list[float], ending: threading.Event) -> None:
    while True:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        sizes.append(next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")))
        if ending.wait(0.5):
            return


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def _api(settings: Settings) -> Iterator[Server]:
    rows = demo_files()["identities.csv"] + f"client,{NAME},{PROVINCE},bàn thử\n".encode()
    publish_files(settings, {"identities": {"identities.csv": rows}})
    open_database(settings.register_url, tables.METADATA).dispose()
    file = settings.var / "clients.toml"
    digest = hashlib.sha256(TOKEN.encode()).hexdigest()
    file.write_text(f'[clients.{NAME}]\ntokens = ["{digest}"]\n{LIMITS}', encoding="utf-8")
    file.chmod(0o600)
    given = {**os.environ, **environment(settings), "LIENTHONG_API_CLIENTS": str(file)}
    with (settings.var / "api.log").open("wb") as log:
        running = subprocess.Popen([sys.executable, "-m", "connectors", "api"], env=given, stderr=log)
    note = settings.run_folder / "api.port"
    try:
        until(lambda: note.exists() or running.poll() is not None)
        yield Server(
            name="lienthong", pid=running.pid, port=int(note.read_text(encoding="ascii")), method="POST",
            path="/v1/documents", headers=(f"Authorization: Bearer {TOKEN}", "Content-Type: application/octet-stream"),
            stored=settings.var / "clients" / NAME / "outbox",
        )  # fmt: skip
    finally:
        running.kill()
        running.wait()


@contextmanager
def _nginx(folder: Path) -> Iterator[Server | None]:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        yield None
        return
    (folder / "stored").mkdir(parents=True)
    (folder / "temp").mkdir()
    (port,) = free_ports(1)
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port), encoding="utf-8")
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    running = subprocess.Popen([program, "-c", str(config), "-p", str(folder), *user])
    try:
        until(lambda: (folder / "pid").exists() or running.poll() is not None)
        time.sleep(0.2)  # it writes its pid just before it listens
        yield Server(
            name="nginx", pid=running.pid, port=port, method="PUT", path="/NUMBER.edxml",
            headers=(), stored=folder / "stored",
        )  # fmt: skip
    finally:
        running.kill()
        running.wait()
