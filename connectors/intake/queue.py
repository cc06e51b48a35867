"""What intake does next: what lies in `work/` and is due, what is urgent, then a fair share of what is new in each door.

What failed waits longer each time and is never given up. A file that appears in `work/` without our taking it is another
intake's; it becomes ours when that one does not finish it.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import structlog

from connectors.folders import Door
from connectors.intake import taking
from connectors.intake.listing import Listing
from connectors.intake.taking import Taken, tidy
from infra.clock import Clock

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0
"""Less than what a process may stand still while work waits (`STALLED_AFTER` of the supervisor)."""

STRANGER_SECONDS = 60.0
"""So long another intake may work on a file."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Trial:
    again_at: float
    failed: int = 0


class Queue:
    """Serves some doors; one thread at a time."""

    def __init__(self, doors: Callable[[], Iterable[Door]], clock: Clock) -> None:
        self._doors, self._clock = doors, clock
        self._trials: dict[Path, _Trial] = {}
        self._stranger_seconds = 0.0  # at first everything is ours: left by a process that ended
        self._troubles: set[tuple[str, str]] = set()
        self._listings: dict[Door, Listing] = {}
        self._units: dict[Path, float] = {}
        self.waiting = 0
        """Files that were seen at the last look, put away or not."""

    def next(self, limit: int, room: float = math.inf) -> list[Taken]:
        """Take and return about so many files: what failed before, what is urgent, then `room` units of what is not, a share a door.

        A door that cannot be looked into keeps no other waiting.
        """
        now, doors = self._clock.now(), list(self._doors())
        begun = [taken for door in doors for taken in self._look(door, partial(taking.left, door, now=now))]
        self._list(doors)
        self.waiting = len(begun) + sum(map(len, self._listings.values()))
        due = self._due(begun)[:limit]
        chosen = self._urgent(limit - len(due))
        for door, paths in self._share(limit - len(due) - sum(map(len, chosen.values())), room, chosen).items():
            chosen.setdefault(door, []).extend(paths)
        return due + [taken for door, paths in chosen.items() for taken in self._take(door, paths, now)]

    def units(self, taken: Taken) -> float:
        """Return the work that a taken packet will be, as it was seen while it waited."""
        return self._units.get(taken.path, 1.0)

    def _list(self, doors: Iterable[Door]) -> None:
        known = self._listings
        self._listings = {door: known.get(door) or Listing(door.folder) for door in doors}
        for door, listing in self._listings.items():
            self._look(door, listing.look)
            listing.peek()

    def _urgent(self, limit: int) -> dict[Door, list[Path]]:
        """Choose urgent packets, a share a door."""
        busy = {door: found for door, listing in self._listings.items() if (found := listing.urgent())}
        share = max(1, limit // len(busy)) if busy and limit > 0 else 0
        return {door: found[:share] for door, found in busy.items() if share}

    def _share(self, limit: int, room: float, chosen: Mapping[Door, list[Path]]) -> dict[Door, list[Path]]:
        """Choose from each door its share of what may be taken in: of files, and of units of work."""
        busy = [door for door, listing in self._listings.items() if len(listing) > len(chosen.get(door, ()))]
        if not busy or limit <= 0 or room <= 0:
            return {}
        files, units = max(1, limit // len(busy)), room / len(busy)
        found = {}
        for door in busy:
            already = set(chosen.get(door, ()))
            oldest = (path for path, _ in self._listings[door].oldest(units + len(already)) if path not in already)
            found[door] = list(islice(oldest, files))
        return found

    def _take(self, door: Door, paths: list[Path], now: datetime) -> list[Taken]:
        listing = self._listings[door]
        weights = {tidy(path.name): listing.units(path) for path in paths}
        taken = self._look(door, partial(taking.take, door, paths, now=now))
        listing.took(set(paths))
        self._units |= {each.path: weights.get(each.given, 1.0) for each in taken}
        return taken

    def failures(self, taken: Taken) -> int:
        """Return how often a file failed."""
        return self._trials[taken.path].failed if taken.path in self._trials else 0

    def failed(self, taken: Taken, why: Exception) -> None:
        """Try a file again later, and say why once: the first of many that fail for the same reason speaks for all."""
        now = time.monotonic()
        trial = self._trials.setdefault(taken.path, _Trial(now))
        trial.failed += 1
        trial.again_at = now + min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (trial.failed - 1))
        self._say("packet_not_taken_in", taken.door, why)

    def well(self, door: Door) -> None:
        """Take note that a door's packets pass again: the next trouble is told anew."""
        self._troubles = {each for each in self._troubles if each[0] != door.principal}

    def _due(self, begun: Iterable[Taken]) -> list[Taken]:
        now = time.monotonic()
        known, wait = self._trials, self._stranger_seconds
        self._units = {each.path: self._units[each.path] for each in begun if each.path in self._units}
        self._stranger_seconds = STRANGER_SECONDS
        self._trials = {each.path: known.get(each.path) or _Trial(now + wait) for each in begun}
        return [each for each in begun if self._trials[each.path].again_at <= now]

    def _look(self, door: Door, look: Callable[[], list[T]]) -> list[T]:
        try:
            return look()
        except OSError as exc:
            self._say("door_not_looked_into", door, exc)
            return []

    def _say(self, what: str, door: Door, why: Exception) -> None:
        """Log a trouble once; the words of an exception may be a packet's, so only an OSError's own are told."""
        told = why.strerror or str(why) if isinstance(why, OSError) else ""
        if (door.principal, key := f"{what} {type(why).__name__} {told}") not in self._troubles:
            self._troubles.add((door.principal, key))
            log.warning(what, door=door.principal, error=type(why).__name__, why=told, where=_place(why))


def _place(why: Exception) -> str:
    """Return the file and line in which an exception was raised."""
    trace = why.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
