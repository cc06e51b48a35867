"""What one step writes down: the rows as they are so far, the changes and the events in their order."""

from collections.abc import Mapping
from datetime import datetime

from schemas.events import Event
from schemas.step import Change, Forget, Outcome, Put, Wake


class Sheet:
    """Later parts of a step see what earlier ones put."""

    def __init__(self, known: Mapping[str, bytes]) -> None:
        self._rows = dict(known)
        self._changes: list[Change] = []
        self._events: list[Event] = []

    def get(self, row: str) -> bytes | None:
        """Return a row, or None."""
        return self._rows.get(row)

    def put(self, row: str, value: bytes) -> None:
        """Write a row, if it differs."""
        if self._rows.get(row) != value:
            self._rows[row] = value
            self._changes.append(Put(row, value))

    def forget(self, row: str) -> None:
        """Remove a row."""
        if self._rows.pop(row, None) is not None:
            self._changes.append(Forget(row))

    def wake(self, row: str, due_at: datetime) -> None:
        """Ask to be called again."""
        self._changes.append(Wake(row, due_at))

    def say(self, event: Event) -> None:
        """Write an event."""
        self._events.append(event)

    def outcome(self) -> Outcome:
        """Return it all."""
        return Outcome(events=tuple(self._events), changes=tuple(self._changes))
