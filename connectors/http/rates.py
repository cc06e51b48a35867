"""How often somebody may do something: a bucket of turns each, filled evenly; in memory, for a restart forgives."""

import time
from collections import OrderedDict
from collections.abc import Callable

from connectors.http.problems import RefusedError

REMEMBERED = 10_000
"""Buckets kept; the one that was used longest ago goes first."""


class Rates:
    """Buckets of one kind."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = float(per_minute), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> None:
        """Take a turn; raise `RefusedError` (429) with the seconds to wait where none is left."""
        now = self._clock()
        left, at = self._buckets.pop(who, (self._most, now))
        left = min(self._most, left + (now - at) * self._most / 60)
        enough = left >= 1
        self._buckets[who] = (left - enough, now)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if not enough:
            wait = max(1, round((1 - left) * 60 / self._most))
            raise RefusedError("TOO_MANY_REQUESTS", 429, detail=who, headers={"Retry-After": str(wait)})
