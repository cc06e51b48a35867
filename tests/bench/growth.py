"""Memory of a router over many events, and disk of the broker and of the state, each as a slope per million."""

from collections.abc import Mapping, Sequence
from pathlib import Path

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
    }


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
