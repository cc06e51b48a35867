"""A hole in what was fetched is noticed before anything is computed: offsets must follow one another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from infra.kafka.records import Raw, Where

MAX_SEEKS = 2
"""Holes appear around rebalances and are gone at the first seek back; one that survives two is real."""

R = TypeVar("R", bound=Raw)


class HoleError(Exception):
    """Records are missing on a topic that may have no holes."""


@dataclass(slots=True)
class Contiguity:
    """What must come next in every partition; nothing is let through for a partition that is not expected."""

    sparse: Collection[str] = ()
    """Topics whose offsets have holes by design (compacted ones)."""

    expected: dict[Where, int] = field(default_factory=dict)
    _tries: dict[tuple[Where, int], int] = field(default_factory=dict)

    def restart(self, expected: Mapping[Where, int]) -> None:
        """Forget everything; expect these offsets next."""
        self.expected = dict(expected)
        self._tries = {}

    def check(self, where: Where, records: Sequence[R]) -> Sequence[R] | None:
        """Return the records that may be worked on (perhaps none), or None: seek back to `expected`; raise `HoleError`.

        `expected` itself is moved by whoever delivers the records: what was not delivered is still expected.
        """
        expected = self.expected.get(where)
        if expected is None:
            return ()
        if records and records[0].offset < expected:
            records = [record for record in records if record.offset >= expected]
        if not records or where.topic in self.sparse:
            return records
        if records[0].offset == expected and records[-1].offset - expected == len(records) - 1:
            return records
        tries = self._tries[where, expected] = self._tries.get((where, expected), 0) + 1
        if tries > MAX_SEEKS:
            raise HoleError(f"{where.topic}/{where.partition}: expected {expected}, got {records[0].offset}")
        return None
