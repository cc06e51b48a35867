"""Memory of a router over many events, disk of the broker and of the state, each as a slope per million; then a start with all of it remembered."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from infra.settings import Settings
from schemas.events import Event
from schemas.ids import event_id
from tests.bench import events
from tests.bench.crew import Timestamps, crew
from tests.bench.ground import Ground, load

SLICES = 10
MILLION = 1e6
MEGABYTE = 1e6


def measure(made: Ground, *, records: int, folder: Path) -> Mapping[str, dict[str, list[float]]]:
    """Return unit -> what -> value; memory from the second half, where caches are full, disk from all of it (extrapolated)."""
    step, kafka = records // SLICES, made.settings.var / "kafka"
    seen, memory, log_before = (
        Timestamps(made.settings, "document.dispatched"),
        list[tuple[float, float]](),
        size(kafka),
    )
    try:
        with crew(made.settings, [("router", "0")], folder) as (pid,):
            for number in range(SLICES):
                load(made.settings, events.signed(step, number * step))
                seen.wait((number + 1) * step)
                memory.append(((number + 1) * step / MILLION, resident(pid)))
        log_after, state = size(kafka), size(folder, "router.sqlite*")
        load(made.settings, events.signed(step, records))
        began = time.monotonic()
        with crew(made.settings, [("router", "0")], folder):
            seen.wait(records + 1)
            warm = time.monotonic() - began
            seen.wait(records + step)
            again = time.monotonic()
            load(
                made.settings, replace_causes(events.signed(step, 0))
            )  # every one is a repeat of what was remembered first
            repeated = repeats(made.settings, step) / (time.monotonic() - again)
    finally:
        seen.close()
    share = records / MILLION
    return {
        "MB per million events": {"router, resident memory": [slope(memory[len(memory) // 2 :])]},
        "MB": {"router, resident memory at the end": [memory[-1][1]]},
        "MB per million documents": {
            "Kafka, signed and dispatched": [(log_after - log_before) / share],
            "state of the router (SQLite)": [state / share],
        },
        "s": {f"router, started with {records:,} documents remembered, to its next outcome": [warm]},
        "repeats/s": {"repeats of the oldest documents, answered": [repeated]},
    }


def replace_causes(signed: Iterable[Event]) -> Iterator[Event]:
    """Yield the same verdicts as of another submission of the same bytes."""
    return (replace(event, causation_id=event_id("again", event.key)) for event in signed)


def repeats(settings: Settings, count: int) -> int:
    """Wait until so many repeats were answered; return how many."""
    seen = Timestamps(settings, "document.repeated")
    try:
        seen.wait(count)
        return count
    finally:
        seen.close()


def resident(pid: int) -> float:
    """Return a process' resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / MEGABYTE


def size(folder: Path, pattern: str = "**/*.log") -> float:
    """Return MB of files below a folder; without Kafka's own preallocated indexes."""
    return sum(file.stat().st_size for file in folder.glob(pattern) if file.is_file()) / MEGABYTE


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the line of least squares."""
    x, y = (sum(each) / len(points) for each in zip(*points, strict=True))
    rise = sum((a - x) * (b - y) for a, b in points)
    return float(rise / sum((a - x) ** 2 for a, _ in points))
