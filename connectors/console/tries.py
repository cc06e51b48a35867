"""Slows down who guesses passwords: by account, and over all of them (everybody comes from loopback, so an address says nothing)."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

FREE = 5
"""Wrong passwords of one account that cost nothing but themselves."""

LONGEST_SECONDS = 300.0
"""Waits double from one second up to this: a stranger can slow an account's owner down, not lock him out."""

MOST_A_MINUTE = 60
"""Wrong passwords over all accounts."""

REMEMBERED = 1_000
"""Names; the one tried longest ago is forgotten first."""


class Tries:
    """Counts wrong passwords; may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._all: list[float] = []

    def wait(self, name: str) -> float:
        """Return the seconds after which the next try is heard; 0: now."""
        with self._lock:
            now = self._clock()
            self._all = [at for at in self._all if now - at < 60]  # noqa: PLR2004 - a minute
            count, last = self._wrong.get(name, (0, 0.0))
            own = min(LONGEST_SECONDS, 2.0 ** min(count - FREE, 20)) + last - now if count >= FREE else 0.0
            every = 60 + self._all[-MOST_A_MINUTE] - now if len(self._all) >= MOST_A_MINUTE else 0.0
            return max(0.0, own, every)

    def wrong(self, name: str) -> None:
        """Count a wrong password."""
        with self._lock:
            now = self._clock()
            count, _ = self._wrong.pop(name, (0, 0.0))
            self._wrong[name] = count + 1, now
            self._all.append(now)
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)

    def right(self, name: str) -> None:
        """Forget what an account's owner mistyped."""
        with self._lock:
            self._wrong.pop(name, None)
