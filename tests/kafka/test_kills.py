"""A whole week while processes are killed: nothing lost, nothing done twice, every alert that was due raised once."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from infra.clock import open_clock
from infra.content import open_content
from infra.reference import Follower
from infra.settings import Settings
from infra.supervise.ledger import start_ticks
from tests.demo_week import audit, week
from tests.recount import alerts_due, alerts_raised

SAMPLE, FULL = 40, 2_000
"""Packets of the week: in `make test`, and in `make test-slow`."""

VICTIMS = ("verifier-0", "router-0", "watcher-0", "register", "intake")
TWICE = [*VICTIMS, *reversed(VICTIMS)]
SECONDS = 420.0
FULL_SECONDS = 1_800.0
LOOK_SECONDS = 0.05

pytestmark = pytest.mark.alone


def handed_over(settings: Settings) -> int:
    """Return how many packets of the week were handed over so far."""
    try:
        return int(json.loads((settings.var / "demo" / "progress.json").read_text())["handed_over"])
    except (OSError, ValueError):
        return 0


def kill(settings: Settings, name: str) -> None:
    """End a process of the axis as kill -9 does, by the pid that was recorded of it."""
    pid, ticks = json.loads((settings.run_folder / "processes.json").read_text())[name]
    if start_ticks(pid) == ticks:
        os.kill(pid, signal.SIGKILL)


def play_and_kill(settings: Settings, said: Path, packets: int, seconds: float) -> None:
    """Play the week; at each eleventh of it the next victim dies."""
    ends = time.monotonic() + seconds
    with week(settings, said, "--packets", str(packets)) as running:
        for number, victim in enumerate(TWICE, start=1):
            while handed_over(settings) < number * packets / (len(TWICE) + 1):
                assert running.poll() is None, said.with_suffix(".err").read_text()[-2_000:]
                assert time.monotonic() < ends, f"no progress before the death of {victim}"
                time.sleep(LOOK_SECONDS)  # polling the play's own count
            kill(settings, victim)
        running.wait(max(1.0, ends - time.monotonic()))


@pytest.mark.parametrize(
    ("packets", "seconds"),
    [
        pytest.param(SAMPLE, SECONDS, marks=pytest.mark.timeout(SECONDS + 120)),
        pytest.param(FULL, FULL_SECONDS, marks=[pytest.mark.slow, pytest.mark.timeout(FULL_SECONDS + 120)]),
    ],
)
def test_a_week_of_kills_loses_nothing_and_repeats_nothing(
    settings: Settings, tmp_path: Path, packets: int, seconds: float
) -> None:
    """Verifier, router, watcher, register and intake die twice each while the packets cross the province."""
    said = tmp_path / "up.json"
    play_and_kill(settings, said, packets, seconds)
    result = json.loads(said.read_text())
    odd = [row for row in result["outcomes"] if row["expected"] != row["actual"]]
    assert ([], True) == (odd, result["ok"])
    assert packets == len(result["outcomes"])

    code, judged = audit(settings)
    broken = {name: judged[name] for name in ("lost", "duplicate_effects", "unexplained")}
    assert (0, {"lost": [], "duplicate_effects": [], "unexplained": []}) == (code, broken)

    references = Follower(settings, open_content(settings))
    references.start()
    due = alerts_due(settings, references.current(), open_clock(settings).now())
    references.stop()
    assert sorted(due) == alerts_raised(settings)
    assert {"FIRING", "RESOLVED"} == {state for _, state, _, _ in due}
    assert {0, 1, 2, 3} <= {level for _, _, level, _ in due}
