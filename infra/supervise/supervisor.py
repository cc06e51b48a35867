"""Keeps processes running: starts them in order, restarts what crashed or stands still, stops all in order."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from infra import metrics
from infra.logfile import Bounds
from infra.supervise.child import Child, Spec
from infra.supervise.ledger import Ledger
from infra.supervise.loops import Loop, announcement

BACKOFF_FIRST = 0.5
"""Seconds before the first restart; doubled at each further crash."""

BACKOFF_LONGEST = 20.0
"""Seconds between restarts of a process that crashes again: what it waits for may come back at any moment."""

BACKOFF_IN_A_LOOP = 60.0
LOOP_CRASHES = 12
"""After so many crashes in a row, some three minutes, it is tried once a minute, for ever."""

STEADY_AFTER = 30.0
"""Seconds a process must have run for its crashes to be forgotten."""

SILENT_FACTOR = 3
"""A process that does not even say how far it is, for so many times its patience, stands still as well."""

NO_PROGRESS = "no_progress"
PATIENCE_GROWS_TO = 8
"""Each restart for want of progress doubles the patience, up to so many times: on a slow machine, ending what is merely slow would go on for ever."""

STOP_PATIENCE = 3.0
"""Seconds a rank has to stop by itself before it is killed: three ranks and a broker stay within 15 s."""

CANNOT_START = 2
"""Exit code of a process that says what is wrong with its environment; it is tried again all the same."""

REASONS = ("exit_1", "cannot_start", "signal_9", "no_progress")
BOUNDS = Bounds()
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Watch:
    child: Child
    loop: Loop = field(default_factory=Loop)
    crashes: int = 0
    start_again_at: float | None = None
    progress: str = ""
    moved_at: float = 0.0
    standstills: int = 0
    """Restarts for want of progress since it last made some."""


class Supervisor:
    """Owns the children; `tick` is called a few times a second by whoever has the foreground."""

    def __init__(
        self, *, run_folder: Path, log_folder: Path, environment: Mapping[str, str], bounds: Bounds = BOUNDS
    ) -> None:
        self._ledger = Ledger(run_folder / "processes.json")
        self._log_folder, self._bounds = log_folder, bounds
        self._environment = environment
        self._watches: dict[str, _Watch] = {}
        self.on_restart: Callable[[str, str, str], None] = lambda _name, _why, _said: None
        """Called with name, reason and last words when a process ended that will be started again."""

        self.on_loop: Callable[[str], None] = lambda _said: None
        """Called with a sentence for people when a process crash-loops, and when it no longer does."""

    def end_leftovers(self) -> list[str]:
        """End what an earlier supervisor left running."""
        return self._ledger.end_leftovers()

    def start(self, spec: Spec) -> None:
        """Start one process and watch it from now on."""
        if spec.progress is not None:
            spec.progress.unlink(missing_ok=True)
        child = Child(
            spec,
            log_folder=self._log_folder,
            ledger=self._ledger,
            environment=self._environment,
            bounds=self._bounds,
        )
        watch = self._watches[spec.name] = _Watch(child)
        for reason in REASONS:
            metrics.PROCESS_RESTARTS.labels(process=spec.name, reason=reason)  # 0: so that the first one is a rise
        self._start(watch)

    def exit_code(self, name: str) -> int | None:
        """Return the exit code of a `once` process, None while it runs."""
        return self._watches[name].child.exit_code()

    def pids(self) -> dict[str, int]:
        """Return name -> pid of what runs now."""
        running = {name: watch.child for name, watch in self._watches.items() if watch.child.exit_code() is None}
        return {name: child.pid for name, child in running.items() if child.pid is not None}

    def restarts(self) -> dict[str, int]:
        """Return how often each process crashed since it last ran steadily."""
        return {name: watch.crashes for name, watch in self._watches.items() if watch.crashes}

    def tick(self) -> None:
        """Look at every child once: restart the crashed (with backoff) and the stalled."""
        now = time.monotonic()
        for name, watch in self._watches.items():
            if watch.start_again_at is not None:
                if now >= watch.start_again_at:
                    self._start(watch)
            elif (code := watch.child.exit_code()) is not None:
                if watch.child.spec.once:
                    watch.child.kill()  # its own children, if it left any
                else:
                    self._plan_restart(name, watch, _reason(code), now)
            elif self._stalled(watch, now):
                watch.child.kill()
                self._plan_restart(name, watch, NO_PROGRESS, now)
            elif watch.crashes and now - watch.child.started_at > STEADY_AFTER:
                self._calm(name, watch, now)

    def stop_all(self) -> None:
        """Stop rank by rank, the last started first; whoever does not stop in time is killed."""
        for rank in sorted({watch.child.spec.rank for watch in self._watches.values()}, reverse=True):
            children = [watch.child for watch in self._watches.values() if watch.child.spec.rank == rank]
            for child in children:
                child.ask_to_stop()
            until = time.monotonic() + STOP_PATIENCE
            while time.monotonic() < until and any(child.exit_code() is None for child in children):
                time.sleep(0.02)  # waiting for processes to end; their exit is the event
            for child in children:
                if child.exit_code() is None:
                    log.warning("killed", process=child.spec.name, why="did not stop in time")
                child.kill()
        self._watches.clear()

    def _start(self, watch: _Watch) -> None:
        watch.start_again_at = None
        watch.progress, watch.moved_at = "", time.monotonic()
        watch.child.start()
        log.info("started", process=watch.child.spec.name, pid=watch.child.pid)

    def _plan_restart(self, name: str, watch: _Watch, why: str, now: float) -> None:
        steady = now - watch.child.started_at > STEADY_AFTER
        watch.crashes = 1 if steady else watch.crashes + 1
        wait = backoff(watch.crashes)
        watch.start_again_at = now + wait
        said = watch.child.last_words()
        watch.child.kill()  # its own children, if it left any
        watch.standstills += why == NO_PROGRESS
        metrics.PROCESS_RESTARTS.labels(process=name, reason=why).inc()
        log.warning("ended", process=name, why=why, again_in=wait, crashes=watch.crashes, said=said)
        self.on_restart(name, why, said)

        if watch.loop.note(now):
            times = len(watch.loop.restarts)
            sentences = announcement(name, why, said, times=times, wait=wait)
            log.error("crash_loop", process=name, why=why, restarts=times, said=said, vi=sentences[0], en=sentences[1])
            for sentence in sentences:
                self.on_loop(sentence)

    def _calm(self, name: str, watch: _Watch, now: float) -> None:
        """Forget the crashes of what runs steadily, and say so where a loop was announced."""
        if watch.loop.said_at is None:
            watch.crashes = 0
        elif watch.loop.is_over(now - watch.child.started_at):
            watch.crashes = 0
            log.info("crash_loop_over", process=name)
            self.on_loop(f"{name}: đã chạy ổn định trở lại / runs steadily again")

    def _stalled(self, watch: _Watch, now: float) -> bool:
        """Alive, work waits, and nothing moved for too long; or it does not even get as far as saying so."""
        spec = watch.child.spec
        if spec.progress is None:
            return False
        silent_for = 0.0
        try:
            said = json.loads(spec.progress.read_text())
            waiting, mark = int(said["lag"]) > 0, json.dumps(said["positions"], sort_keys=True)
            silent_for = now - max(float(said["at"]), watch.child.started_at)
        except (OSError, ValueError, TypeError, LookupError):
            # Nothing (readable) said yet: a process that never gets so far is stuck as well.
            waiting, mark = True, watch.progress
        if not waiting or mark != watch.progress:
            if watch.progress and mark != watch.progress:  # the first word after a start, or rest, is no step forward
                watch.standstills = 0
            watch.progress, watch.moved_at = mark, now
        patience = spec.patience * min(PATIENCE_GROWS_TO, 1 << watch.standstills)
        return now - watch.moved_at > patience or silent_for > SILENT_FACTOR * patience


def backoff(crashes: int) -> float:
    """Return the seconds to wait before the next start after so many crashes in a row."""
    if crashes > LOOP_CRASHES:
        return BACKOFF_IN_A_LOOP
    return min(BACKOFF_LONGEST, BACKOFF_FIRST * 2.0 ** (crashes - 1))


def _reason(code: int) -> str:
    if code < 0:
        return f"signal_{-code}"
    return "cannot_start" if code == CANNOT_START else f"exit_{code}"
