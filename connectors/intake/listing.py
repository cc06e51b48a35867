"""What waits in one door, and what is known of each packet: looked at again as often as the look is cheap."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from connectors.intake import taking
from connectors.intake.peeking import ORDINARY, Look, peek

AS_LONG = 10.0
"""A folder in which a look takes long (tens of thousands of packets) is looked into again after so many times as long."""

PEEKS_AT_ONCE = 200
"""Packets of one door that are opened in one round, the newest first: what came last was not seen yet."""


class Listing:
    """The packets in one door, the oldest first."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._now = folder, now
        self._found: list[Path] = []
        self._looks: dict[Path, Look] = {}
        self._again_at = float("-inf")

    def __len__(self) -> int:
        """Return how many wait, as of the last look."""
        return len(self._found)

    def look(self) -> list[Path]:
        """Return what waits, listed again unless that was done just now; raise OSError where the folder cannot be read."""
        if self._found and self._now() < self._again_at:
            return self._found
        begun = self._now()
        self._found = taking.waiting(self._folder)
        self._looks = {path: self._looks[path] for path in self._found if path in self._looks}
        self._again_at = self._now() + AS_LONG * (self._now() - begun)
        return self._found

    def peek(self) -> None:
        """Open some of those that were not opened yet."""
        left = PEEKS_AT_ONCE
        for path in reversed(self._found):
            if left and path not in self._looks:
                self._looks[path] = peek(path)
                left -= 1

    def urgent(self) -> list[Path]:
        """Return the urgent packets that are known as such."""
        return [path for path in self._found if path in self._looks and self._looks[path].urgent]

    def oldest(self, units: float) -> Iterator[tuple[Path, float]]:
        """Yield the oldest packets and their units of work, until so many are passed."""
        for path in self._found:
            if units <= 0:
                return
            weight = self.units(path)
            units -= weight
            yield path, weight

    def units(self, path: Path) -> float:
        """Return the work that a packet will be, as far as it is known."""
        return self._looks.get(path, ORDINARY).units

    def took(self, paths: set[Path]) -> None:
        """Leave out what was taken."""
        self._found = [path for path in self._found if path not in paths]
