"""What a step of a processor's core takes and gives: values in, values out.

The shell (`infra.kafka.settle`) reads the rows that `keys` names, runs `step`, writes the events and then the changes.
A timer is a step like any other: its event is `TimerFired`, its `now` the moment the row was due, so a replay repeats it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from schemas.events import Event
from schemas.reference import Reference


@dataclass(frozen=True, slots=True)
class Put:
    """Write one row of the partition's state."""

    row: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Forget:
    """Remove one row, and its due moment if it has one."""

    row: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Call the step again with `TimerFired` for this row at this moment; replaces an earlier moment of the row."""

    row: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """Take the row's due moment away."""

    row: str


Change = Put | Forget | Wake | Rest


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step decided: events to write, then rows to change, in this order."""

    events: tuple[Event, ...] = ()
    changes: tuple[Change, ...] = ()


class Core(Protocol):
    """A processor's core: pure, so that a replay gives the same events and the same rows."""

    def keys(self, event: Event) -> Iterable[str]:
        """Name the state rows that `step` needs for this event (all in the event's own partition)."""

    def step(
        self, event: Event, known: Mapping[str, bytes], reference: Reference, now: datetime, prepared: Any = None
    ) -> Outcome:
        """Decide. `known` holds the rows that exist, earlier changes of the same batch included.

        `now` is the record's own recorded time; `prepared` what the CPU-heavy part made of the event (verification), else None.
        """
