"""A process that ends again and again: people are told which, why and what to do, in both languages; it is started more slowly, and never given up."""

import json
import os
import re
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from infra import metrics
from infra.supervise import loops, supervisor
from infra.supervise.child import Spec
from infra.supervise.loops import LOOP_AFTER, SAY_AGAIN, WINDOW, Loop, advice, announcement
from infra.supervise.supervisor import BACKOFF_IN_A_LOOP, LOOP_CRASHES, Supervisor, backoff

SECONDS = 60.0
FENCED = """
import sys
from infra import logs
from infra.kafka.ending import end_process
logs.configure("router-0")
end_process("fenced, and no rebalance is known", what="document.signed/0")
"""
WELL_AT_LAST = "import sys, time; sys.exit(1) if int(open(sys.argv[1]).read()) else time.sleep(600)"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the waits short: the law is about their number and order."""
    monkeypatch.setattr(supervisor, "BACKOFF_FIRST", 0.01)
    monkeypatch.setattr(supervisor, "BACKOFF_LONGEST", 0.02)
    monkeypatch.setattr(supervisor, "BACKOFF_IN_A_LOOP", 0.03)


def supervising(tmp_path: Path, spec: Spec) -> tuple[Supervisor, list[str]]:
    """Start a process under a supervisor; return it and what it tells people."""
    made = Supervisor(run_folder=tmp_path / "run", log_folder=tmp_path / "log", environment=dict(os.environ))
    told: list[str] = []
    made.on_loop = told.append
    made.start(spec)
    return made, told


def tick_until_told(made: Supervisor, told: list[str], count: int) -> None:
    """Look after the process until so many sentences were said; fail when they are not."""
    until = time.monotonic() + SECONDS
    while len(told) < count:
        assert time.monotonic() < until, told
        made.tick()
        time.sleep(0.005)  # the pause between two looks


@pytest.mark.usefixtures("quick")
def test_people_are_told_which_why_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At the fifth restart: name, reason, last words, the command that helps and when it is tried again; and the log says the same."""
    made, told = supervising(tmp_path, Spec(name="router-0", argv=(sys.executable, "-c", FENCED), rank=1))
    tick_until_told(made, told, 2)
    made.stop_all()

    for sentence, word in zip(told, ("Cần làm", "To do"), strict=True):
        assert re.match(
            rf"router-0 .*{LOOP_AFTER} .*exit_1.*ending: fenced, and no rebalance.*{word}.*lienthong down", sentence
        )
    assert "crash_loop" in capsys.readouterr().out


@pytest.mark.usefixtures("quick")
def test_a_loop_is_never_given_up_and_its_end_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty crashes and still started; mended, it runs, and people hear that it does."""
    monkeypatch.setattr(supervisor, "STEADY_AFTER", 0.2)
    monkeypatch.setattr(loops, "OVER_AFTER", 0.3)
    ill = tmp_path / "ill"
    ill.write_text("1")
    argv = (sys.executable, "-S", "-c", WELL_AT_LAST, str(ill))
    made, told = supervising(tmp_path, Spec(name="fragile", argv=argv, rank=1))
    monkeypatch.setattr(loops, "SAY_AGAIN", 0.0)
    tick_until_told(made, told, 2 * 16)

    ill.write_text("0")
    while "runs steadily again" not in told[-1]:
        tick_until_told(made, told, len(told) + 1)

    assert {} == made.restarts()
    made.stop_all()


def test_it_slows_down() -> None:
    """At most twenty seconds apart while what it waits for may come back; after some three minutes once a minute, for ever."""
    waits = [backoff(crashes) for crashes in range(1, 200)]

    assert [20.0] * 2 == waits[LOOP_CRASHES - 2 : LOOP_CRASHES]
    assert {BACKOFF_IN_A_LOOP} == set(waits[LOOP_CRASHES:])
    assert sorted(waits) == waits


def test_what_counts_is_how_often_within_minutes() -> None:
    """Five within ten minutes are a loop, said again every five minutes; five within an hour are not."""
    loop, rare = Loop(), Loop()

    assert [False] * (LOOP_AFTER - 1) + [True, False] == [loop.note(now) for now in range(LOOP_AFTER + 1)]
    assert loop.note(SAY_AGAIN + LOOP_AFTER)
    assert not any(rare.note(number * WINDOW / (LOOP_AFTER - 1.5)) for number in range(20))


@pytest.mark.parametrize(
    ("why", "said", "word"),
    [
        ("exit_1", "ending: written by newer software", "upgrade"),
        ("exit_1", "ending: too many dead letters in a row: 21 on document.signed", "lienthong dlq list"),
        ("exit_1", "ending: retention removed records that were not settled", "lienthong topics check"),
        ("exit_1", "ending: not confirmed", "lienthong doctor"),
        ("cannot_start", "reference data missing: crl → publish it", "lienthong reference publish"),
        ("cannot_start", "Kafka at 127.0.0.1:1 does not answer → is it running?", "lienthong doctor"),
        ("exit_1", "sqlalchemy.exc.OperationalError: (psycopg.OperationalError) connection refused", "PostgreSQL"),
        ("exit_1", "OSError: [Errno 28] No space left on device", "free space"),
        ("exit_1", "infra.content.store.ContentAwayError: s3://contents/a: SlowDown", "content store"),
        ("cannot_start", "s3://contents/a: HTTP error: error sending request → see that", "content store"),
        ("signal_9", "", "memory"),
        ("no_progress", "claimed", "var/run/watcher-0.progress"),
        ("exit_1", "ending: KeyError: 'x'", "var/log/watcher-0.log"),
    ],
)
def test_each_kind_of_end_has_its_advice(why: str, said: str, word: str) -> None:
    """What helps differs: a command, a file, an upgrade."""
    vi, en = advice("watcher-0", why, said)

    assert word in en
    assert vi != en
    assert all("{" not in text for text in announcement("watcher-0", why, said, times=5, wait=20.0))
    assert "server.log" in advice("kafka-1", "died", "")[1]


@pytest.mark.usefixtures("quick")
def test_restarts_are_on_the_supervisors_page_from_the_start(tmp_path: Path) -> None:
    """`lienthong_process_restarts_total` by process and reason, 0 before the first: a rule sees the first one rise."""
    name = f"fragile-{tmp_path.name}"
    port = metrics.serve(0)
    made, told = supervising(
        tmp_path, Spec(name=name, argv=(sys.executable, "-S", "-c", "raise SystemExit(1)"), rank=1)
    )
    before = _restarts(port, name)
    tick_until_told(made, told, 2)
    made.stop_all()

    assert {"exit_1": 0.0, "cannot_start": 0.0, "signal_9": 0.0, "no_progress": 0.0} == before
    assert before | {"exit_1": float(LOOP_AFTER)} == _restarts(port, name)


def _restarts(port: int, name: str) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
        text = page.read().decode()
    rows = re.findall(
        rf'^lienthong_process_restarts_total{{process="{name}",reason="(\w+)"}} ([0-9.]+)$', text, re.MULTILINE
    )
    return {reason: json.loads(count) for reason, count in rows}
