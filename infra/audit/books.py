"""What the audit remembers of each document while it reads the log once: codes and counters, no contents."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

Where = str
"""`topic/partition/offset` of a record."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict, as its first record says it."""

    kind: str
    """signed, provisional, held or refused."""

    cause: str
    """Event id of the submission that asked for it, or of the verdict that a timer looked at again."""

    ends: str = ""
    """Event id of the verdict that it confirms or recalls."""

    @property
    def carries(self) -> bool:
        """Tell whether the router acts on it."""
        return self.kind in {"signed", "provisional"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one recipient code met."""

    what: str
    """`<delivery id> <act>`, or the reason of a refusal."""

    act: str
    """DELIVER, RECALL, UPDATE, REPLACE; empty for a refusal."""

    cause: str
    """Event id of the verdict that was acted on."""


@dataclass(slots=True)
class Submission:
    """One distinct (document key, digest): the unit of the law."""

    recipients: tuple[str, ...] = ()
    submitted: dict[str, list[Where]] = field(default_factory=dict)
    """Event id of each time it was handed over, in that order -> where it lies (again after a dead letter was replayed)."""

    since: datetime | None = None
    """When it was first recorded."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """Event id -> verdict."""

    answers: dict[tuple[str, str], list[Where]] = field(default_factory=dict)
    """(verdict, its cause) -> where; a repeat gets the first verdict again, with the repeat as its cause (ADR 0003)."""

    repeated: set[str] = field(default_factory=set)
    """Causes that the router answered as repeats."""

    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    """Recipient code as addressed -> event id -> outcome."""

    refused_whole: dict[str, str] = field(default_factory=dict)
    """Event id of a routing refusal of the whole document -> verdict that was acted on."""

    @property
    def where(self) -> Where:
        """Where it was first handed over; empty if it never was."""
        return next((places[0] for places in self.submitted.values()), "")

    @property
    def judged(self) -> set[str]:
        """Return the causes that some verdict's record answers."""
        return {cause for _, cause in self.answers}


@dataclass(slots=True)
class Burial:
    """The dead letters of one record."""

    stages: set[str] = field(default_factory=set)
    """Apps that could not take it: the register's trouble is no excuse for the verifier."""

    reasons: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class Books:
    """Everything one pass over the log leaves behind."""

    submissions: dict[tuple[str, str], Submission] = field(default_factory=dict)
    events: dict[str, tuple[bytes, Where]] = field(default_factory=dict)
    """Event id -> digest of its content and where it first lay."""

    statuses: dict[str, tuple[list[Where], datetime | None]] = field(default_factory=dict)
    """Event id of each submitted status -> where it lies and when it was recorded."""

    answered: dict[str, set[str]] = field(default_factory=dict)
    """Event id of a status -> acknowledged, refused, parked."""

    acknowledged: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """(status, delivery id) -> distinct event ids; more than one is a double effect."""

    dispatched: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    """(delivery id, act, digest of an update) -> distinct event ids; more than one is a double effect."""

    carried: dict[str, set[str]] = field(default_factory=dict)
    """Document key -> digests that were sent as the document itself; more than one is a stolen id."""

    spoken_of: dict[str, Where] = field(default_factory=dict)
    """Delivery id -> the first receipt or status about it."""

    alerts: dict[tuple[str, str, int, int], set[str]] = field(default_factory=dict)
    """(alert id, state, level, number) -> distinct event ids."""

    counts: dict[str, int] = field(default_factory=dict)
    """Event type -> distinct events."""

    repeats: int = 0
    """Records that repeat an event id with the same content: harmless, and counted."""

    conflicts: list[str] = field(default_factory=list)
    unreadable: list[Where] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)
    """`topic/partition` -> the highest offset that was read."""

    buried: dict[Where, Burial] = field(default_factory=dict)
    """Records that ended as dead letters, by their coordinates."""

    contents: dict[str, Where] = field(default_factory=dict)
    """SHA-256 of referenced content -> who refers to it."""

    def submission(self, document_key: str, sha256: str) -> Submission:
        """Return the account of one (document key, digest), opened on first mention."""
        return self.submissions.setdefault((document_key, sha256), Submission())

    def gave_up(self, stage: str, places: Iterable[Where]) -> bool:
        """Tell whether every record at these places is a dead letter of this app."""
        return all(place in self.buried and stage in self.buried[place].stages for place in places)

    @property
    def dead_letters(self) -> dict[str, int]:
        """Count the dead letters by reason; the same one written twice is one."""
        found: dict[str, int] = {}
        for burial in self.buried.values():
            for _, reason in burial.reasons:
                found[reason] = found.get(reason, 0) + 1
        return found
