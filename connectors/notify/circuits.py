"""A circuit for each target: after several failures in a row it is left alone for a while, then one try decides. And one patience for all."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 5
"""In a row, after which a target is left alone."""

OPEN_SECONDS = 60.0
"""Real seconds until the next try."""

MOST_LOST_SECONDS = 20.0
"""Of a minute, for tries that fail, at all targets together."""


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    closed_again_at: float = float("-inf")


class Circuits:
    """How each target did lately; may be asked from several threads, and forgets all at a restart."""

    def __init__(self, tell: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._turn = tell, threading.Lock()
        self._known: dict[str, _Circuit] = {}

    def lets(self, target: str) -> bool:
        """Tell whether a target may be tried now; of those who ask while it is half open only the first may."""
        with self._turn:
            one = self._known.get(target)
            if one is None or one.failures < FAILURES:
                return True
            if self._tell() < one.closed_again_at:
                return False
            one.closed_again_at = self._tell() + OPEN_SECONDS
            return True

    def learn(self, target: str, *, alive: bool) -> None:
        """Take in how a try went; any answer that is not a failure of the server closes the circuit."""
        with self._turn:
            if alive:
                self._known.pop(target, None)
                return
            one = self._known.setdefault(target, _Circuit())
            one.failures += 1
            one.closed_again_at = self._tell() + OPEN_SECONDS


class Patience:
    """How long all that fails may hold up everybody: the supervisor ends a process that makes no progress for a minute."""

    def __init__(self, tell: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._turn = tell, threading.Lock()
        self._lost: list[tuple[float, float]] = []

    def has_run_out(self) -> bool:
        """Tell whether too much of the last minute went into tries that failed."""
        with self._turn:
            now = self._tell()
            self._lost = [(at, seconds) for at, seconds in self._lost if at > now - OPEN_SECONDS]
            return sum(seconds for _at, seconds in self._lost) >= MOST_LOST_SECONDS

    def lose(self, since: float) -> None:
        """Count a try that failed, and began then."""
        with self._turn:
            now = self._tell()
            self._lost.append((now, now - since))
