"""What only ours is measured by: two processes, latency over ordinary files, the first verdict of a fresh judge, memory."""

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench.growth import resident
from tests.bench.verification.judge_process import judge_process
from tests.bench.verification.players import Player
from tests.bench.verification.world import read_reference
from tests.vectors.honest.variants import variants

ORDINARY_BYTES = 5_000_000
LARGE_PAGES = "scanned_large"
"""Made of more than 20 MB: not ordinary."""

JUDGEMENTS = 2_000
"""Before memory is read."""

SHIPPED = "shipped"
"""Reference data with the policy as it is delivered: one PDF in 64 is read by both readers."""

Measured = Mapping[str, Mapping[str, Sequence[float]]]
"""Unit -> what -> values."""


def pairs(pair: Sequence[Player], path: Path, count: int, *, rounds: int) -> Measured:
    """Compare what two processes do at once with what one does alone, a second of wall time and a second of CPU time."""
    _at_once(pair, path, count)
    walls, cpus = [], []
    for _ in range(rounds):
        wall, cpu = _at_once(pair[:1], path, count)
        both_wall, both_cpu = _at_once(pair, path, count)
        walls.append(200 * wall / both_wall)
        cpus.append(200 * cpu / both_cpu)
    return {
        "% of one process": {"two processes": walls},
        "% of the rate": {"two processes at once, each by its CPU time": cpus},
    }


def _at_once(players: Sequence[Player], path: Path, count: int) -> tuple[float, float]:
    """Return wall seconds and CPU seconds of all."""
    started = time.perf_counter()
    for each in players:
        each.say(path, count)
    cpu = sum(each.hear()[0] for each in players)
    return time.perf_counter() - started, cpu


def starts(folder: Path, path: Path, *, rounds: int) -> Measured:
    """Start fresh judges until their first verdict."""
    reference = read_reference(folder, SHIPPED)
    walls, cpus = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        with judge_process(reference) as judge:
            judge.judge(path)
            walls.append((time.perf_counter() - started) * 1e3)
            cpus.append(judge.cpu_seconds * 1e3)
    return {"ms": {"first verdict of a fresh judge, wall": walls, "first verdict of a fresh judge, CPU": cpus}}


def ordinary(folder: Path, files: Sequence[Path]) -> Measured:
    """Let one judge work through files of many kinds, each by itself; the first pass over them warms it up."""
    reference, spent = read_reference(folder, SHIPPED), list[float]()
    with judge_process(reference) as judge:
        for number in range(max(JUDGEMENTS, 2 * len(files))):
            seconds = judge.judge(files[number % len(files)])
            spent += [seconds] if number >= len(files) else []
        memory = resident(judge.pid)
    cuts = statistics.quantiles(spent, n=100)
    return {
        "ms": {"one validation of ordinary files, p50": [cuts[49] * 1e3],
               "one validation of ordinary files, p99": [cuts[98] * 1e3]},
        "MB": {f"resident memory of a judge after {JUDGEMENTS:,} judgements": [memory]},
    }  # fmt: skip


def ordinary_files(folder: Path) -> list[Path]:
    """Write what offices really send, as far as it has ordinary sizes."""
    return list(_ordinary_files(folder))


def _ordinary_files(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    for each in variants():
        if not each.name.startswith(LARGE_PAGES) and len(content := each.make()) <= ORDINARY_BYTES:
            path = folder / f"{each.name}.pdf"
            path.write_bytes(content)
            yield path
