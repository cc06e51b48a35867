"""The supervisor: what crashed or stands still runs again, what must stop stops in order, and nothing is left behind."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from infra.supervise.child import Spec
from infra.supervise.ledger import group_members, start_ticks
from infra.supervise.supervisor import STOP_PATIENCE, Supervisor, backoff

SECONDS = 20.0
SAY_START = "import sys, time; open(sys.argv[1], 'a').write(f'{time.monotonic()}\\n')"
"""A process that notes when it started, and ends."""

SLOW = f"""{SAY_START}
import json, time
def say(position):
    open(sys.argv[2], "w").write(json.dumps({{"lag": 9, "positions": {{"t/0": position}}, "at": time.monotonic()}}))
say(0)
time.sleep(1.8)
for position in range(1, 31):
    say(position)
    time.sleep(0.05)
time.sleep(60)
"""
"""Takes nearly two seconds for its first step."""

STANDS_STILL = """
import json, sys, time
open(sys.argv[2], "w").write(json.dumps({"lag": int(sys.argv[1]), "positions": {"t/0": 7}, "at": time.monotonic()}))
time.sleep(600)
"""
OBEYS = """
import signal, sys, time
def stop(*_):
    open(sys.argv[1], "a").write(sys.argv[2] + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("up", flush=True)
time.sleep(600)
"""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("up", flush=True)
time.sleep(600)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """Yield a supervisor of nothing; whatever a test starts is over afterwards."""
    made = Supervisor(run_folder=tmp_path / "run", log_folder=tmp_path / "log", environment={})
    yield made
    made.stop_all()


def spec(
    name: str,
    code: str,
    *arguments: str,
    rank: int = 1,
    progress: Path | None = None,
    once: bool = False,
    patience: float = 0.4,
) -> Spec:
    """Return a small Python process; its patience is short."""
    argv = (sys.executable, "-S", "-c", code, *arguments)
    return Spec(name=name, argv=argv, rank=rank, once=once, progress=progress, patience=patience)


def tick_until(supervisor: Supervisor, done: Callable[[], bool]) -> None:
    """Look after the processes until something is true; fail when it does not become so."""
    until = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < until, "it did not happen in time"
        supervisor.tick()
        time.sleep(0.01)


def test_what_crashes_runs_again_and_waits_longer_each_time(supervisor: Supervisor, tmp_path: Path) -> None:
    """It ends with 3 at once, again and again: started anew after 0.5 s, then after 1 s, each time with reason and last words."""
    starts, said = tmp_path / "starts", []
    supervisor.on_restart = lambda *words: said.append(words)
    supervisor.start(spec("fragile", f"{SAY_START}; sys.exit('because of me')", str(starts)))
    tick_until(supervisor, lambda: starts.exists() and len(starts.read_text().splitlines()) == 3)
    times = [float(line) for line in starts.read_text().splitlines()]

    assert [("fragile", "exit_1", "because of me")] * 2 == said
    assert times[1] - times[0] >= backoff(1)
    assert times[2] - times[1] >= backoff(2)
    assert {"fragile": 2} == supervisor.restarts()


def test_the_wait_has_a_bound() -> None:
    """Half a second at first, doubled at each crash, never more than 20 s."""
    assert [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0] == [backoff(crashes) for crashes in range(1, 9)]


def test_a_process_that_says_its_environment_is_wrong_is_tried_again(supervisor: Supervisor) -> None:
    """Exit code 2 has a name of its own: what is missing may come (reference data, a broker), so it is not given up."""
    said: list[str] = []
    supervisor.on_restart = lambda _name, why, _said: said.append(why)
    supervisor.start(spec("early", "raise SystemExit(2)"))
    tick_until(supervisor, lambda: bool(said))

    assert ["cannot_start"] == said


def test_what_ends_by_itself_is_not_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    """A process that runs once leaves its exit code, and no second start."""
    starts = tmp_path / "starts"
    supervisor.start(spec("once", f"{SAY_START}; sys.exit(4)", str(starts), once=True))
    tick_until(supervisor, lambda: supervisor.exit_code("once") is not None)
    supervisor.tick()

    assert 4 == supervisor.exit_code("once")
    assert 1 == len(starts.read_text().splitlines())
    assert {} == supervisor.pids()


@pytest.mark.parametrize("lag", [1, 0])
def test_what_lives_and_does_not_move_runs_again(supervisor: Supervisor, tmp_path: Path, lag: int) -> None:
    """Work waits and the positions stand still (lag 1), or it says nothing any more at all (lag 0): killed and started anew."""
    progress, said = tmp_path / "progress", []
    supervisor.on_restart = lambda name, why, _said: said.append((name, why))
    supervisor.start(spec("stuck", STANDS_STILL, str(lag), str(progress), progress=progress))
    first = supervisor.pids()["stuck"]
    tick_until(supervisor, lambda: supervisor.pids().get("stuck", first) != first)

    assert ("stuck", "no_progress") == said[0]
    assert start_ticks(first) is None


def test_what_is_merely_slow_is_given_more_time(supervisor: Supervisor, tmp_path: Path) -> None:
    """Each restart for want of progress doubles the patience, so that a slow machine does not end the same work for ever."""
    progress, starts = tmp_path / "progress", tmp_path / "starts"
    supervisor.start(spec("slow", SLOW, str(starts), str(progress), progress=progress, patience=1.0))
    tick_until(supervisor, lambda: progress.exists() and '"t/0": 30' in progress.read_text())

    assert 2 <= len(starts.read_text().splitlines()) <= 3
    assert 0 == supervisor._watches["slow"].standstills


def test_what_waits_for_work_is_left_alone(supervisor: Supervisor, tmp_path: Path) -> None:
    """Nothing waits: positions may stand still as long as it goes on saying so."""
    progress = tmp_path / "progress"
    code = STANDS_STILL.replace("open(", "while True:\n  time.sleep(0.02)\n  open(")
    supervisor.start(spec("idle", code, "0", str(progress), progress=progress, patience=10.0))
    first = supervisor.pids()["idle"]
    tick_until(supervisor, progress.exists)
    supervisor._watches["idle"].child.spec = replace(supervisor._watches["idle"].child.spec, patience=1.0)
    until = time.monotonic() + 4.0
    tick_until(supervisor, lambda: time.monotonic() > until)

    assert {"idle": first} == supervisor.pids()


def test_all_stop_in_order_and_nobody_is_left(supervisor: Supervisor, tmp_path: Path) -> None:
    """The last rank stops first; who does not listen is killed with its children after its patience, and the rest still stops by itself."""
    order = tmp_path / "order"
    for rank, name in ((1, "ground"), (2, "worker"), (3, "play")):
        supervisor.start(spec(name, OBEYS, str(order), name, rank=rank))
    supervisor.start(spec("stubborn", STUBBORN, rank=2))
    logs = [tmp_path / "log" / f"{name}.log" for name in ("ground", "worker", "play", "stubborn")]
    tick_until(supervisor, lambda: all(log.exists() and "up" in log.read_text() for log in logs))
    pids = supervisor.pids()
    groups = {name: group_members(pid) for name, pid in pids.items()}
    started = time.monotonic()
    supervisor.stop_all()

    assert time.monotonic() - started < STOP_PATIENCE + 2
    assert ["play", "worker", "ground"] == order.read_text().splitlines()
    assert 2 == len(groups["stubborn"])
    assert {name: [] for name in pids} == {name: group_members(pid) for name, pid in pids.items()}
