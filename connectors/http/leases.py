"""Leases: which worker of a client system has a delivery in hand. In memory: a lost lease means that a packet is fetched twice."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable


class Leases:
    """Keeps them by client."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: defaultdict[str, dict[str, float]] = defaultdict(dict)

    def take(self, client: str, wanted: Iterable[str], *, limit: int, seconds: float) -> frozenset[str]:
        """Lease at most so many of the deliveries that nobody holds, in their order; return them."""
        now = self._clock()
        held = {each: until for each, until in self._until[client].items() if until > now}
        free = [each for each in wanted if each not in held][:limit]
        self._until[client] = held | dict.fromkeys(free, now + seconds)
        return frozenset(free)
