"""What a replayed record carries of its past, in headers behind its own: which record it is, and how each earlier try ended.

They go along into the dead letter if it fails again, so that it comes back as the same one. No event carries them on.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, TypeVar

PREFIX = "__dlq.replays."
FIRST, COUNT, EARLIER = PREFIX + "first", PREFIX + "count", PREFIX + "earlier"
KEPT = 50
"""Failures that are carried along, the newest ones; all of them lie on `dead-letter`."""

V = TypeVar("V")


class Place(NamedTuple):
    """Where a record lies."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One step that could not take the record at one try."""

    number: int
    """Which try it was, from 1."""

    letter: str
    """Id of the dead letter that says so."""

    stage: str
    reason: str
    at: str
    """ISO 8601, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A record's past."""

    first: Place
    """Where it lay before it was ever replayed."""

    replays: int
    """How often it was put back onto its topic."""

    earlier: tuple[Failure, ...] = ()

    def headers(self) -> list[tuple[str, bytes]]:
        """Return the headers that say it."""
        earlier = json.dumps([asdict(each) for each in self.earlier[-KEPT:]], ensure_ascii=True)
        said = {FIRST: str(self.first), COUNT: str(self.replays), EARLIER: earlier}
        return [(name, text.encode()) for name, text in said.items()]


def is_replayed(headers: Iterable[tuple[str, Any]]) -> bool:
    """Tell whether a record says that an operator put it back."""
    return any(name == COUNT for name, _ in headers)


def history_of(headers: Iterable[tuple[str, bytes | None]]) -> History | None:
    """Return what the headers say; None where they say nothing, or nothing that we would have written."""
    said = {name: value or b"" for name, value in headers if name in (FIRST, COUNT, EARLIER)}
    try:
        topic, partition, offset = said[FIRST].decode().rsplit("/", 2)
        return History(
            first=Place(topic, int(partition), int(offset)),
            replays=int(said[COUNT]),
            earlier=tuple(_failure(each) for each in json.loads(said[EARLIER])),
        )
    except (LookupError, ValueError, TypeError, RecursionError):
        return None


def _failure(row: Any) -> Failure:
    text = {name: str(row[name]) for name in ("letter", "stage", "reason", "at")}
    return Failure(number=int(row["number"]), **text)


def without_tail(headers: Sequence[tuple[str, V]], names: Collection[str]) -> list[tuple[str, V]]:
    """Return headers without those of these names that were put behind them, each once: what came before is not ours, whatever its name."""
    end, seen = len(headers), set()
    while end and headers[end - 1][0] in names and headers[end - 1][0] not in seen:
        end -= 1
        seen.add(headers[end][0])
    return list(headers[:end])
