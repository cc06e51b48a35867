"""The events of one delivery: dispatched, received, and what the agencies say of it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from schemas.events.base import Act, ContentRef, Event, Milestone


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
    paper_needed: bool = True
    """Whether the recipient still needs paper (CV 2887/VPCP-KSTT); events of before version 2 of the schema never say no."""

    paper_why: str = ""
    """Why; empty in events of before version 2."""

    @property
    def key(self) -> str:
        """Return the delivery id."""
        return self.delivery_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySuperseded(Event):
    """A newer document took hold of this delivery: it is replaced, or has a newer version. Nothing travels by this; the newer one has deliveries of its own."""

    delivery_id: str
    document_key: str
    document_id: str
    sender: str
    recipient: str
    """organ_id of this delivery; who gets the newer document is it, or came after it."""

    act: Act
    """UPDATE or REPLACE."""

    by_document_key: str
    by_document_id: str
    by_sha256: str

    @property
    def key(self) -> str:
        """Return the delivery id."""
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
        """Return the delivery id."""
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
        """Return the document key."""
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
        """Return the delivery id."""
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
        """Return the document key."""
        return self.document_key
