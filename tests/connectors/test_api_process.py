"""The API as a process of its own: it says its port, takes 50 MB in constant memory, and stops in order."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from infra import processes
from infra.processes import Workers
from infra.settings import Settings
from tests.axis import environment, open_axis, publish_files, until
from tests.connectors.api_scene import clients_file, identities, token
from tests.connectors.doorway import ROOT

MEGABYTE = 1024 * 1024
SIZE = 50 * MEGABYTE
GROWTH = 24 * MEGABYTE
"""What the process may grow by while 50 MB pass through it: its pieces, and what the interpreter keeps."""


@contextmanager
def process(settings: Settings, clients: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the API."""
    given = {**os.environ, **environment(settings), "LIENTHONG_API_CLIENTS": str(clients), **more}
    settings.var.mkdir(parents=True, exist_ok=True)
    with (settings.var / "api.log").open("ab") as out:
        started = subprocess.Popen([sys.executable, "-m", "connectors", "api"], cwd=ROOT, env=given, stderr=out)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def url(settings: Settings, running: subprocess.Popen[bytes]) -> str:
    """Return where it answers, as soon as it says so."""
    note = settings.run_folder / "api.port"
    until(lambda: note.exists() or running.poll() is not None)
    return f"http://127.0.0.1:{note.read_text()}"


def memory(running: subprocess.Popen[bytes], name: str) -> int:
    """Return VmRSS or VmHWM in bytes."""
    lines = Path(f"/proc/{running.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def test_fifty_megabytes_in_constant_memory(settings: Settings, tmp_path: Path) -> None:
    """The peak while 50 MB come in, over what the process needs after a small one; then SIGTERM ends it with 0."""
    open_axis(settings, kinds=("directory",))
    publish_files(settings, {"identities": {"identities.csv": identities()}})
    with process(settings, clients_file(tmp_path)) as running:
        address = url(settings, running)
        small = httpx.post(f"{address}/v1/documents", content=b"x" * MEGABYTE, headers=token("tinh"), timeout=60)
        before = memory(running, "VmRSS")
        chunks = (bytes([number]) * MEGABYTE for number in range(50))
        large = httpx.post(f"{address}/v1/documents", content=chunks, headers=token("tinh"), timeout=60)
        grown = memory(running, "VmHWM") - before
        (lies,) = [
            each
            for each in (settings.var / "clients" / "tinh" / "outbox").glob("*.edxml")
            if each.stat().st_size == SIZE
        ]
        running.send_signal(signal.SIGTERM)

        assert [202, 202] == [small.status_code, large.status_code]
        assert lies.name == f"{large.json()['digest']}.edxml"
        assert grown < GROWTH
        assert 0 == running.wait(15)


@pytest.mark.parametrize(
    ("text", "says"), [("[clients.A]\n", "small letters"), ("[clients.a]\ntokens = ['x']\n", "clients.a.tokens")]
)
def test_a_file_that_is_wrong_is_told(settings: Settings, tmp_path: Path, text: str, says: str) -> None:
    """It does not start; its log says what to mend."""
    open_axis(settings, kinds=("directory",))
    file = tmp_path / "clients.toml"
    file.write_text(text)
    file.chmod(0o600)
    with process(settings, file) as running:
        assert 2 == running.wait(60)

    assert says in (settings.var / "api.log").read_text()


def test_the_axis_runs_it_where_it_has_clients(tmp_path: Path) -> None:
    """`up` starts it only then, and tells it where its clients are and which port is its own over all restarts."""
    bare = Settings(var=tmp_path)
    asked = Settings(var=tmp_path, api_clients=tmp_path / "clients.toml", api_port=4321)
    names = [[spec.name for spec in processes.axis(each, Workers())] for each in (bare, asked)]
    said = processes.told(asked)

    assert [*names[0], "api", "preflight"] == names[1]
    assert (str(tmp_path / "clients.toml"), "4321") == (said["LIENTHONG_API_CLIENTS"], said["LIENTHONG_API_PORT"])
    assert "LIENTHONG_API_PORT" not in processes.told(bare)
