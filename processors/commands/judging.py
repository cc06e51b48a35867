"""Judges files for a command: in the pool that the verifier runs, so that a hostile file costs itself, on all cores."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.commands import stop
from infra.settings import Settings
from processors.verification.asked import Asked
from processors.verification.judging.pool import JudgePool, Limits
from processors.verification.verdict import Judgement
from schemas.reference import Reference

MANY = 2
"""From so many files on people see a bar."""

Answered = Callable[[Path, Judgement, float], None]
"""Takes a file, its judgement and the seconds it took."""


def files_in(named: Sequence[Path]) -> list[Path]:
    """Return the files named, and of each folder all that lie below it; what begins with a dot is no document.

    Ends the command where a pipe or a device is named: it may never end.
    """
    found: list[Path] = []
    for each in named:
        if each.is_dir():
            below = (path.relative_to(each) for path in sorted(each.rglob("*")) if path.is_file())
            found += [each / path for path in below if not any(part.startswith(".") for part in path.parts)]
        elif each.is_file():
            found.append(each)
        else:
            stop(f"{each} is no file", "write it to a file first")
    return found


def judge_all(
    asked: Sequence[Asked], reference: Reference, settings: Settings, *, answer: Answered, advance: Callable[[], object]
) -> None:
    """Judge all, as many at once as there are cores; `answer` gets them in the order asked, `advance` is called as each is done."""
    asyncio.run(_judge_all(asked, reference, settings, answer, advance))


async def _judge_all(
    asked: Sequence[Asked],
    reference: Reference,
    settings: Settings,
    answer: Answered,
    advance: Callable[[], object],
) -> None:
    size = min(settings.pool_workers or os.cpu_count() or 1, len(asked))
    pool = JudgePool(size=size, limits=Limits(wall_seconds=settings.judge_seconds))
    gate = asyncio.Semaphore(size)

    async def judge(one: Asked) -> tuple[Judgement, float]:
        async with gate:
            started = time.monotonic()
            judgement = await pool.judge(one, reference)
            advance()
            return judgement, time.monotonic() - started

    await pool.start()
    try:
        work = [asyncio.ensure_future(judge(one)) for one in asked]
        for one, task in zip(asked, work, strict=True):
            answer(one.path, *await task)
    finally:
        await pool.close()


@contextmanager
def bar(total: int, *, shown: bool) -> Iterator[Callable[[], object]]:
    """Yield what to call as each file is done; on a terminal people see how far it is."""
    if not shown or total < MANY:
        yield _nothing
        return
    from rich.console import Console  # noqa: PLC0415 - only people pay for importing it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415 - see above

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def _nothing() -> None:
    """Show nothing."""
