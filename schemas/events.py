"""The events of a document's life, in the order in which they happen.

One frozen dataclass an event; `topics.yaml` says on which topic each travels and `avro/` how it looks as bytes.
An event names agencies by code only: names of people travel in `reference`, alerts and notifications alone,
so a packet to thousands of recipients stays far below Kafka's message limit.
Times are aware datetimes in UTC; a moment ends in `_at`, a calendar day in `_on`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Indication(StrEnum):
    """The main status of a signature, ETSI EN 319 102-1 clause 5.1.3."""

    TOTAL_PASSED = "TOTAL_PASSED"
    TOTAL_FAILED = "TOTAL_FAILED"
    INDETERMINATE = "INDETERMINATE"


class Stage(StrEnum):
    """Which part of the axis said no."""

    INTAKE = "INTAKE"
    VERIFICATION = "VERIFICATION"
    ROUTING = "ROUTING"


class Act(StrEnum):
    """What a dispatch asks of the recipient's side."""

    DELIVER = "DELIVER"
    RECALL = "RECALL"
    UPDATE = "UPDATE"
    REPLACE = "REPLACE"


class Milestone(StrEnum):
    """Transport facts of a delivery."""

    OFFERED = "OFFERED"
    RECEIVED = "RECEIVED"


class AlertState(StrEnum):
    """An alert fires until something resolves it."""

    FIRING = "FIRING"
    RESOLVED = "RESOLVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event carries; these fields travel as CloudEvents attributes in Kafka headers."""

    event_id: str
    """Deterministic (UUIDv5 over the business key or the source's coordinates): a repeat repeats it. `ce_id`."""

    occurred_at: datetime
    """When it happened, as far as the axis knows. `ce_time`."""

    recorded_at: datetime | None = None
    """The axis clock when it was written to the log; None until the writer stamps it. `ce_recordedtime`."""

    correlation_id: str = ""
    """The document key that ties one document's events together, where there is one. `ce_correlationid`."""

    causation_id: str = ""
    """The event id of the event that led to this one. `ce_causationid`."""

    @property
    def key(self) -> str:
        """The Kafka key: what the event is about."""
        raise NotImplementedError  # every concrete event says


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRef:
    """Claim check: bytes in the content store."""

    sha256: str
    """Lower-case hex SHA-256 of the bytes; also their name in the store."""

    size: int
    """Bytes."""

    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an edXML packet says of itself, as the reader normalised it (QCVN 102:2016)."""

    document_id: str
    """Normalised: `OrganId,yyyy-mm-dd,number/notation`, or a UUID."""

    sender: str
    """`From/OrganId`, cleaned, as addressed."""

    recipients: tuple[str, ...]
    """Every `To/OrganId`, cleaned, in the packet's order."""

    business_type: int = 0
    """BussinessDocType: 0 new, 1 recall, 2 update, 3 replace."""

    priority: int = 0
    """OtherInfo/Priority 0..4."""

    number: str = ""
    notation: str = ""
    promulgated_on: date | None = None
    due_on: date | None = None
    """DueDate, as the sender wrote it."""

    type_code: int = 0
    """DocumentType/Type."""

    type_name: str = ""
    subject: str = ""
    paper: bool = False
    """`Paper` = 1: a paper copy follows."""

    business_reason: str = ""
    related: tuple[str, ...] = ()
    """Normalised ids of earlier documents that types 1, 2, 3 act on."""

    notes: tuple[str, ...] = ()
    """Names of the tolerances the reader used (old_namespace …)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A verification's result in short; the whole of it is the evidence in the content store."""

    indication: Indication
    sub_indication: str = ""
    reasons: tuple[str, ...] = ()
    """Codes of `reasons.py`, every one found, warnings included."""

    signatures_found: int = 0
    signatures_judged: int = 0
    signed_at: datetime | None = None
    """Best signature time of the last required signature."""

    time_source: str = ""
    """`timestamp`, `receipt` or `claimed`."""

    policy: str = ""
    evidence_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSubmitted(Event):
    """A sender handed a packet over; its bytes are in the content store."""

    document_key: str
    content: ContentRef
    envelope: Envelope
    sender: str
    """organ_id of the resolved sender, the first half of the document key; as addressed if the code is unknown."""

    submitted_by: str
    """The principal (client system) that handed it over, e.g. `folder:h53`."""

    channel: str
    """`folder`, `cli`, `http`, `kafka` …"""

    @property
    def key(self) -> str:
        return self.document_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSigned(Event):
    """The packet may be carried: passed, or passed by a named policy, or provisional."""

    document_key: str
    content: ContentRef
    envelope: Envelope
    sender: str
    submitted_by: str
    submitted_at: datetime
    verdict: Verdict
    provisional: bool = False
    confirms: str = ""
    """Event id of the provisional or held verdict that this one ends."""

    versions: dict[str, str] = field(default_factory=dict)
    """Reference kind -> version the decision used."""

    @property
    def key(self) -> str:
        return self.document_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHeld(Event):
    """INDETERMINATE, and waiting can mend it."""

    document_key: str
    content: ContentRef
    sender: str
    document_id: str
    verdict: Verdict
    next_try_at: datetime
    tries: int = 1
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.document_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRefused(Event):
    """A final no, about a whole document or, from routing, about one recipient or one status."""

    subject: str
    """The Kafka key: document key; delivery id (or document key + addressed code) for one recipient; SHA-256 where nothing could be read."""

    document_key: str = ""
    document_id: str = ""
    sha256: str
    sender: str = ""
    submitted_by: str = ""
    stage: Stage
    reason: str
    """The deciding code of `reasons.py`."""

    reasons: tuple[str, ...] = ()
    """All codes found."""

    element: str = ""
    """The XML element or attachment concerned."""

    sentence_vi: str
    addressed: str = ""
    """The recipient code as written, when one recipient is refused."""

    about_status: bool = False
    """True when a status packet, not a document, is refused."""

    recalls: str = ""
    """Event id of the provisional verdict this one takes back."""

    verdict: Verdict | None = None
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDispatched(Event):
    """The router decided: this recipient, this endpoint, this path, by these reference versions."""

    delivery_id: str
    document_key: str
    document_id: str
    content: ContentRef
    sender: str
    recipient: str
    """organ_id resolved at dispatch."""

    addressed: tuple[str, ...]
    """The code or codes as written in the packet."""

    endpoint: str
    """Endpoint id of the directory."""

    endpoint_owner: str
    """organ_id of the agency that owns the endpoint (the recipient or one above it, or the national axis)."""

    mode: str
    """`push` or `pull`."""

    hops: tuple[str, ...]
    """organ_ids from sender's axis to recipient."""

    rule: str
    """Id of the row of `routes` that allowed it."""

    urgency: str
    """normal, khan, thuong_khan, hoa_toc."""

    due_on: date | None = None
    type_code: int = 0
    type_name: str = ""
    subject: str = ""
    act: Act = Act.DELIVER
    provisional: bool = False
    notes: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.delivery_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReceived(Event):
    """A transport fact: offered (ready to be fetched), received (the recipient's side has the bytes)."""

    delivery_id: str
    document_key: str
    recipient: str
    milestone: Milestone
    sha256: str
    """Digest of what was handed over."""

    endpoint: str
    how: str
    """`renamed`, `taken`, `receipt`, `status`, `webhook`."""

    @property
    def key(self) -> str:
        return self.delivery_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSubmitted(Event):
    """A status packet came in, from whom; whose delivery it is about the router resolves."""

    document_key: str
    content: ContentRef
    document_id: str
    code: str
    """StatusCode as written: 01…16."""

    said_by: str
    """`From/OrganId`, cleaned."""

    addressed_to: str
    """`ResponseFor/OrganId`, cleaned."""

    said_at: datetime | None = None
    """`Timestamp` as claimed."""

    reason: str = ""
    """Description."""

    submitted_by: str
    channel: str
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.document_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAcknowledged(Event):
    """A business status said by an entitled agency about one delivery."""

    delivery_id: str
    document_key: str
    document_id: str
    sender: str
    recipient: str
    code: str
    said_by: str
    said_at: datetime | None = None
    reason: str = ""
    content: ContentRef
    """The status packet."""

    origin: str = "system"
    """`system` (the recipient's document system) or `axis`."""

    @property
    def key(self) -> str:
        return self.delivery_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusParked(Event):
    """A status about a document that is not known here (yet); it waits, and is never a silent success."""

    document_key: str
    content: ContentRef
    document_id: str
    code: str
    said_by: str
    until_at: datetime
    status_event_id: str

    @property
    def key(self) -> str:
        return self.document_key


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRepeated(Event):
    """The same id and the same bytes again: answered with the first outcome, nothing is sent twice."""

    document_key: str
    document_id: str
    sha256: str
    sender: str
    submitted_by: str
    first_event_id: str
    """Event id of the verdict that was acted on first."""

    deliveries: tuple[str, ...] = ()
    """Delivery ids of the first outcome."""

    @property
    def key(self) -> str:
        return self.document_key


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
    """`not_received`, `status_missing`, `incoming`, `late_dispatch`, `verification_late`, `same_id_other_bytes`, `directory_gap` …"""

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

    @property
    def key(self) -> str:
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
        return self.alert_id


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
        return self.row
