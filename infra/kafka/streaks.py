"""Dead letters in a row: so many of one topic are a mistake of ours, not bad messages, and the topic must not be emptied.

A bug breaks every record it meets, so few are enough. Bytes that are not ours come from outside, and may come as a flood: they cost
their place in the topic and nothing else, so many may pass (ADR 0011). What an operator put back says nothing new.
"""

import json
from collections.abc import Iterable

from infra.kafka.burial import BUG, Fault
from infra.kafka.history import is_replayed

FOREIGN_TIMES = 50
"""So many times the limit of a bug may bytes be buried that are not ours."""

MEND = (
    "the cause is not one message: look at the last dead letters (`lienthong dlq list`), mend the program, the schema or the topic,"
    " and it goes on at this record; if the records themselves are bad, start it once with a higher LIENTHONG_DEAD_LETTER_LIMIT"
)


class TooManyDeadLettersError(Exception):
    """So many in a row are a mistake, not bad messages: the topic must not be emptied."""


class Streaks:
    """Counts by topic; a record that is taken ends its topic's streak."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: dict[tuple[str, bool], int] = {}
        self.moved = False
        """Whether what is kept of an earlier stop is over."""

        self._kept: set[tuple[str, bool]] = set()

    def taken(self, topic: str) -> None:
        """Note that a record was taken."""
        for which in ((topic, True), (topic, False)):
            self._counts.pop(which, None)
            if which in self._kept:
                self._kept.discard(which)
                self.moved = True

    def broken(self, topic: str, fault: Fault, headers: Iterable[tuple[str, bytes]]) -> None:
        """Note that a record becomes a dead letter; raise `TooManyDeadLettersError` instead of letting it."""
        if is_replayed(headers):
            return
        which = (topic, fault.reason == BUG)
        count, limit = self._counts.get(which, 0) + 1, self._limit * (1 if which[1] else FOREIGN_TIMES)
        if count > limit:
            self._kept.add(which)
            raise TooManyDeadLettersError(f"{count} in a row on {topic}, the last: {fault.reason} {fault.message}")
        self._counts[which] = count

    def dump(self) -> bytes | None:
        """Return what a stop leaves behind, so that every start does not bury as many again; None: nothing."""
        kept = [[topic, bug, self._counts.get((topic, bug), 0)] for topic, bug in sorted(self._kept)]
        return json.dumps(kept).encode() if kept else None

    def load(self, left: bytes | None) -> None:
        """Go on where an earlier process stopped."""
        for topic, bug, count in json.loads(left) if left else ():
            self._counts[topic, bug] = max(count, self._counts.get((topic, bug), 0))
            self._kept.add((topic, bug))
