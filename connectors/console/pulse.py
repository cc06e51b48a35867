"""How fast the axis goes: figures from the metrics pages that its processes serve on loopback, a look every two seconds."""

import re
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from time import monotonic
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from infra.clock import Clock
from infra.stages import Buckets, latencies, page_of, read

EVERY_SECONDS = 2.0
WINDOW = 15
"""Looks over which a rate and a latency are taken: half a minute."""

KEPT = 900
"""Points of a chart: half an hour."""

PROCESSES = ("intake", "verifier", "router", "deliver", "watcher", "notify", "register", "trust")
"""In the order of a document's way."""

REPLICA = re.compile(r"-\d+$")
SUMS = {
    "lienthong_events_in_total": "received",
    "lienthong_events_out_total": "written",
    "lienthong_consumer_lag_records": "unread",
    "lienthong_dead_letters_total": "letters",
    "lienthong_intake_packets_total": "packets",
}
DUTIES = "lienthong_open_obligations"


@dataclass(slots=True, kw_only=True)
class Look:
    """What all processes said at one moment."""

    at: float
    """Monotonic seconds."""

    instances: Counter[str] = field(default_factory=Counter)
    sums: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Figure -> process -> value."""

    dwell: Buckets = field(default_factory=Counter)
    """(process, upper bound) -> events that took so long, in seconds of the axis."""

    duties: Counter[str] = field(default_factory=Counter)


class Pulse:
    """Looks from a thread of its own: a process that hangs must not hold up a page."""

    def __init__(self, run_folder: Path, clock: Clock) -> None:
        self._folder, self._clock = run_folder, clock
        self._looks: deque[Look] = deque(maxlen=WINDOW)
        self._points: deque[tuple[float, float, float | None]] = deque(maxlen=KEPT)
        self._thread = threading.Thread(target=self._follow, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def take(self) -> None:
        """Look once."""
        self._looks.append(look(self._folder))
        now = self.figures()
        written = sum(each["written"] for each in now["processes"])
        slowest = max((each["dwell"] for each in now["processes"] if each["dwell"] is not None), default=None)
        self._points.append((now["at"], written, slowest))

    def figures(self) -> dict[str, Any]:
        """Return the newest figures: rates per real second, dwell as p95 in seconds of the axis over half a minute."""
        looks = list(self._looks)
        last, first = (looks[-1], looks[0]) if looks else (Look(at=0.0), Look(at=0.0))
        slow = latencies(first.dwell, last.dwell)
        found = [
            {
                "name": name,
                "instances": last.instances[name],
                "received": _rate(first, last, "received", name),
                "written": _rate(first, last, "written", name),
                "unread": int(last.sums["unread"][name]),
                "letters": int(last.sums["letters"][name]),
                "dwell": slow[name][1] if name in slow else None,
            }
            for name in PROCESSES
            if last.instances[name] or name != "trust"
        ]
        return {"at": self._clock.now().timestamp(), "processes": found, "duties": dict(last.duties)}

    def history(self) -> list[list[float | None]]:
        """Return the points of the charts as columns: axis time, events written a second, the slowest process' p95."""
        points = list(self._points)
        return [[point[0] for point in points], [point[1] for point in points], [point[2] for point in points]]

    def _follow(self) -> None:
        while True:
            self.take()
            threading.Event().wait(EVERY_SECONDS)


def look(folder: Path) -> Look:
    """Ask every process that left a note of its port; one that does not answer is not counted."""
    found = Look(at=monotonic())
    for note in sorted(folder.glob("*.metrics")):
        name = REPLICA.sub("", note.stem)
        if name not in PROCESSES:
            continue
        try:
            page = page_of(int(note.read_text()))
        except (OSError, ValueError, HTTPException):
            continue  # it starts, or ends
        found.instances[name] += 1
        _add(found, name, page)
    return found


def _add(found: Look, name: str, page: str) -> None:
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            if sample.name in SUMS:
                found.sums[SUMS[sample.name]][name] += sample.value  # type: ignore[assignment]  # counts of Prometheus are floats
            elif sample.name == DUTIES:
                found.duties[sample.labels["clock"]] += int(sample.value)
    for _, bound, count in read(page):
        found.dwell[name, bound] += count


def _rate(first: Look, last: Look, figure: str, name: str) -> float:
    """Return how much a counter rose a second; one that began anew counts from its start."""
    if last.at <= first.at:
        return 0.0
    before, now = _value(first.sums, figure, name), _value(last.sums, figure, name)
    return round((now - before if now >= before else now) / (last.at - first.at), 2)


def _value(sums: Mapping[str, Counter[str]], figure: str, name: str) -> float:
    return sums[figure][name] if figure in sums else 0.0
