"""Laps -> what `lienthong bench` answers (one row a contender and measure), and the table for people."""

import os
import platform
import re
import statistics
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infra.kafka.java import NoJavaError, find_java
from infra.settings import Settings
from tests.bench.marks import Lap

OURS = "lienthong"
PACKAGES = ("faust-streaming", "aiokafka", "confluent-kafka", "fastavro", "SQLAlchemy")
MEASURES: tuple[tuple[str, Callable[[Lap], float], int], ...] = (
    ("events/s", lambda lap: lap.rate, 1),
    ("events/s, second half", lambda lap: lap.warm_rate, 1),
    ("CPU µs/event", lambda lap: lap.cpu_us, -1),
    ("CPU µs/event, second half", lambda lap: lap.warm_cpu_us, -1),
)
"""What is told of a lap, and whether more (1) or less (-1) is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One answer."""

    name: str
    contender: str
    median: float
    min: float
    max: float
    unit: str
    ratio: float
    """How many times better `against` is than this contender; above 1, we are."""

    against: str
    machine: Mapping[str, Any]
    versions: Mapping[str, str]


def rows(name: str, laps: Sequence[Lap], machine: Mapping[str, Any], versions: Mapping[str, str]) -> list[Row]:
    """Return the medians of every contender and measure."""
    found = []
    for unit, measure, better in MEASURES:
        of = {lap.contender: [measure(each) for each in laps if each.contender == lap.contender] for lap in laps}
        ours = statistics.median(of[OURS]) if OURS in of else 0.0
        for contender, values in of.items():
            found.append(
                row(
                    name,
                    contender,
                    values,
                    unit,
                    ratio=_ratio(ours, statistics.median(values), better),
                    machine=machine,
                    versions=versions,
                )
            )
    return found


def row(
    name: str,
    contender: str,
    values: Sequence[float],
    unit: str,
    *,
    ratio: float = 1.0,
    machine: Mapping[str, Any],
    versions: Mapping[str, str],
) -> Row:
    """Return one row of measured values."""
    return Row(
        name=name,
        contender=contender,
        median=round(statistics.median(values), 1),
        min=round(min(values), 1),
        max=round(max(values), 1),
        unit=unit,
        ratio=round(ratio, 2),
        against=OURS,
        machine=machine,
        versions=versions,
    )


def _ratio(ours: float, theirs: float, better: int) -> float:
    return 0.0 if not ours or not theirs else (ours / theirs) ** better


def table(found: Iterable[Row]) -> str:
    """Return the rows as Markdown."""
    lines = [
        "| benchmark | contender | median | min – max | unit | lienthong is … times as good |",
        "|---|---|---:|---:|---|---:|",
    ]
    lines += [
        f"| {each.name} | {each.contender} | {each.median:,.1f} | {each.min:,.1f} – {each.max:,.1f} | {each.unit} | {each.ratio:.2f} |"
        for each in found
    ]
    return "\n".join(lines) + "\n"


def machine() -> dict[str, Any]:
    """Say what machine this is and how busy it is now."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "load": [round(each, 1) for each in os.getloadavg()],
    }


def versions_of(settings: Settings) -> dict[str, str]:
    """Return the versions that matter."""
    found = {"python": platform.python_version(), "kafka": "4.3.1", **{name: version(name) for name in PACKAGES}}
    try:
        said = subprocess.run(
            [find_java(settings.java_home), "-version"], capture_output=True, text=True, check=False
        ).stderr
        return {**found, "java": said.split('"')[1]}
    except (NoJavaError, IndexError):
        return found
