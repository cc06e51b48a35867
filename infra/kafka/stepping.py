"""Running a core over a batch: one event after the other, later ones seeing what earlier ones changed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from infra.kafka.burial import Fault
from infra.kafka.records import Message, Raw
from infra.state import Changes
from schemas.events import Event, TimerFired
from schemas.reference import Reference
from schemas.step import Change, Core, Forget, Put, Rest, Wake

Prepare = Callable[[Sequence[Event], Mapping[str, bytes], Reference], Awaitable[Sequence[Any]]]
"""The CPU-heavy part of a batch, many events a call: one result an event, in their order."""

Seal = Callable[[Event], Message]
"""Makes an event ready to be written: stamped and encoded."""


@dataclass(slots=True, kw_only=True)
class Item:
    """One event of a batch, or a timer, on its way through."""

    record: Raw
    event: Event | None = None
    fault: Fault | None = None
    """Set where it can go no further."""

    keys: tuple[str, ...] = ()
    prepared: Any = None


class NotNowError(Exception):
    """Raised by a connector's step when the outside is away: nothing of the batch is settled, and it is tried again."""


class NoProgressError(Exception):
    """A timer set itself to a moment that is not later: it would fire for ever."""


@runtime_checkable
class Noticing(Protocol):
    """A core that also looks at the world outside the log, a connector's."""

    notices: str
    """Rows whose names begin with this are what it looks after."""

    def notice(self, rows: Mapping[str, bytes], now: datetime) -> Iterable[Change]:
        """Say what was seen; usually `Wake(row, now)`, so that what was seen gets one moment that survives a crash."""


class Overlay:
    """The rows of a batch while it is worked on, and what it changes in them."""

    def __init__(self, rows: dict[str, bytes]) -> None:
        self.rows = rows
        self.changes = Changes()

    def known(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the rows that exist of those a core asked for: it sees no others, whoever else is in the batch."""
        return {row: self.rows[row] for row in keys if row in self.rows}

    def is_still_due(self, timer: TimerFired) -> bool:
        """Tell whether no earlier step of this batch moved the timer."""
        return timer.row not in self.changes.due

    def apply(self, changes: Iterable[Change]) -> None:
        """Take changes over."""
        for change in changes:
            match change:
                case Put(row=row, value=value):
                    self.rows[row] = self.changes.memory[row] = value
                case Forget(row=row):
                    self.rows.pop(row, None)
                    self.changes.memory[row] = self.changes.due[row] = None
                case Wake(row=row, due_at=due_at):
                    self.changes.due[row] = due_at
                case Rest(row=row):
                    self.changes.due[row] = None


def take(core: Core, item: Item, overlay: Overlay, reference: Reference, seal: Seal, *, now: datetime) -> list[Message]:
    """Run one step and return its messages; whatever it raises, the overlay is as before."""
    if item.event is None or (isinstance(item.event, TimerFired) and not overlay.is_still_due(item.event)):
        return []
    outcome = core.step(item.event, overlay.known(item.keys), reference, now, item.prepared)
    messages = [seal(event) for event in outcome.events]
    changes: list[Change] = list(outcome.changes)
    if isinstance(item.event, TimerFired):
        for change in changes:
            if isinstance(change, Wake) and change.row == item.event.row and change.due_at <= item.event.due_at:
                raise NoProgressError
        changes = [Rest(item.event.row), *changes]
    overlay.apply(changes)
    return messages
