"""How long each step of a document takes, read from the metrics pages that the processes serve: what the terminal view shows."""

import re
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path

Buckets = Counter[tuple[str, float]]
"""(stage, upper bound) -> observations up to it."""

EVERY_SECONDS = 2.0
ANSWER_SECONDS = 1.0
WINDOW = 16
"""Looks over which a latency is taken: half a minute."""

LINE = re.compile(
    r'^lienthong_stage_seconds_bucket\{le="([^"]+)",outcome="([^"]+)",source="([^"]+)"\} (\S+)$', re.MULTILINE
)
"""Labels come in the order of their names."""


class Stages:
    """Asks the processes from a thread of its own: one that hangs must not hold up who asks."""

    def __init__(self, run_folder: Path) -> None:
        self._folder = run_folder
        self._history: deque[Buckets] = deque(maxlen=WINDOW)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="stages", daemon=True)
        self._thread.start()

    def latencies(self) -> Mapping[str, tuple[float, float]]:
        """Return stage -> its p50 and p95 in seconds of the axis, over the last half minute."""
        history = list(self._history)
        return latencies(history[0], history[-1]) if len(history) > 1 else {}

    def close(self) -> None:
        """Ask no more."""
        self._ending.set()
        self._thread.join(ANSWER_SECONDS)

    def _follow(self) -> None:
        while not self._ending.wait(EVERY_SECONDS):
            self._history.append(_look(self._folder))


def latencies(before: Buckets, now: Buckets) -> dict[str, tuple[float, float]]:
    """Return the quantiles of what was observed between two looks; a process that began anew between them counts from its start."""
    found: dict[str, tuple[float, float]] = {}
    for stage in sorted({stage for stage, _ in now}):
        bounds = sorted(bound for each, bound in now if each == stage)
        counts = [now[stage, bound] - before[stage, bound] for bound in bounds]
        if min(counts) < 0:
            counts = [now[stage, bound] for bound in bounds]
        if counts[-1] > 0:
            steps = [(0.0, 0), *zip(bounds, counts, strict=True)]
            found[stage] = _quantile(0.5, steps), _quantile(0.95, steps)
    return found


def _quantile(share: float, steps: list[tuple[float, int]]) -> float:
    """Return the value below which a share of the observations lies, as Prometheus does: evenly within a bucket."""
    wanted = share * steps[-1][1]
    for (low, below), (high, upto) in pairwise(steps):
        if upto >= wanted and upto > below:
            return low if high == float("inf") else low + (high - low) * (wanted - below) / (upto - below)
    return steps[-2][0]


def read(page: str) -> Iterator[tuple[str, float, int]]:
    """Yield (stage, upper bound, observations) of a metrics page."""
    for bound, outcome, source, count in LINE.findall(page):
        yield f"{source} → {outcome}", float(bound), int(float(count))


def _look(folder: Path) -> Buckets:
    found: Buckets = Counter()
    for note in folder.glob("*.metrics"):
        try:
            page = page_of(int(note.read_text()))
        except (OSError, ValueError, HTTPException):
            continue  # it starts, or ends
        for stage, bound, count in read(page):
            found[stage, bound] += count
    return found


def page_of(port: int) -> str:
    """Return the metrics page of a process on loopback; raise OSError or HTTPException."""
    asking = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        asking.request("GET", "/metrics")
        return asking.getresponse().read().decode()
    finally:
        asking.close()
