"""Where the CPU time of ours goes, function by function."""

import cProfile
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from tests.bench.verification.contenders import Judge, turn
from tests.bench.verification.players import ROOT
from tests.bench.verification.specimens import Specimen

SECONDS = 1.0
"""CPU time that is profiled, measured without the profiler."""

MANY = 8
SHELL = 0.7
"""A function with a larger share holds everything and says nothing."""

OWN = ("processors/", "schemas/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """One function's share of the profiled time."""

    function: str
    whole: float
    """With all that it calls."""

    own: float
    """By itself."""


def profile(judge: Judge, specimen: Specimen, folder: Path) -> list[Spent]:
    """Return our functions with the largest shares, then anybody's that take most by themselves."""
    path = folder / specimen.name
    count = max(3, round(3 * SECONDS / turn(judge, path, 3)[0]))
    profiler = cProfile.Profile()
    profiler.enable()
    turn(judge, path, count)
    profiler.disable()
    calls = profiler.getstats()
    total = sum(each.inlinetime for each in calls)
    spent = [
        Spent(function=_name(each.code), whole=each.totaltime / total, own=each.inlinetime / total) for each in calls
    ]
    ours = [each for each in spent if each.function.startswith(OWN) and each.whole < SHELL]
    largest = sorted(ours, key=lambda each: -each.whole)[:MANY]
    return [*largest, *(each for each in sorted(spent, key=lambda each: -each.own)[:MANY] if each not in largest)]


def table(specimen: Specimen, spent: list[Spent]) -> str:
    """Return it as Markdown."""
    rows = [f"| `{each.function}` | {each.whole:.0%} | {each.own:.0%} |\n" for each in spent]
    return f"\n{specimen.says}:\n\n| function | with all it calls | by itself |\n|---|---:|---:|\n{''.join(rows)}"


def _name(code: CodeType | str) -> str:
    if isinstance(code, str):
        return code
    path = Path(code.co_filename)
    inside = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return f"{inside}:{code.co_qualname}"
