"""An upgrade rehearsed under load: workers of two releases side by side on one log and one state, back again, and nothing lost."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.kafka.tail import read_all
from infra.processes import Workers, axis
from infra.settings import Settings
from infra.supervise.ledger import start_ticks
from infra.supervise.supervisor import Supervisor
from schemas import codec
from tests import releases
from tests.axis import MORNING, open_axis, until, write
from tests.demo_week import audit, told, week
from tests.shell.cores import received

PACKETS = 150
SECONDS = 1_500.0
PROCESSORS = ("verifier", "router", "watcher")
NOT_NEWER = "written by newer software"

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(SECONDS + 300)]


def handed_over(settings: Settings) -> int:
    """Return how many packets of the week were handed over so far."""
    try:
        return int(json.loads((settings.var / "demo" / "progress.json").read_text())["handed_over"])
    except (OSError, ValueError):
        return 0


@contextmanager
def workers_beside(settings: Settings, tree: Path, folder: Path) -> Iterator[Supervisor]:
    """Run a second worker of each processor, of another release, beside those that `up` started; stop them in order."""
    supervisor = Supervisor(
        run_folder=folder / "run", log_folder=folder / "log", environment={**told(settings), **releases.of(tree)}
    )
    for spec in axis(settings, Workers(verify=2, route=2, sla=2)):
        if spec.name.endswith("-1"):
            supervisor.start(spec)
    try:
        yield supervisor
    finally:
        supervisor.stop_all()


def claims(log: Path) -> int:
    """Return how often a worker was given partitions."""
    lines = log.read_text().splitlines() if log.exists() else []
    return sum(json.loads(line).get("partitions", []) != [] for line in lines if '"claimed"' in line)


def kill(settings: Settings, name: str) -> None:
    """End a process of the axis as kill -9 does."""
    pid, ticks = json.loads((settings.run_folder / "processes.json").read_text())[name]
    if start_ticks(pid) == ticks:
        os.kill(pid, signal.SIGKILL)


def schema_ids(settings: Settings, topic: str) -> list[int]:
    """Return the id of each record's schema, partition by partition."""
    return [int(codec.HEADER.unpack_from(record.value or bytes(5))[1]) for record in read_all(settings, [topic])]


def columns(settings: Settings, app: str) -> set[str]:
    """Return what a processor's rows have."""
    with sqlite3.connect(settings.var / "state" / f"{app}.sqlite") as connection:
        found = {str(row[1]) for row in connection.execute("pragma table_info(memory)")}
    connection.close()
    return found


def test_two_releases_share_a_week_and_the_newer_one_is_taken_back(settings: Settings, tmp_path: Path) -> None:
    """A week under two releases, as the script expects and with clean audits by both.

    The axis runs today's release (it reads version 2 of an event, ADR 0014). At a fifth of the week workers of the next one join: they
    change the tables and write version 2. At two fifths every older worker dies and starts again on the newer tables; at three fifths the newer ones
    leave (the rollback); at four fifths they come back and stay.
    """
    today = releases.build(tmp_path / "today", writes=False, revises=False)
    coming = releases.build(tmp_path / "coming", writes=True, revises=True)
    said, ends = tmp_path / "up.json", time.monotonic() + SECONDS

    with week(settings, said, "--packets", str(PACKETS), release=releases.of(today)) as running:

        def reach(fifths: int, look: Callable[[], None] = lambda: None) -> None:
            while handed_over(settings) < fifths * PACKETS / 5:
                assert running.poll() is None, said.with_suffix(".err").read_text()[-2_000:]
                assert time.monotonic() < ends, f"not at {fifths} fifths in time"
                look()
                time.sleep(0.1)  # polling the play's own count

        reach(1)
        with workers_beside(settings, coming, tmp_path / "first") as newer:
            reach(2, newer.tick)
            for name in PROCESSORS:
                kill(settings, f"{name}-0")
            reach(3, newer.tick)
        reach(4)
        with workers_beside(settings, coming, tmp_path / "second") as newer:
            while running.poll() is None and time.monotonic() < ends:
                newer.tick()
                time.sleep(0.1)  # the pause between two looks
            assert {} == newer.restarts()

    result = json.loads(said.read_text())
    odd = [row for row in result["outcomes"] if row["expected"] != row["actual"]]
    assert ([], True, PACKETS) == (odd, result["ok"], len(result["outcomes"]))

    for stay in ("first", "second"):
        assert all(claims(tmp_path / stay / "log" / f"{name}-1.log") for name in PROCESSORS), stay
    assert {True} == {"touched_at" in columns(settings, app) for app in PROCESSORS}
    old, new = (releases.newest_id(tree) for tree in (releases.ROOT, coming))
    ids = schema_ids(settings, "document.signed")
    assert new == old + 1
    assert {1002, new} == set(ids)
    words = "".join(log.read_text() for log in (settings.var / "log").glob("*.log"))
    assert NOT_NEWER not in words

    for tree in (today, coming):
        code, judged = audit(settings, release=releases.of(tree))
        broken = {name: judged[name] for name in ("lost", "duplicate_effects", "unexplained", "dead_letters")}
        assert (0, {"lost": [], "duplicate_effects": [], "unexplained": [], "dead_letters": {}}) == (code, broken)


def test_a_worker_two_releases_behind_stops_and_the_upgraded_one_goes_on(settings: Settings, tmp_path: Path) -> None:
    """The register of this tree meets a record of a version it does not know: it ends and says so, buries nothing, keeps its position; of the next release it takes all."""
    open_axis(settings)
    coming = releases.build(tmp_path / "coming", writes=True, revises=False)
    write(settings, [received("d1", at=MORNING)])
    script = (
        "import sys; from infra.settings import Settings; from tests.axis import write; from schemas.examples import load;"
        " write(Settings.load(), [each.event for each in load() if each.name == 'DocumentSigned'][:1])"
    )
    newer = {**told(settings), **releases.of(coming)}
    # The tests' own tree comes second: its `schemas` must not be the one that writes.
    environment = newer | {"PYTHONPATH": f"{coming}:{releases.ROOT}"}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True, timeout=120)

    log = tmp_path / "old.log"
    with log.open("wb") as out:
        old = subprocess.run(
            [sys.executable, "-m", "connectors", "register"], env=told(settings), stderr=out, timeout=120, check=False
        )
    last = json.loads(log.read_text().splitlines()[-1])
    assert (1, "ending", NOT_NEWER) == (old.returncode, last["event"], last["why"])
    assert "upgrade" in last["mend"]
    assert [] == list(read_all(settings, ["dead-letter"]))

    def taken() -> set[str]:
        with sqlite3.connect(settings.var / "register.sqlite") as connection:
            found = {str(row[0]) for row in connection.execute("select type from event")}
        connection.close()
        return found

    with subprocess.Popen([sys.executable, "-m", "connectors", "register"], env=newer) as upgraded:
        until(lambda: any("DocumentSigned" in each for each in taken()))
        upgraded.send_signal(signal.SIGTERM)

    assert any("DocumentReceived" in each for each in taken())
    assert [] == list(read_all(settings, ["dead-letter"]))
