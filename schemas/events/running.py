"""What runs the axis: acts of its operators, published reference data, moments that came up."""

from dataclasses import dataclass
from datetime import datetime

from schemas.events.base import ContentRef, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorActed(Event):
    """Somebody did something by hand: who, what, to what, why."""

    subject: str
    action: str
    by: str
    reason: str = ""
    detail: str = ""

    @property
    def key(self) -> str:
        """Return the subject."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePublished(Event):
    """A validated snapshot of one kind of reference data is in force from now on."""

    kind: str
    version: str
    """SHA-256 of the packed snapshot."""

    content: ContentRef
    published_by: str = ""

    @property
    def key(self) -> str:
        """Return the kind."""
        return self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """A due row of a processor's own state came up; it never travels on a topic."""

    row: str
    """The state row that is due."""

    due_at: datetime
    """The moment asked for; `now` of the step."""

    @property
    def key(self) -> str:
        """Return the name of the row."""
        return self.row
