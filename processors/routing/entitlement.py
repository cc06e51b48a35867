"""Who may speak for whom (decisions 1 and 2): the sender of a document, the agency that says a status."""

from datetime import date

from schemas.ids import split_document_id
from schemas.reference import Directory, Reference
from schemas.reference.made_once import MadeOnce

SENDER_SAYS = frozenset({"13"})
"""Status codes that only the sender may say; all others are the recipient's (domain §2.2)."""


MAX_FAULTS = 20_000
"""Answers kept of one bundle."""


def _nothing(_reference: Reference) -> dict[tuple[str, str, str, date], str]:
    return {}


_FAULTS = MadeOnce(_nothing)


def may_speak(principal: str, organ_id: str, reference: Reference) -> bool:
    """Tell whether a client system (`folder:h53`) may speak for an agency; without published identities nobody may."""
    return reference.identities is not None and organ_id in reference.identities.of_principal(principal)


def principal_may(principal: str, organ_id: str, reference: Reference, on: date) -> bool:
    """Tell whether a client system may speak for an agency, or for the one that took its place by that day."""
    if may_speak(principal, organ_id, reference):
        return True
    found = reference.directory.resolve(organ_id, on) if reference.directory else None
    return bool(found and found.agency and may_speak(principal, found.agency.organ_id, reference))


def sender_fault(addressed: str, sender: str, document_id: str, reference: Reference, on: date) -> str:
    """Return the reason code why this agency may not send under this id, or an empty string.

    `addressed` is `From/OrganId` as written, `sender` the organ_id in the document key.
    """
    parts, faults = split_document_id(document_id), _FAULTS.of(reference)
    issuer = parts.organ_id if parts else ""
    asked = (addressed, sender, issuer, on)
    if (known := faults.get(asked)) is not None:
        return known
    if len(faults) > MAX_FAULTS:
        faults.clear()
    fault = faults[asked] = _sender_fault(addressed, sender, issuer, reference.directory, on)
    return fault


def _sender_fault(addressed: str, sender: str, issuer: str, directory: Directory | None, on: date) -> str:
    if directory is None:
        return "SENDER_UNKNOWN"
    found = directory.resolve(addressed, on)
    if found.agency is None:
        return "SENDER_NOT_ALLOWED" if found.code == "RECIPIENT_CLOSED" else "SENDER_UNKNOWN"
    if "rerouted" in found.notes or found.agency.organ_id != sender:
        return "SENDER_NOT_ALLOWED"  # an ended agency does not send; nor does the axis guess between two directories
    return "" if not issuer or stands_for(sender, issuer, directory, on) else "SENDER_NOT_ALLOWED"


def _owns(sender: str, document_id: str, reference: Reference, on: date) -> bool:
    """Tell whether the OrganId inside a DocumentId is the sender or one of its predecessors; a UUID has none."""
    parts = split_document_id(document_id)
    if parts is None or reference.directory is None:
        return True
    return stands_for(sender, parts.organ_id, reference.directory, on)


def stands_for(sender: str, issuer: str, directory: Directory, on: date) -> bool:
    """Tell whether an agency is the issuer or came after it."""
    if directory.succeeds(sender, issuer, on):
        return True
    found = directory.resolve(issuer, on)
    return found.agency is not None and found.agency.organ_id == sender


def may_act_on(sender: str, related: tuple[str, ...], reference: Reference, on: date) -> bool:
    """Tell whether every related document is the sender's own: nobody recalls another agency's document."""
    return all(_owns(sender, document_id, reference, on) for document_id in related)


def same_agency(said_by: str, organ_id: str, reference: Reference, on: date) -> bool:
    """Tell whether a code as written speaks for an agency: it is the agency, or its successor."""
    directory = reference.directory
    if directory is None:
        return False
    found = directory.resolve(said_by, on)
    speaker = found.agency.organ_id if found.agency else said_by
    return speaker == organ_id or directory.succeeds(speaker, organ_id, on)
