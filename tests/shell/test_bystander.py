"""A worker that owns nothing says whether others move: one that its group forgot is noticed, a standby is left alone."""

import json
from pathlib import Path

import pytest

from infra import progress
from infra.progress import Progress
from tests.shell.bench import Make
from tests.shell.cores import received


def said(told: Progress) -> int:
    """Return how many records wait for the process, by its own word."""
    return int(json.loads(told.file.read_bytes())["lag"])


async def test_what_nobody_settles_is_counted_at_last(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three records, nobody reads them: not ours at first, but after a while they wait for us."""
    owner, forgotten = make(), make()
    await owner.claim()
    told = Progress(tmp_path, "forgotten")
    for number in range(3):
        owner.log.put(received("d1", number))
    await forgotten.engine.tick()

    told.say_engine(forgotten.engine)
    assert 0 == said(told)
    told.say_engine(forgotten.engine)
    assert 0 == said(told)
    monkeypatch.setattr(progress, "STANDBY_SECONDS", 0.0)
    told.say_engine(forgotten.engine)
    assert 3 == said(told)


async def test_a_standby_waits_while_others_move(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner settles: the standby's own file shows it, so that its supervisor sees it move."""
    owner, standby = make(), make()
    await owner.claim()
    told = Progress(tmp_path, "standby")
    owner.log.put(received("d1"))
    await standby.engine.tick()
    told.say_engine(standby.engine)
    monkeypatch.setattr(progress, "STANDBY_SECONDS", 0.0)
    before = json.loads(told.file.read_bytes())["positions"]

    await owner.drain()
    standby.engine._measure_at = 0.0  # a second later
    await standby.engine.tick()
    told.say_engine(standby.engine)

    assert 0 == said(told)
    assert before != json.loads(told.file.read_bytes())["positions"]
