"""What a recipient takes: which types of documents, and how large; the columns `accepts` and `max_mb` of agencies.csv."""

from schemas.events import Envelope
from schemas.reference import Agency, Reference
from schemas.reference.document_types import folded


def not_taken(agency: Agency, envelope: Envelope, size: int, reference: Reference) -> str:
    """Return why an agency does not take a packet of `size` bytes (a reason code), or an empty string."""
    if agency.max_bytes is not None and size > agency.max_bytes:
        return "TOO_LARGE_FOR_RECIPIENT"
    if agency.accepts and not _names(envelope, reference) & {folded(each) for each in agency.accepts}:
        return "TYPE_NOT_ACCEPTED"
    return ""


def _names(envelope: Envelope, reference: Reference) -> set[str]:
    """Return what the document's type is called: as its sender wrote it, and as the list has it."""
    found = reference.document_types.find(envelope.type_code, envelope.type_name) if reference.document_types else None
    return {folded(each) for each in (envelope.type_name, found.name if found else "") if each}
