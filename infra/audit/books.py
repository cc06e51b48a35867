"""What the audit remembers of each document, status, delivery and duty while it judges them."""

from dataclasses import dataclass, field
from typing import NamedTuple

from infra.audit.log import Log, Moment, Names, Text, Where
from schemas.glance import number_in

MAY_BE_NULL = b"\x02"
"""What comes before a number that could be null."""


class Verdict(NamedTuple):
    """One verdict, as its first record says it."""

    kind: str
    """signed, provisional, held or refused."""

    cause: str
    """Event id of the submission that asked for it, or of the verdict that a timer looked at again."""

    ends: str
    """Event id of the verdict that it confirms or recalls."""

    where: Where

    @property
    def carries(self) -> bool:
        """Tell whether the router acts on it."""
        return self.kind in {"signed", "provisional"}


class Outcome(NamedTuple):
    """What one recipient code met."""

    what: str
    """`<delivery id> <act>`, or the reason of a refusal."""

    act: str
    """DELIVER, RECALL, UPDATE, REPLACE; empty for a refusal."""

    cause: str
    """Event id of the verdict that was acted on."""

    where: Where


@dataclass(slots=True)
class Submission:
    """One distinct (document key, digest): the unit of the law."""

    recipients: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    """Whom an update adds or drops; which of them, the router's reference data said."""

    submitted: dict[str, list[Where]] = field(default_factory=dict)
    """Event id of each time it was handed over, in that order -> where it lies (again after a dead letter was replayed)."""

    since: Text = b""
    """When it was first recorded."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """Event id -> verdict."""

    answers: dict[tuple[str, str], list[Where]] = field(default_factory=dict)
    """(verdict, its cause) -> where; a repeat gets the first verdict again, with the repeat as its cause (ADR 0003)."""

    repeated: dict[str, Where] = field(default_factory=dict)
    """Causes that the router answered as repeats, and where."""

    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    """Recipient code as addressed -> event id -> outcome."""

    refused_whole: dict[str, tuple[str, Where]] = field(default_factory=dict)
    """Event id of a routing refusal of the whole document -> verdict that was acted on, and where it lies."""

    @property
    def where(self) -> Where:
        """Where it is first met on the log: handed over, else judged, else sent or refused."""
        for places in (*self.submitted.values(), *self.answers.values()):
            return places[0]
        outcomes = (each.where for met in self.outcomes.values() for each in met.values())
        return next(outcomes, next((where for _, where in self.refused_whole.values()), ""))

    @property
    def judged(self) -> set[str]:
        """Return the causes that some verdict's record answers."""
        return {cause for _, cause in self.answers}


class Standing(NamedTuple):
    """How one obligation stood, as one record says it."""

    where: Where
    basis: int
    """Checksum of debtor, rule and versions: only what stands on the same basis can be compared."""

    raw_since: bytes
    """Moments are read when they are needed, which most are not."""

    raw_breach: bytes
    step: int | None
    raw_step_at: bytes
    open: bool
    raw_closed_at: bytes
    recorded: Text
    saying: int
    """Checksum of the event's id and of its cause: the same standing for the same cause is the same record once more."""

    @property
    def since(self) -> Moment:
        """When the duty began."""
        return number_in(MAY_BE_NULL + self.raw_since) or 0

    @property
    def breach(self) -> Moment | None:
        """When it is broken."""
        return number_in(self.raw_breach)

    @property
    def step_at(self) -> Moment | None:
        """When the next step of its ladder comes."""
        return number_in(self.raw_step_at)

    @property
    def closed_at(self) -> Moment | None:
        """When it was done."""
        return number_in(self.raw_closed_at)


class Raised(NamedTuple):
    """One record of an alert, raised or resolved."""

    where: Where
    about: str
    kind: str
    clock: str
    occurred: Text
    """The moment of the step for which it was raised."""

    recorded: Text


class Related(NamedTuple):
    """One newer document that acts on an older one, as its first record says it."""

    where: Where
    recipients: tuple[str, ...]
    """organ_ids whose older delivery is meant."""

    recorded: Text


Acting = tuple[str, str, str, str]
"""(older document key, newer document key, digest of the newer one, UPDATE, REPLACE or RECALL)."""

Slot = tuple[str, str, int, int]
"""(alert id, state, level, number): what may be said once."""


@dataclass(slots=True)
class Books:
    """Everything said about some things; what is judged together is entered together."""

    log: Log = field(default_factory=Log)
    names: Names = field(default_factory=Names)
    entered: set[str] = field(default_factory=set)
    """Event ids of the facts that were entered."""

    submissions: dict[tuple[str, str], Submission] = field(default_factory=dict)
    statuses: dict[tuple[str, str], tuple[list[Where], Text]] = field(default_factory=dict)
    """(document key, event id) of each submitted status -> where it lies and when it was recorded."""

    answered: dict[tuple[str, str], dict[str, Where]] = field(default_factory=dict)
    """(document key, event id) of a status -> acknowledged, refused, parked -> where."""

    acknowledged: dict[tuple[str, str], dict[str, Where]] = field(default_factory=dict)
    """(status, delivery id) -> distinct events; more than one is a double effect."""

    dispatched: dict[tuple[str, str, str, str], dict[str, Where]] = field(default_factory=dict)
    """(document key, delivery id, act, digest of an update) -> distinct events; more than one is a double effect."""

    carried: dict[str, dict[str, Where]] = field(default_factory=dict)
    """Document key -> digests that were sent as the document itself; more than one is a stolen id."""

    spoken_of: dict[tuple[str, str], Where] = field(default_factory=dict)
    """(document key, delivery id) -> the first receipt or status about it."""

    related: dict[Acting, Related] = field(default_factory=dict)
    superseded: dict[tuple[str, Acting], dict[str, Where]] = field(default_factory=dict)
    """(delivery id of the older document, what acts on it) -> distinct events; more than one is a double effect."""

    taking_back: dict[str, str] = field(default_factory=dict)
    """Event id by which an update recalls older deliveries of those whom it drops -> the older document's key."""

    asked: set[str] = field(default_factory=set)
    """Event ids of questions who held the same files first."""

    linked: dict[str, dict[str, Where]] = field(default_factory=dict)
    """Question -> the distinct answers; more than one is a double effect."""

    redriven: dict[str, set[str]] = field(default_factory=dict)
    """Document key -> the acts by which operators had it decided again."""

    rejudged: set[str] = field(default_factory=set)
    """Document keys of which operators had something judged again that the verifier had refused."""

    alerts: dict[Slot, dict[str, Raised]] = field(default_factory=dict)
    """Slot -> distinct events; more than one is a double effect."""

    duties: dict[tuple[str, str, str], list[Standing]] = field(default_factory=dict)
    """(subject, obligation id, clock) -> how it stood, record after record."""

    contents: dict[str, Where] = field(default_factory=dict)
    """SHA-256 of referenced content -> who refers to it."""

    def submission(self, document_key: str, sha256: str) -> Submission:
        """Return the account of one (document key, digest), opened on first mention."""
        return self.submissions.setdefault((document_key, sha256), Submission())
