"""The audit of a large log: in several processes as in one, within a bound of memory; how fast, it says."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from infra.audit.shelves import BEGINS, room
from infra.audit.survey import Answer, Asked, survey
from infra.kafka import provision
from infra.settings import Settings
from schemas.topics import TOPICS
from tests.core.audit_history import Written, histories, write
from tests.demo_week import told

SMALL, LARGE = 200, 100_000
"""Documents: in `make test`, and in `make test-slow`."""

MEMORY = 300 * 1024
"""Kilobytes that the largest process of the audit may need, whatever the length of the log."""

SECONDS = 5_400.0


@pytest.fixture
def axis(settings: Settings) -> Settings:
    """Return an axis whose topics are there and empty."""
    provision.apply(settings, TOPICS)
    return settings


def judged(axis: Settings, jobs: int) -> Answer:
    """Audit what is there."""
    return survey(axis, Asked(contents=False, jobs=jobs))


def test_two_processes_find_what_one_finds(axis: Settings) -> None:
    """Of two hundred documents one dispatch is missing and one alert has a second content: both are named, with their places."""
    records = list(histories(SMALL))
    lost = next(each for each in records[2_000:] if each[0] == "document.dispatched")
    topic, key, value, headers = next(each for each in records[3_000:] if each[0] == "document.alerts")
    other: Written = (topic, key, value.replace(b"dispatched", b"DISPATCHED"), headers)
    write(axis, [each for each in records if each is not lost])
    write(axis, [other])
    one, two = judged(axis, 1), judged(axis, 2)

    assert len(records) == one.records == two.records
    for kind in ("lost", "duplicate_effects", "unexplained"):
        assert sorted(getattr(one.found, kind)) == sorted(getattr(two.found, kind))
    assert (one.counts, one.repeats, one.dead_letters) == (two.counts, two.repeats, two.dead_letters)
    assert {"document", "delivery", "id"} == two.found.about
    (missing,) = two.found.lost
    assert "no outcome for" in missing
    assert "document.submitted/" in missing
    (conflict,) = two.found.duplicate_effects
    assert 2 == conflict.count("document.alerts/")


WATCHED = (
    "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:]).returncode; "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
)
"""Runs a command and says the most that one of its processes needed: asked here, it could be any program that a test has started."""


def run(settings: Settings) -> tuple[dict[str, Any], int]:
    """Audit as people do, in a process of its own; return the answer and the kilobytes of the largest process."""
    command = [sys.executable, "-c", WATCHED, sys.executable, "-m", "infra", "audit", "--json", "--no-contents"]
    done = subprocess.run(command, env=told(settings), capture_output=True, check=True, timeout=SECONDS)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer, int(done.stderr.splitlines()[-1])


def test_what_a_killed_audit_left_is_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next audit removes the folders of processes that are gone, and of nobody else; its own goes with it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    left, used = tmp_path / f"{BEGINS}{over.pid}-x", tmp_path / f"{BEGINS}{os.getpid()}-x"
    for folder in (left, used):
        (folder / "facts").mkdir(parents=True)
    with room() as mine:
        assert {used, mine} == set(tmp_path.iterdir())

    assert [used] == list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(SECONDS)
def test_a_hundred_thousand_documents_need_little_memory(axis: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Five million records; the seconds depend on what else the machine does, the memory does not."""
    count = write(axis, histories(LARGE))
    answer, largest = run(axis)
    with capsys.disabled():
        rate = count / answer["seconds"]
        sys.stdout.write(
            f"\n{LARGE} documents, {count} records: {answer['seconds']} s, {rate:.0f} records/s, {largest} KiB\n"
        )

    assert (True, count, LARGE) == (answer["ok"], answer["records"], answer["submitted"])
    assert largest < MEMORY
