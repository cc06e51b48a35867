"""How far a process is, for whoever watches it: `var/run/<process>.progress`, written at every tick.

A process that lives but does not move while work waits is restarted: `lag` > 0 and the same `positions` for too long,
or an `at` that is too old (the process does not even get as far as saying).
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from infra.durable import write_atomically
from infra.kafka.engine import Engine
from infra.kafka.records import Where

STANDBY_SECONDS = 120.0
"""A process that owns nothing waits so long for the others to move before it counts what is unread as waiting for itself:
it may be one worker too many, or one that its group forgot."""


class Progress:
    """Writes one process' file."""

    def __init__(self, run_folder: Path, process: str) -> None:
        self.file = progress_file(run_folder, process)
        self._seen: Mapping[Where, int] = {}
        self._moved_at = time.monotonic()

    def say(self, positions: Mapping[Where, int], *, lag: int, done: int = 0) -> None:
        """Write the last settled offsets, how many records (or lanes at work) wait, and a counter of what moves no offset."""
        said = {
            "lag": lag,
            "positions": {f"{where.topic}/{where.partition}": last for where, last in sorted(positions.items())}
            | {"done": done},
            "at": time.monotonic(),  # the same for all processes of a machine since it booted
        }
        write_atomically(self.file, json.dumps(said).encode())

    def say_engine(self, engine: Engine, *, prepared: int = 0) -> None:
        """Write how far an engine is with all it owns; a lane at work counts as one that waits, what was prepared for it as a move."""
        positions = engine.settled() or engine.elsewhere
        if positions != self._seen or engine.lanes:
            self._seen, self._moved_at = positions, time.monotonic()
        waiting = sum(engine.unread.values()) + sum(lane.plan is not None for lane in engine.lanes.values())
        stands_by = not engine.lanes and time.monotonic() - self._moved_at < STANDBY_SECONDS
        self.say(positions, lag=0 if stands_by else waiting, done=engine.fired + prepared)


def progress_file(run_folder: Path, process: str) -> Path:
    """Return where a process says how far it is."""
    return run_folder / f"{process}.progress"
