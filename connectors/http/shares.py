"""Places that are taken for a while (uploads, streams): so many altogether, and no client has more than its share."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.http.problems import RefusedError


class Shares:
    """Counts them; used by the event loop alone."""

    def __init__(self, what: str, *, most: int, of_one: int) -> None:
        self._what, self._most, self._of_one = what, most, max(1, of_one)
        self._taken: Counter[str] = Counter()

    def require(self, who: str) -> None:
        """Raise `RefusedError` (503) where there is no place for a client."""
        if self._taken.total() >= self._most or self._taken[who] >= self._of_one:
            raise RefusedError("TOO_MANY_REQUESTS", 503, detail=self._what, headers={"Retry-After": "2"})

    @contextmanager
    def taken(self, who: str) -> Iterator[None]:
        """Hold a place; raise `RefusedError` where there is none."""
        self.require(who)
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken[who] -= 1
            self._taken += Counter()  # forgets who holds none
