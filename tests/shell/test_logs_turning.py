"""Log files keep within bounds while their processes live, and no line is lost by it, whoever writes and however the process ends."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.logfile import Bounds, LogFile, generation, turn_if_full
from infra.supervise.child import Spec
from infra.supervise.supervisor import Supervisor
from infra.supervise.words import Mark, last_words

SMALL = Bounds(file_bytes=2_000, generations=3)
WRITER = """
import sys
from pathlib import Path
from infra.logfile import Bounds, LogFile
log = LogFile(Path(sys.argv[1]), Bounds(file_bytes=50, generations=1_000))
print("ready", flush=True)
sys.stdin.readline()
for number in range(500):
    log.write(f"{sys.argv[2]}-{number}\\n")
"""
CHILD = """
import logging, os, signal
import structlog
from infra import logs
from infra.settings import Settings
logs.configure("child", out=logs.own_file(Settings.load().model_copy(update={"log_mb": 0.002, "log_generations": 99})))
for number in range(200):
    structlog.get_logger().info(f"said-{'x' * number}", number=number)
    os.write(2, f"raw-{number}\\n".encode())
    print(f"printed-{number}", flush=True)
structlog.get_logger().error("ending", why="of me")
os.kill(os.getpid(), signal.SIGKILL)
"""

CRASHING = """
from infra import logs
from infra.errors import EnvironmentFaultError
from infra.settings import Settings
logs.configure("child", out=logs.own_file(Settings.load()))
"""


def everything(path: Path) -> list[str]:
    """Return all lines of a log and its full files, the oldest first."""
    numbers = sorted((int(file.name.rpartition(".")[2]) for file in path.parent.glob(f"{path.name}.*")), reverse=True)
    files = [*(generation(path, number) for number in numbers), path]
    return [line for file in files for line in file.read_text().splitlines()]


def test_a_full_file_becomes_the_last_and_the_oldest_goes(tmp_path: Path) -> None:
    """A thousand lines of ten bytes: three full files and the one being written stay, each within its bound and one line; what stays is the newest."""
    path = tmp_path / "p.log"
    log = LogFile(path, SMALL)
    for number in range(1_000):
        log.write(f"line {number:04}\n")
    log.close()

    assert {"p.log", "p.log.1", "p.log.2", "p.log.3"} == {file.name for file in tmp_path.iterdir()}
    assert all(file.stat().st_size <= SMALL.file_bytes + 10 for file in tmp_path.iterdir())
    left = everything(path)
    assert [f"line {number:04}" for number in range(1_000 - len(left), 1_000)] == left


def test_several_writers_of_one_file_lose_nothing(tmp_path: Path) -> None:
    """Three processes, five hundred lines each, a new file every seven lines: every line once, whole, and in each one's own order."""
    path = tmp_path / "p.log"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        for name in "abc"
    ]
    for each in writers:
        assert each.stdout is not None
        assert b"ready\n" == each.stdout.readline()
    for each in writers:
        assert each.stdin is not None
        each.stdin.write(b"go\n")
    for each in writers:
        each.communicate(timeout=60)

    assert [0, 0, 0] == [each.returncode for each in writers]
    lines = everything(path)
    for name in "abc":
        assert [f"{name}-{number}" for number in range(500)] == [line for line in lines if line.startswith(name)]
    assert 1_500 == len(lines)


def test_a_file_taken_away_begins_anew(tmp_path: Path) -> None:
    """Somebody's own rotation, or a person, moves or removes the file: the next line stands in a new one."""
    path = tmp_path / "p.log"
    log = LogFile(path, SMALL)
    log.write("one\n")
    path.replace(tmp_path / "moved")
    log.write("two\n")
    path.unlink()
    log.write("three\n")
    log.close()

    assert ("one\n", "three\n") == ((tmp_path / "moved").read_text(), path.read_text())


def test_a_full_disk_costs_lines_never_the_process(tmp_path: Path) -> None:
    """Lines that cannot be written are counted; when there is room again, the log says how many."""
    path = tmp_path / "p.log"
    path.symlink_to("/dev/full")
    log = LogFile(path, SMALL)
    log.write("one\n")
    log.write("two\n")
    path.unlink()
    log.write("three\n")
    log.close()
    lines = [line for line in path.read_text().splitlines() if line]

    assert [{"event": "lines_unwritten", "count": 2}, "three"] == [json.loads(lines[0]), lines[1]]


def test_a_supervised_process_turns_its_own_file(tmp_path: Path) -> None:
    """Its lines, and what is written to stderr and stdout past our logging, all lie in files within the bound, until kill -9; why it ended is found."""
    path, said = tmp_path / "log" / "child.log", []
    supervisor = Supervisor(run_folder=tmp_path / "run", log_folder=tmp_path / "log", environment=dict(os.environ))
    supervisor.on_restart = lambda *words: said.append(words)
    supervisor.start(Spec(name="child", argv=(sys.executable, "-c", CHILD), rank=1))
    until = time.monotonic() + 60
    while not said and time.monotonic() < until:
        supervisor.tick()
        time.sleep(0.02)  # the pause between two looks
    supervisor.stop_all()
    lines = everything(path)

    assert [("child", "signal_9", "ending: of me")] == said
    assert list(range(200)) == [json.loads(line)["number"] for line in lines if "said-" in line]
    for kind in ("raw", "printed"):
        assert [f"{kind}-{number}" for number in range(200)] == [line for line in lines if line.startswith(kind)]
    assert len(list(path.parent.iterdir())) > 10
    assert all(file.stat().st_size < 3_000 for file in path.parent.iterdir())


def test_what_a_dead_process_left_full_is_set_aside_before_the_next_start(tmp_path: Path) -> None:
    """Full: it becomes `.1`. Not full, or not there: nothing happens."""
    path = tmp_path / "p.log"
    turn_if_full(path, SMALL)
    path.write_text("x" * 1_999)
    turn_if_full(path, SMALL)

    assert [path] == list(tmp_path.iterdir())

    path.write_text("x" * 2_000)
    turn_if_full(path, SMALL)

    assert [generation(path, 1)] == list(tmp_path.iterdir())


@pytest.mark.parametrize("turned", [False, True])
def test_last_words_are_of_this_start_and_found_after_a_turn(tmp_path: Path, *, turned: bool) -> None:
    """What an earlier process said is not taken for it; what this one said is found although its file is `.1` by now."""
    path = tmp_path / "p.log"
    path.write_text('{"level": "error", "event": "ending", "why": "of another"}\n')
    with path.open("ab") as log:
        since = Mark.of(log)
        log.write(b'{"level": "error", "event": "ending", "why": "of this"}\n')
    if turned:
        path.replace(generation(path, 1))
        path.write_text('{"level": "info", "event": "more"}\n')

    assert "ending: of this" == last_words(path, since)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("logs.cannot_start(EnvironmentFaultError('crl is missing', 'publish it'))", "cannot_start: crl is missing → publish it"),
        ("{}['x']", "crashed: KeyError: 'x'"),
        ("import threading; thread = threading.Thread(target={}.__getitem__, args=['x']); thread.start(); thread.join()", "crashed: KeyError: 'x'"),
    ],
    ids=["cannot start", "nobody caught it", "nobody caught it in a thread"],
)  # fmt: skip
def test_last_words_are_lines_too(tmp_path: Path, code: str, words: str) -> None:
    """Whatever ends a supervised process, its log stays JSON to the last line, and says why and what helps."""
    path = tmp_path / "p.log"
    script = CRASHING + code
    with path.open("wb") as log:
        environment = {**os.environ, "LIENTHONG_LOG_FILE": str(path)}
        subprocess.run([sys.executable, "-c", script], stderr=log, stdout=log, env=environment, check=False, timeout=60)

    assert "error" == json.loads(path.read_text().splitlines()[-1])["level"]
    assert words == last_words(path, None)


def test_before_its_settings_can_be_read_it_says_so_in_a_line(tmp_path: Path) -> None:
    """A misspelt variable: the process has no name yet, and its log a line with everything that is wrong."""
    path = tmp_path / "p.log"
    with path.open("wb") as log:
        environment = {**os.environ, "LIENTHONG_SMTP_PROT": "25"}
        argv = [sys.executable, "-m", "connectors", "notify"]
        done = subprocess.run(argv, stderr=log, env=environment, check=False, timeout=60)

    assert 2 == done.returncode
    assert "LIENTHONG_SMTP_PROT: no such setting → mend the environment variables" in last_words(path, None).replace(
        "\n", " "
    )
