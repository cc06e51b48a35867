"""What the writer is given: an envelope as the reader would return it, and what is printed beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.edxml.business import NEW, RECALL, REPLACE, UPDATE
from schemas.edxml.document import PRIORITIES
from schemas.edxml.file_names import unsafe
from schemas.events import Envelope
from schemas.ids import normalise_document_id, split_document_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """One attachment, zipped alone and base64-encoded; `enclosing.enclose` makes it."""

    content_id: str
    name: str
    description: str
    encoded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What is printed on the document and decides nothing."""

    place: str
    """Where it was issued."""

    content: str = ""
    type_detail: str = ""
    """Ordinal of the type in its group."""

    competence: str = ""
    position: str = ""
    signer: str = ""
    to_places: tuple[str, ...] = ()
    pages: int = 1
    copies: int = 1
    department: str = ""
    staff: str = ""
    staff_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDraft:
    """A document to be written; reading it gives the same envelope."""

    envelope: Envelope
    printed: Printed
    enclosed: tuple[Enclosed, ...]
    """The main document first."""

    at: datetime
    """When it is handed over (aware)."""

    names: Mapping[str, str] = field(default_factory=dict)
    """organ_id -> name, for display; the code where there is none."""

    envelope_id: str = ""
    """`Id` of edXMLEnvelope: what an envelope signature refers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDraft:
    """A status to be written; reading it gives the same values."""

    document_id: str
    """Normalised."""

    code: str
    said_by: str
    addressed_to: str
    """The document's sender; for 13 the recipient."""

    said_at: datetime
    """Aware; written to the second."""

    reason: str = ""
    staff: str = ""
    department: str = ""
    said_by_name: str = ""
    document_code: str = ""
    """`number/notation`; needed for a document whose id is a UUID."""


def check_document(draft: DocumentDraft) -> None:
    """Raise ValueError naming everything that the strict form does not allow."""
    envelope, enclosed = draft.envelope, draft.enclosed
    texts = (envelope.number, envelope.notation, envelope.type_name, envelope.subject, draft.printed.place)
    related = {
        NEW: not envelope.related,
        RECALL: envelope.related == (envelope.document_id,),
        UPDATE: len(envelope.related) == 1,
        REPLACE: bool(envelope.related),
    }
    checks = {
        "document_id": all(_normalised(each) for each in (envelope.document_id, *envelope.related)),
        "sender": bool(envelope.sender),
        "recipients": bool(envelope.recipients) and len(set(envelope.recipients)) == len(envelope.recipients),
        "number, notation, type_name, subject, place": all(text.strip() for text in texts),
        "promulgated_on": envelope.promulgated_on is not None,
        "priority": envelope.priority in PRIORITIES,
        "business_type, related": related.get(envelope.business_type, False),
        "business_reason": bool(envelope.business_reason) or envelope.business_type == NEW,
        "enclosed": bool(enclosed) and len({each.content_id for each in enclosed}) == len(enclosed),
        "names of files": not any(unsafe(each.name) for each in enclosed),
    }
    _raise_if_any_is_wrong(checks)


def check_status(draft: StatusDraft) -> None:
    """Raise ValueError naming everything that the strict form does not allow."""
    checks = {
        "document_id": _normalised(draft.document_id),
        "document_code": bool(code_of(draft)),
        "code": bool(draft.code.strip()),
        "said_by": bool(draft.said_by),
        "addressed_to": bool(draft.addressed_to),
    }
    _raise_if_any_is_wrong(checks)


def code_of(draft: StatusDraft) -> str:
    """Return `number/notation` of the document that a status is about; empty where nothing says it."""
    parts = split_document_id(draft.document_id)
    return draft.document_code or (parts.number_notation if parts else "")


def _normalised(document_id: str) -> bool:
    try:
        return normalise_document_id(document_id) == document_id
    except ValueError:
        return False


def _raise_if_any_is_wrong(checks: Mapping[str, bool]) -> None:
    if wrong := [name for name, right in checks.items() if not right]:
        raise ValueError(f"not in the strict form: {'; '.join(wrong)}")
