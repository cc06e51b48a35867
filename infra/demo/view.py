"""The terminal view of `make run`: counts per topic, rates, lag, alerts as they are raised, and where to find what."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table

from infra.demo.plan import HERE

SHOWN_ALERTS = 8
RATE_WINDOW = 10
"""Looks back over which a rate is taken."""


@dataclass(slots=True)
class View:
    """What is on the screen; fed a few times a second."""

    places: Mapping[str, str]
    """What -> where to find it."""

    alerts: deque[str] = field(default_factory=lambda: deque(maxlen=SHOWN_ALERTS))
    _history: deque[tuple[float, Mapping[str, int]]] = field(default_factory=lambda: deque(maxlen=RATE_WINDOW))

    def render(
        self, *, now: datetime, at: float, mode: str, counts: Mapping[str, int], lags: Mapping[str, int],
        processes: Mapping[str, int], restarts: Mapping[str, int], done: Sequence[int],
        latencies: Mapping[str, tuple[float, float]],
    ) -> RenderableType:  # fmt: skip
        """Draw one picture; `at` is a monotonic time in seconds, `done` packets handed over and in all."""
        self._history.append((at, dict(counts)))
        head = f"[bold]lienthong[/]  {now.astimezone(HERE):%A %d/%m/%Y %H:%M:%S}  ({mode})   packets {done[0]} of {done[1]}   Ctrl-C stops"
        alerts = "\n".join(self.alerts) or "none yet"
        places = "\n".join(f"[dim]{what:<10}[/] {where}" for what, where in self.places.items())
        tables = Columns([self._topics(counts), _processes(processes, restarts, lags), _stages(latencies)])
        return Group(
            head,
            tables,
            Panel(alerts, title="alerts", title_align="left"),
            Panel(places, title="where", title_align="left"),
        )

    def _topics(self, counts: Mapping[str, int]) -> Table:
        table = Table("topic", "events", "per second", box=None, pad_edge=False)
        (then, before), (at, _now) = self._history[0], self._history[-1]
        for topic in sorted(counts):
            rate = (counts[topic] - before.get(topic, 0)) / (at - then) if at > then else 0.0
            table.add_row(topic, f"{counts[topic]}", f"{rate:.1f}" if rate else "")
        return table


def _processes(processes: Mapping[str, int], restarts: Mapping[str, int], lags: Mapping[str, int]) -> Table:
    table = Table("process", "pid", "unread", "restarts", box=None, pad_edge=False)
    for name, pid in processes.items():
        table.add_row(name, str(pid), str(lags.get(name, "")), str(restarts.get(name, "")))
    return table


def _stages(latencies: Mapping[str, tuple[float, float]]) -> Table:
    table = Table("stage", "p50", "p95", box=None, pad_edge=False)
    for stage, (half, most) in latencies.items():
        table.add_row(stage.replace("Document", ""), f"{half:.2g} s", f"{most:.2g} s")
    return table
