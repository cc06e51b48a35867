"""After kill -9 of a supervisor: whatever is left is ended by the next one, and never a stranger."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.cli import cli
from infra.supervise.ledger import Ledger, group_members, start_ticks
from infra.supervise.seat import SeatTakenError, seat, sitting

CLEAR = "import ctypes; ctypes.CDLL(None).prctl(1, 0)"
"""Undoes PR_SET_PDEATHSIG: stands for a process that the death of its parent does not reach."""

DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN)"
"""Stands for a process that does not listen when it is asked to stop; its children inherit that."""

PARENT = """
import subprocess, sys, time
{clear}
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
SUPERVISOR = """
import sys, time
from pathlib import Path
from infra import logs
from infra.supervise.child import Spec
from infra.supervise.supervisor import Supervisor
run, log = Path(sys.argv[1]), Path(sys.argv[2])
logs.configure("test")
made = Supervisor(run_folder=run, log_folder=log, environment={})
made.start(Spec(name="worker", argv=(sys.executable, "-c", sys.argv[3]), rank=1))
while not (log / "worker.log").read_text():
    time.sleep(0.01)
print(made.pids()["worker"], (log / "worker.log").read_text().strip(), flush=True)
time.sleep(600)
"""
SITTER = """
import signal, sys, time
from pathlib import Path
from infra.supervise.seat import seat
from infra.supervise.interrupt import Interrupt
interrupt = Interrupt()
interrupt.listen()
with seat(Path(sys.argv[1])):
    print("sits", flush=True)
    while not interrupt.asked:
        time.sleep(0.01)
"""


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process of somebody else, leader of a group of its own."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def killed_supervisor(tmp_path: Path, clear: str) -> tuple[int, int]:
    """Start a supervisor with a worker that has a child, end it by kill -9; return the pids of worker and child."""
    argv = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "run"), str(tmp_path / "log"), PARENT.format(clear=clear)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        worker, child = (int(pid) for pid in process.stdout.readline().split())
        ended = os.pidfd_open(worker)
        process.kill()
        process.wait()
    if CLEAR not in clear:
        assert is_over(ended)
    os.close(ended)
    return worker, child


def is_over(pidfd: int) -> bool:
    """Wait until a process that is no child of ours ended; False if it does not within ten seconds."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(10_000))


@pytest.mark.parametrize(
    ("clear", "name"),
    [
        ("", "worker (children)"),
        (CLEAR, "worker"),
        (DEAF, "worker (children)"),
        (f"{CLEAR}; {DEAF}", "worker"),
    ],
    ids=["its child", "it and its child", "its deaf child", "deaf, and its child"],
)
def test_the_next_supervisor_ends_what_is_left(tmp_path: Path, clear: str, name: str) -> None:
    """A worker dies with its supervisor, its child does not; or the worker itself stays: `down` ends either, with the whole group, whether they listen or not."""
    worker, child = killed_supervisor(tmp_path, clear)

    assert child in group_members(worker)

    answer = CliRunner().invoke(cli, ["down", "--json"], env={"LIENTHONG_VAR": str(tmp_path)})

    assert ({"ended": [name]}, 0) == (json.loads(answer.stdout), answer.exit_code)
    assert [] == group_members(worker)
    assert start_ticks(child) is None


def test_down_may_be_repeated(tmp_path: Path) -> None:
    """Where nothing runs, nothing is ended."""
    answer = CliRunner().invoke(cli, ["down", "--json"], env={"LIENTHONG_VAR": str(tmp_path)})

    assert ({"ended": []}, 0) == (json.loads(answer.stdout), answer.exit_code)


def test_a_pid_that_belongs_to_a_stranger_by_now_is_spared(tmp_path: Path, stranger: subprocess.Popen[bytes]) -> None:
    """The recorded pid lives, but it started at another moment: not ours, not ended, and forgotten."""
    ledger = tmp_path / "processes.json"
    ledger.write_text(json.dumps({"worker": [stranger.pid, (start_ticks(stranger.pid) or 0) - 1]}))

    assert [] == Ledger(ledger).end_leftovers()
    assert stranger.poll() is None
    assert {} == json.loads(ledger.read_text())


def test_after_another_boot_nothing_recorded_is_ours(tmp_path: Path, stranger: subprocess.Popen[bytes]) -> None:
    """Ticks count from the boot: the same pid at the same tick of another boot is a stranger."""
    ledger = Ledger(tmp_path / "processes.json")
    ledger.add("worker", stranger.pid)
    (tmp_path / "processes.boot").write_text("another\n")

    assert [] == Ledger(tmp_path / "processes.json").end_leftovers()
    assert stranger.poll() is None


def test_the_group_of_a_stranger_whose_leader_died_is_spared(tmp_path: Path) -> None:
    """Our process ended; its number went to a stranger, who died and left children. They are older than ours was at its start, so they are not ours."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.format(clear="")], stdout=subprocess.PIPE, start_new_session=True
    ) as leader:
        assert leader.stdout is not None
        child = int(leader.stdout.readline())
        born = start_ticks(child) or 0
        leader.kill()
    ledger = tmp_path / "processes.json"
    ledger.write_text(json.dumps({"worker": [leader.pid, born + 1]}))

    assert [] == Ledger(ledger).end_leftovers()
    assert born == start_ticks(child)

    ledger.write_text(json.dumps({"worker": [leader.pid, born]}))

    assert ["worker (children)"] == Ledger(ledger).end_leftovers()
    assert start_ticks(child) is None


@pytest.mark.parametrize("written", ["", "{", "[]", '{"worker": 7}', '{"worker": ["x", "y"]}'])
def test_a_ledger_that_cannot_be_read_ends_nobody(tmp_path: Path, written: str) -> None:
    """Cut short by a crash, or not ours: nothing in it is worth a kill."""
    (tmp_path / "processes.json").write_text(written)

    assert [] == Ledger(tmp_path / "processes.json").end_leftovers()


def test_a_folder_has_one_supervisor(tmp_path: Path) -> None:
    """A second one on the same folder is refused while the first lives; `down` asks the first to stop, and the seat is free."""
    with subprocess.Popen([sys.executable, "-c", SITTER, str(tmp_path / "run")], stdout=subprocess.PIPE) as sitter:
        assert sitter.stdout is not None
        assert b"sits\n" == sitter.stdout.readline()
        assert sitter.pid == sitting(tmp_path / "run")
        with pytest.raises(SeatTakenError), seat(tmp_path / "run"):
            pass
        answer = CliRunner().invoke(cli, ["down", "--json"], env={"LIENTHONG_VAR": str(tmp_path)})

        assert {"ended": ["up"]} == json.loads(answer.stdout)
        assert 0 == sitter.wait()
    with seat(tmp_path / "run"):
        assert os.getpid() == sitting(tmp_path / "run")


def test_a_seat_left_by_a_stranger_is_free(tmp_path: Path, stranger: subprocess.Popen[bytes]) -> None:
    """The note of a killed supervisor names a pid that is somebody else's by now: nobody sits here, nobody is asked to stop."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "up.json").write_text(json.dumps({"pid": stranger.pid, "ticks": 1}))
    answer = CliRunner().invoke(cli, ["down", "--json"], env={"LIENTHONG_VAR": str(tmp_path)})

    assert {"ended": []} == json.loads(answer.stdout)
    assert stranger.poll() is None
