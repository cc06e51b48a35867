"""While the demo plays, a real Prometheus by the shipped configuration has an answer for every panel of the dashboard."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.kafka import clients
from infra.pages import ROOT
from infra.settings import Settings
from tests.axis import until
from tests.demo_week import audit, told
from tests.prometheus import prometheus

START_SECONDS, ANSWER_SECONDS = 240.0, 300.0
BOARD = json.loads((ROOT / "infra" / "grafana" / "lienthong.json").read_text(encoding="utf-8"))
EXPRESSIONS = [target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", ())]

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(900)]


FETCHES = {"LIENTHONG_CRL_SOURCES": "no/folder/of/lists"}
"""One source more, so that what fetches lists runs as well."""


@contextmanager
def demo(settings: Settings, said: Path) -> Iterator[None]:
    """Play the demo's week, five simulated hours a minute, as long as the block lasts."""
    command = [sys.executable, "-m", "infra", "up", "--demo", "--clock", "300x"]
    with said.open("wb") as out:
        running = subprocess.Popen(
            command, stdout=out, stderr=out, env=told(settings) | FETCHES, start_new_session=True
        )
        try:
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


def pid_of(settings: Settings, process: str) -> int:
    """Return the pid that the supervisor recorded."""
    return int(json.loads((settings.run_folder / "processes.json").read_text())[process][0])


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def spoil(settings: Settings) -> None:
    """Do what a bad day does: a router and the judges are killed, somebody writes what is not ours."""
    os.kill(pid_of(settings, "router-0"), signal.SIGKILL)
    for judge in children(pid_of(settings, "verifier-0")):
        os.kill(judge, signal.SIGKILL)
    producer = clients.producer(settings)
    producer.produce(f"{settings.topic_prefix}document.signed", key=b"nobody", value=b"not ours")
    assert 0 == producer.flush(30)


def submit(settings: Settings, folder: Path) -> None:
    """Hand one more packet over: a judge that is dead is missed only when it is asked, and the week may have no more."""
    packet = str(folder / "one-more.edxml")
    for words in (("compose", packet), ("submit", packet)):
        command = [sys.executable, "-m", "infra", *words]
        subprocess.run(command, env=told(settings), check=True, capture_output=True, timeout=120)


def test_every_panel_has_an_answer(settings: Settings, tmp_path: Path) -> None:
    """Each expression as it stands in the file, with a minute for Grafana's interval; none stays empty."""
    targets = settings.run_folder / "targets"
    with demo(settings, tmp_path / "up.log"), prometheus(tmp_path, targets) as server:
        until(lambda: server.ready() and (targets / "notify.json").exists(), seconds=START_SECONDS)
        until(lambda: bool(server.ask("lienthong_verification_seconds_count > 0")), seconds=START_SECONDS)
        spoil(settings)
        submit(settings, tmp_path)
        audit(settings)
        empty, ends = EXPRESSIONS, time.monotonic() + ANSWER_SECONDS
        while empty and time.monotonic() < ends:
            time.sleep(1)  # the pause between two looks
            empty = [each for each in empty if not server.ask(each.replace("$__rate_interval", "1m"))]
        names = sorted(sample["metric"]["instance"] for sample in server.ask('up{job="lienthong"}'))

    assert [] == empty
    processes = ["deliver", "intake", "notify", "register", "router-0", "trust", "up", "verifier-0", "watcher-0"]
    assert processes == names
