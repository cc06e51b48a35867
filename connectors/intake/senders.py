"""Under which organ_id a document was, or is, handed over, and the key that it has by that (decision 1)."""

from datetime import date, datetime, timedelta, timezone

from schemas.edxml import StatusPacket
from schemas.events import Envelope
from schemas.ids import split_document_id
from schemas.reference import Directory, Reference
from schemas.reference.filing import key_of

VIETNAM = timezone(timedelta(hours=7))
SAID_BY_SENDER = frozenset({"13"})
"""Status codes that the document's sender says; all others are said to it (domain §5.4)."""


def of_document(envelope: Envelope, reference: Reference, moment: datetime) -> str:
    """Return the resolved sender; the code as addressed where nobody is known by it."""
    return _resolved(reference.directory, envelope.sender, _local_day(reference, moment)) or envelope.sender


def key_of_document(sender: str, envelope: Envelope, reference: Reference, moment: datetime) -> str:
    """Return the key of a document that this agency hands over."""
    return key_of(sender, envelope.document_id, reference.directory, _local_day(reference, moment))


def key_of_status(packet: StatusPacket, reference: Reference, moment: datetime) -> str:
    """Return the key of the document that a status is about, whichever code of its sender the status names."""
    sender = of_status(packet, reference, moment)
    return key_of(sender, packet.document_id, reference.directory, _local_day(reference, moment))


def of_status(packet: StatusPacket, reference: Reference, moment: datetime) -> str:
    """Return the organ_id under which the status' document was handed over.

    An agency that ended since is still the sender of what it sent; so an ended code is looked up on the day of the document.
    """
    code = packet.said_by if packet.code in SAID_BY_SENDER else packet.addressed_to
    today, parts = _local_day(reference, moment), split_document_id(packet.document_id)
    then = min(parts.promulgated_on, today) if parts else today
    return (
        _resolved(reference.directory, code, today, living=True)
        or _resolved(reference.directory, code, then, living=True)
        or _resolved(reference.directory, code, today)
        or code
    )


def _local_day(reference: Reference, moment: datetime) -> date:
    """Return the day on which codes are resolved."""
    return moment.astimezone(reference.calendar.zone if reference.calendar else VIETNAM).date()


def _resolved(directory: Directory | None, code: str, on: date, *, living: bool = False) -> str:
    """Return the organ_id that a code names on a day, empty if it names none; `living`: no successor in its place."""
    found = directory.resolve(code, on) if directory else None
    if found is None or found.agency is None or (living and "rerouted" in found.notes):
        return ""
    return found.agency.organ_id
