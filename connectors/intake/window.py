"""How much intake may have under way: so much that the axis is busy, so little that an urgent packet is never behind a queue (ADR 0032).

What waits, waits in its sender's door, where it can be overtaken; what lies on a topic cannot. By Little's law the time under way is what
is under way divided by what is finished a second, so the window is set to what is finished in `TARGET_SECONDS`.
"""

import threading
import time
from collections.abc import Callable

TARGET_SECONDS = 0.75
"""Time under way that is aimed at, where packets wait."""

GROWTH = 1.25
"""So much more than was finished: a window that is too small finds out."""

SMALLEST = 16.0
"""Units of work (`peeking`): never fewer, and at first. While nothing waits for long, the window more than doubles at each measurement."""

FREE = 0.25
"""The part of the window that must be free before more is taken in."""

SPARE = 1_000
"""Names of what is finished that are kept before they are cleared out."""

MEASURED_SECONDS = 0.5
FORGOTTEN_SECONDS = 5.0
"""What has no outcome after so long (a dead letter, a verifier that stands still) does not count any more. Where nothing at all had one,
the window doubles: it protects nobody then, and packets are handed over rather than left in their doors."""


class Window:
    """Counts units of work from the event that intake wrote to the first outcome; may be called from several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._under_way: dict[str, tuple[float, float]] = {}
        self._known_as: dict[str, str] = {}
        self._size, self._units = SMALLEST, 0.0
        self._finished, self._since, self._was_full = 0.0, now(), False
        self._finished_at = now()

    def room(self) -> float:
        """Return how many units may be taken in now."""
        with self._changed:
            self._forget()
            if self._has_room():
                return max(0.0, self._size - self._units)
            self._was_full = True
            return 0.0

    def took(self, event_id: str, units: float) -> None:
        """Count what is about to be written."""
        with self._changed:
            if event_id not in self._under_way:
                self._under_way[event_id] = self._now(), units
                self._units += units

    def passed_on(self, cause: str, event_id: str) -> None:
        """Take note that what was under way is known by another event from now on: it was judged, and is to be routed."""
        with self._changed:
            if cause in self._under_way:
                self._known_as[event_id] = cause

    def finished(self, cause: str) -> None:
        """Count an outcome; only the first of each counts."""
        with self._changed:
            found = self._under_way.pop(self._known_as.pop(cause, cause), None)
            if found is not None:
                self._units -= found[1]
                self._finished += found[1]
                self._finished_at = self._now()
                self._measure()
                self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait until there is room, or so long."""
        with self._changed:
            self._changed.wait_for(self._has_room, seconds)

    def _has_room(self) -> bool:
        """Tell whether a part of the window is free: packets taken in together cost less than one by one."""
        return self._units <= self._size * (1 - FREE)

    def _measure(self) -> None:
        """Set the size by what was finished while packets had to wait; otherwise nothing can be told from it."""
        lasted = self._now() - self._since
        if lasted < MEASURED_SECONDS:
            return
        if self._was_full:
            self._size = max(SMALLEST, GROWTH * TARGET_SECONDS * self._finished / lasted)
        self._finished, self._since, self._was_full = 0.0, self._now(), False

    def _forget(self) -> None:
        while self._under_way:
            event_id, (at, units) = next(iter(self._under_way.items()))  # the oldest
            if self._now() - at < FORGOTTEN_SECONDS:
                break
            del self._under_way[event_id]
            self._units -= units
            if self._now() - self._finished_at >= FORGOTTEN_SECONDS:
                self._size, self._finished_at = 2 * self._size, self._now()
        if not self._under_way:
            self._units = 0.0
        if len(self._known_as) > 2 * len(self._under_way) + SPARE:
            self._known_as = {name: cause for name, cause in self._known_as.items() if cause in self._under_way}
