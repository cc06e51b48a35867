"""What reading a packet gives: a document, a status, or a refusal."""

from dataclasses import dataclass, field
from datetime import datetime

from schemas.edxml.attachments import Attachment
from schemas.events import Envelope
from schemas.reasons import sentence_vi


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPacket:
    """A document as its packet says it; whether the signatures are good is another question."""

    envelope: Envelope
    attachments: tuple[Attachment, ...]
    """In the order of the manifest: the main document is the first. Never empty."""

    sha256: str
    """Of the packet as it came."""

    size: int
    """Bytes of the packet as it came."""

    traced_at: tuple[datetime, ...] = ()
    """Each readable `TraceHeader/Timestamp`, in the packet's order."""

    frame: bytes = field(default=b"", compare=False, repr=False)
    """The packet's XML as it was parsed: without declaration, each attachment's text replaced by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPacket:
    """What an agency says about a document."""

    document_id: str
    """Normalised."""

    code: str
    """01…16; a code nobody knows is a fact as well."""

    said_by: str
    """`From/OrganId`, cleaned."""

    addressed_to: str
    """`ResponseFor/OrganId`, cleaned: the document's sender; for 13 the recipient."""

    said_at: datetime | None = None
    reason: str = ""
    """Description."""

    staff: str = ""
    """Name of the official who said it."""

    notes: tuple[str, ...] = ()
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a packet is not read. Final: the sender has to mend it."""

    code: str
    """Of `schemas.reasons`."""

    element: str = ""
    """The element or attachment concerned."""

    detail: str = ""
    document_id: str = ""
    """Normalised; empty where it could not be read."""

    sender: str = ""
    """Cleaned; empty where it could not be read."""

    about_status: bool = False
    """True where it says a status; its document id then is that of the document the status is about."""

    sha256: str
    size: int

    @property
    def sentence_vi(self) -> str:
        """The sentence for the sender."""
        return sentence_vi(self.code, element=self.element, detail=self.detail)
