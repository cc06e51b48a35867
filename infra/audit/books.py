"""What the audit remembers of each document while it reads the log once: codes and counters, no contents."""

from dataclasses import dataclass, field
from datetime import datetime

Where = str
"""`topic/partition/offset` of a record."""


@dataclass(slots=True)
class Submission:
    """One distinct (document key, digest): the unit of the law."""

    recipients: tuple[str, ...] = ()
    submitted: dict[str, Where] = field(default_factory=dict)
    """Event id of each time it was handed over -> where it lies; those after the first are the sender's repeats."""

    since: datetime | None = None
    """When it was first recorded."""

    judged: set[str] = field(default_factory=set)
    """Event ids of submissions that some verdict's record answers: a repeat gets the first verdict again (ADR 0003)."""

    repeated: set[str] = field(default_factory=set)
    """Event ids of submissions that were answered as repeats."""

    verdicts: dict[str, str] = field(default_factory=dict)
    """Event id -> signed, provisional, held or refused."""

    superseded: set[str] = field(default_factory=set)
    """Event ids of verdicts that a later one confirms or recalls."""

    outcomes: dict[str, set[str]] = field(default_factory=dict)
    """Recipient code as addressed -> the distinct outcomes it met (delivery ids or refusal reasons)."""

    refused_whole: bool = False
    """Routing refused the document as a whole."""

    @property
    def where(self) -> Where:
        """Where it was first handed over; empty if it never was."""
        return next(iter(self.submitted.values()), "")


@dataclass(slots=True)
class Books:
    """Everything one pass over the log leaves behind."""

    submissions: dict[tuple[str, str], Submission] = field(default_factory=dict)
    events: dict[str, tuple[bytes, Where]] = field(default_factory=dict)
    """Event id -> digest of its content and where it first lay."""

    statuses: dict[str, tuple[Where, datetime | None]] = field(default_factory=dict)
    """Event id of each submitted status -> where it lies and when it was recorded."""

    answered: dict[str, set[str]] = field(default_factory=dict)
    """Event id of a status -> acknowledged, refused, parked."""

    dispatched: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(delivery id, act) -> distinct event ids; more than one is a double effect."""

    alerts: dict[tuple[str, str, int, int], set[str]] = field(default_factory=dict)
    """(alert id, state, level, number) -> distinct event ids."""

    counts: dict[str, int] = field(default_factory=dict)
    """Event type -> distinct events."""

    repeats: int = 0
    """Records that repeat an event id with the same content: harmless, and counted."""

    conflicts: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    dead_letters: dict[str, int] = field(default_factory=dict)
    buried: set[Where] = field(default_factory=set)
    """Records that ended as dead letters, by their coordinates."""

    contents: dict[str, Where] = field(default_factory=dict)
    """SHA-256 of referenced content -> who refers to it."""

    def submission(self, document_key: str, sha256: str) -> Submission:
        """Return the account of one (document key, digest), opened on first mention."""
        return self.submissions.setdefault((document_key, sha256), Submission())
