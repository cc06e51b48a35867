"""What all events share: the words for outcomes, what every event carries, references to content, the packet's envelope, a verdict."""

from dataclasses import dataclass
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
class Replaced:
    """One older document that a replacement names, and for whom it is replaced (`ReplacementInfo`)."""

    document_id: str
    """Normalised."""

    organ_ids: tuple[str, ...] = ()
    """Every `OrganIdList/OrganId`, cleaned; empty: whoever gets the newer document."""


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

    contents_sha256: str = ""
    """Stands for all attached files together (`schemas.contents`); empty in events of before version 2."""

    receivers: tuple[str, ...] = ()
    """Every `ReceiverList/OrganId` of an update, cleaned."""

    receiver_types: tuple[int, ...] = ()
    """The `ReceiverType` of each of them, in the same order; what the numbers mean, `routes` says."""

    replaced: tuple[Replaced, ...] = ()
    """`ReplacementInfoList`, entry by entry."""


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
