"""Files that are too much, judged by real judges within their real limits: each costs itself, and its neighbour is judged meanwhile."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from processors.verification.judging.pool import MAX_COST, JudgePool, Limits
from processors.verification.verdict import Judgement
from tests.vectors.attacks.letters import honest, posted
from tests.vectors.attacks.page import vectors
from tests.vectors.attacks.vector import PASSED, File, Vector, verdict_of
from tests.vectors.test_attacks import POOLED

LIMITS = Limits()
BOMBS = [
    pytest.param(each, id=each.name, marks=[pytest.mark.slow] if each.slow else [])
    for each in vectors()
    if each.where in POOLED
]


@dataclass(frozen=True, kw_only=True)
class Judges:
    """A pool, and the loop that it lives in: files are made outside of it."""

    runner: asyncio.Runner
    pool: JudgePool
    folder: Path

    def judge(self, *files: File) -> list[Judgement]:
        """Judge files at the same time."""

        async def judged() -> list[Judgement]:
            work = []
            for number, file in enumerate(files):
                folder = self.folder / str(number)
                folder.mkdir(exist_ok=True)
                work.append(self.pool.judge(file.asked(folder), file.reference))
            return await asyncio.gather(*work)

        return self.runner.run(judged())


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judges]:
    """Return two judges with the limits of the verifier."""
    with asyncio.Runner() as runner:
        pool = JudgePool(size=2, limits=LIMITS)
        runner.run(pool.start())
        yield Judges(runner=runner, pool=pool, folder=tmp_path_factory.mktemp("judged"))
        runner.run(pool.close())


@pytest.mark.parametrize("vector", BOMBS)
def test_it_costs_itself(vector: Vector, judges: Judges) -> None:
    """Twin and neighbour pass; the attack has its verdict within the limits, and no judge is lost to it, or two where it is slow."""
    [twin] = judges.judge(vector.make(forged=False))
    hostile, killed, begun = vector.make(forged=True), judges.pool.killed, time.monotonic()
    attacked, neighbour = judges.judge(hostile, posted(honest()))
    took = time.monotonic() - begun

    assert [PASSED, PASSED] == [verdict_of(twin), verdict_of(neighbour)], (twin.reasons, neighbour.reasons)
    assert (vector.verdict, set(vector.codes)) == (verdict_of(attacked), set(attacked.reasons) - set(twin.reasons))
    assert (MAX_COST if vector.slow else 0) == judges.pool.killed - killed
    assert took < LIMITS.wall_seconds * (MAX_COST if vector.slow else 1)
