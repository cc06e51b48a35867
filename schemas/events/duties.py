"""Who owes what by when, who is told, and how the telling went."""

from dataclasses import dataclass, field
from datetime import datetime

from schemas.events.base import AlertState, ContentRef, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One person an alert is for."""

    organ_id: str
    role: str
    name: str
    mailbox: str
    mobile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAlert(Event):
    """Raised or resolved: kind, step of the ladder, whom, why, deadline, versions."""

    alert_id: str
    """The same from raising to resolving; each (alert_id, level, number) is raised once."""

    about: str
    """The Kafka key: a delivery id, document key or organ_id."""

    document_key: str = ""
    document_id: str = ""
    delivery_id: str = ""
    kind: str
    """`not_received`, `status_missing`, `incoming`, `late_dispatch`, `verification_late`, `same_id_other_bytes`, `directory_gap`, `contact_bouncing` …"""

    state: AlertState
    level: int = 0
    """Step of the ladder."""

    number: int = 1
    """Counts repeats of the last step."""

    clock: str = ""
    debtor: str = ""
    to: tuple[Told, ...] = ()
    why: str = ""
    """A reason code or, for a resolution, the fact that ended it."""

    deadline_at: datetime | None = None
    urgency: str = ""
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the subject: a delivery id, document key or organ_id."""
        return self.about


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationChanged(Event):
    """Who owes what by when, now; the newest record of a key is the truth."""

    obligation_id: str
    """subject + clock."""

    subject: str
    """The Kafka key: delivery id or document key."""

    document_key: str = ""
    clock: str
    debtor: str
    creditor: str = ""
    since_at: datetime
    target_at: datetime | None = None
    warn_at: datetime | None = None
    breach_at: datetime | None = None
    next_step: int | None = None
    next_step_at: datetime | None = None
    open: bool = True
    closed_at: datetime | None = None
    closed_by: str = ""
    """The fact that closed it: received, 03 …"""

    working_minutes: int | None = None
    """On closing: working minutes from start to end by the debtor's calendar."""

    provisional: bool = False
    rule: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    pauses: tuple[str, ...] = ()
    """When the clock stood or will stand still, in order, as ISO 8601 intervals in UTC; one that goes on ends in `/..` (EDTF)."""

    @property
    def key(self) -> str:
        """Return the subject."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyAttempted(Event):
    """One try to tell one mailbox about one alert, and the answer."""

    alert_id: str
    alert_event_id: str
    channel: str
    to_organ_id: str
    to_role: str
    message_id: str
    """Deterministic RFC 5322 Message-ID, so that a repeat is recognisable."""

    delivered: bool
    answer: str
    attempt: int = 1

    @property
    def key(self) -> str:
        """Return the alert id."""
        return self.alert_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSigned(Event):
    """The ladder ended and a duty is not done: what the axis attests of it, signed with its key."""

    about: str
    """The Kafka key: a delivery id or document key, as of the alert."""

    alert_id: str
    document_key: str = ""
    document_id: str = ""
    delivery_id: str = ""
    sender: str = ""
    recipient: str = ""
    clock: str
    debtor: str
    deadline_at: datetime | None = None
    content: ContentRef
    """The statement: canonical JSON."""

    signature_sha256: str
    """Digest of the detached CMS over it (RFC 5652, DER), which lies in the content store as well."""

    versions: dict[str, str] = field(default_factory=dict)
    withdraws: str = ""
    """SHA-256 of the statement that this one takes back; empty = a first statement."""

    @property
    def key(self) -> str:
        """Return the subject: a delivery id or document key."""
        return self.about
