"""A newcomer's first minutes: a fresh clone, `make run` without Java on the machine, a packet dropped in, its receipt, its story."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from infra.settings import environment
from infra.supervise.ledger import start_ticks
from schemas.lifecycle import PROGRESS

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("sh", "bash", "make", "git", "env", "grep", "sed", "expand", "uname")
"""What the machine of the newcomer has besides Python; above all no java."""

SETUP_SECONDS = 300.0
SECONDS = 90.0
STOP_SECONDS = 15.0

OFFERED = PROGRESS[PROGRESS.index("offered") :]

T = TypeVar("T")

pytestmark = [pytest.mark.alone, pytest.mark.timeout(SETUP_SECONDS + 4 * SECONDS)]


def until(seconds: float, look: Callable[[], T | None], what: str) -> T:
    """Return what a look finds, within bounds."""
    ends = time.monotonic() + seconds
    while (found := look()) is None:
        assert time.monotonic() < ends, what
        time.sleep(0.2)  # polling files that other processes write
    return found


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder with all programs of a machine without Java."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in PROGRAMS:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    (folder / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    return folder


@pytest.fixture
def told(programs: Path) -> dict[str, str]:
    """Return the newcomer's environment."""
    kept = {name: value for name, value in environment().items() if not name.startswith(("VIRTUAL_ENV", "JAVA", "M2"))}
    return kept | {"PATH": str(programs)}


@contextmanager
def running(clone: Path, told: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `make run`; whatever happens, nothing of it is left."""
    with (clone / "said.log").open("wb") as said:
        make = subprocess.Popen(["make", "run"], cwd=clone, env=told, stdout=said, stderr=said, start_new_session=True)
        try:
            yield make
        finally:
            if make.poll() is None:
                os.killpg(make.pid, signal.SIGINT)
                make.wait(STOP_SECONDS * 2)


def drop(clone: Path, packet: Path, name: str) -> None:
    """Drop a packet into the intake folder: written beside, renamed into place."""
    beside = clone / "var" / "intake" / f".{name}.part"
    shutil.copy(packet, beside)
    beside.rename(beside.with_name(name))


def test_a_newcomer_sees_a_packet_arrive_and_another_refused(tmp_path: Path, told: dict[str, str]) -> None:
    """Clone, run, drop a good packet and a tampered one; then Ctrl-C ends everything within fifteen seconds."""
    clone = tmp_path / "fresh"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    intake, ready = clone / "var" / "intake", clone / "var" / "demo" / "packets"

    def lienthong(*words: str) -> list[dict[str, Any]]:
        command = [str(clone / ".venv" / "bin" / "lienthong"), *words, "--json"]
        done = subprocess.run(command, cwd=clone, env=told, capture_output=True, timeout=60, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    with running(clone, told) as make:

        def started() -> bool | None:
            assert make.poll() is None, (clone / "said.log").read_text()[-3_000:]
            return True if all((ready / f"{kind}.edxml").exists() for kind in ("good", "tampered")) else None

        def receipt_of(name: str) -> Callable[[], dict[str, Any] | None]:
            def look() -> dict[str, Any] | None:
                found = [
                    *intake.glob(f"accepted/{name}~*.receipt.json"),
                    *intake.glob(f"refused/{name}~*.receipt.json"),
                ]
                return json.loads(found[0].read_bytes()) if found else None

            return look

        def story_of(digest: str, state: str) -> Callable[[], dict[str, Any] | None]:
            def look() -> dict[str, Any] | None:
                return next((each for each in lienthong("status", "--digest", digest) if each["state"] == state), None)

            return look

        def offered() -> dict[str, Any] | None:
            """Find the story of the packet that arrived; how far the demo's recipient has answered by then depends on the machine."""
            story = story_of(mine["digest"], "dispatched")()
            there = story and all(each["progress"] in OFFERED and each["deadlines"] for each in story["deliveries"])
            return story if there else None

        until(SETUP_SECONDS, started, "no ready packets")
        drop(clone, ready / "good.edxml", "mine.edxml")
        drop(clone, ready / "tampered.edxml", "bad.edxml")
        mine, bad = until(SECONDS, receipt_of("mine"), "no receipt"), until(SECONDS, receipt_of("bad"), "no receipt")
        arrived = until(SECONDS, offered, "did not arrive")
        refused = until(SECONDS, story_of(bad["digest"], "refused"), "was not refused")
        processes = json.loads((clone / "var" / "run" / "processes.json").read_text())
        asked = time.monotonic()
        os.killpg(make.pid, signal.SIGINT)
        make.wait(STOP_SECONDS)
        took = time.monotonic() - asked

    assert mine["accepted"]
    assert [mine["document_id"]] == [each["document_id"] for each in lienthong("status", mine["document_id"])]
    assert arrived["deliveries"]
    assert "HASH_FAILURE" == refused["reason"]
    assert took < STOP_SECONDS
    assert {} == {name: pid for name, (pid, ticks) in processes.items() if start_ticks(pid) == ticks}
