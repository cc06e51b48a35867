"""What people see while the axis runs: a picture on a terminal, a line now and then elsewhere; always on stderr."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from infra.clock import open_clock
from infra.demo.plan import HERE
from infra.readings import Readings
from infra.settings import Settings
from infra.stages import Stages
from infra.up import Axis

if TYPE_CHECKING:  # only a terminal pays for importing it
    from rich.live import Live

    from infra.demo.view import View

PICTURE_SECONDS = 0.5
LINE_SECONDS = 15.0
NAMED = ("submitted", "signed", "refused", "dispatched", "acknowledged")
"""Topics of documents whose counts a line names."""


class Screen(Protocol):
    """Where progress is shown."""

    def say(self, text: str) -> None:
        """Say one sentence, now."""

    def show(self, axis: Axis) -> None:
        """Show how things are; called at every tick."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class Lines:
    """Sentences, and a line with the counts every quarter of a minute."""

    def __init__(self) -> None:
        self._readings: Readings | None = None
        self._next = 0.0

    def say(self, text: str) -> None:
        """Say one sentence."""
        sys.stderr.write(f"lienthong: {text}\n")
        sys.stderr.flush()

    def show(self, axis: Axis) -> None:
        """Say a line when its time has come."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LINE_SECONDS
        self._readings = self._readings or Readings(axis.settings, alerts=False)
        self._readings.look()
        done, every = self._readings.handed_over()
        packets = f"packets {done} of {every}  " if every else ""
        counts = "  ".join(f"{name} {self._readings.counts.get(f'document.{name}', 0)}" for name in NAMED)
        now = open_clock(axis.settings).now().astimezone(HERE)
        self.say(f"{now:%a %d/%m %H:%M}  {packets}{counts}")

    def close(self) -> None:
        """Let go of the broker, which is about to stop."""
        self._readings = None


class Picture:
    """The whole terminal, drawn twice a second once the axis runs."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._view: View | None = None
        self._readings: Readings | None = None
        self._stages: Stages | None = None
        self._next = 0.0

    def say(self, text: str) -> None:
        """Say one sentence, above the picture."""
        if self._live is not None:
            self._live.console.print(text, markup=False, highlight=False)
        else:
            sys.stderr.write(f"lienthong: {text}\n")

    def show(self, axis: Axis) -> None:
        """Draw it when its time has come."""
        if time.monotonic() < self._next:
            return
        if self._live is None or self._view is None or self._readings is None:
            self._live, self._view, self._readings = _open(axis)
        self._stages = self._stages or Stages(axis.settings.run_folder)
        self._readings.look()
        self._view.alerts.extend(self._readings.new_alerts())
        clock, processes = open_clock(axis.settings), axis.pids()
        drawn = self._view.render(
            now=clock.now(),
            at=time.monotonic(),
            mode="real time" if clock.mode == "real" else f"simulated: {clock.mode}",
            counts=self._readings.counts,
            lags=self._readings.lags(processes),
            processes=processes,
            restarts=axis.restarts(),
            done=self._readings.handed_over(),
            latencies=self._stages.latencies(),
        )
        self._live.update(drawn, refresh=True)
        self._next = time.monotonic() + PICTURE_SECONDS

    def close(self) -> None:
        """Give the terminal back."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self._readings is not None:
            self._readings.close()
            self._readings = None
        if self._stages is not None:
            self._stages.close()
            self._stages = None


def _open(axis: Axis) -> "tuple[Live, View, Readings]":
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for importing it
    from rich.live import Live  # noqa: PLC0415 - see above

    from infra.demo.view import View  # noqa: PLC0415 - see above

    settings = axis.settings
    live = Live(console=Console(stderr=True), auto_refresh=False)
    live.start()
    return live, View(places={"console": axis.console} | places(settings)), Readings(settings, alerts=True)


def places(settings: Settings) -> dict[str, str]:
    """Return what people look for -> where it is."""
    here = {
        "drop": settings.intake_folder,
        "packets": settings.var / "demo" / "packets",
        "mails": settings.var / "demo" / "mail",
        "endpoints": settings.endpoints_folder,
        "logs": settings.var / "log",
        "metrics": settings.run_folder / "*.metrics (port of each process)",
    }
    found = {what: _short(where) for what, where in here.items() if what not in ("packets", "mails") or where.exists()}
    return found | {"register": settings.register_url, "ask": "lienthong status DOCUMENT_ID · owes ORGAN_ID · audit"}


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
