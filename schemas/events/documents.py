"""A document's own events: handed over, judged (signed, held, refused), handed over again."""

from dataclasses import dataclass, field
from datetime import datetime

from schemas.events.base import Act, ContentRef, Envelope, Event, Stage, Verdict


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
        """Return the document key."""
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
        """Return the document key."""
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
        """Return the document key."""
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
        """Return the subject."""
        return self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRelated(Event):
    """A document that was dispatched updates or replaces an older one, or holds what an older one holds; told to the older one's partition.

    Before it is known which one holds the same files, that is asked under the key of their digest, without an `older_id` (ADR 0036).
    """

    subject: str
    """The Kafka key: document key of the older document; of a question, SHA-256 that stands for the files."""

    older_id: str
    """Its id, normalised; empty in a question."""

    document_key: str
    """The newer document."""

    document_id: str
    sha256: str
    """Digest of the newer document."""

    sender: str
    """organ_id of who sent the newer one."""

    act: Act
    """UPDATE, REPLACE; RECALL for those whom an update drops; DELIVER where the two only hold the same files."""

    recipients: tuple[str, ...]
    """organ_ids whose older delivery is meant."""

    only: bool = True
    """False in events of before ADR 0036, where the older one may lie under several keys: then not to know it says nothing."""

    @property
    def key(self) -> str:
        """Return the subject."""
        return self.subject


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
        """Return the document key."""
        return self.document_key
