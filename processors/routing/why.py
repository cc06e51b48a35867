"""Why a document, or one recipient of it, is refused, in words: whom it is about and what is wrong with them."""

from datetime import date

from processors.routing.entitlement import may_act_on, principal_may, stands_for
from schemas.events import Envelope
from schemas.ids import split_document_id
from schemas.reference import Directory, Reference
from schemas.reference.why_nobody import ended, why_nobody

ABOUT_A_CODE = ("RECIPIENT_UNKNOWN", "RECIPIENT_AMBIGUOUS", "RECIPIENT_CLOSED")


def about_recipient(addressed: str, reason: str, envelope: Envelope, reference: Reference, on: date) -> str:
    """Return the recipient's code with what explains the refusal, for the reason's sentence."""
    directory, routes = reference.directory, reference.routes
    if directory is None or routes is None:
        return addressed
    if reason in ABOUT_A_CODE:
        return why_nobody(addressed, directory, on)
    sender, recipient = (directory.resolve(code, on).agency for code in (envelope.sender, addressed))
    if reason != "ROUTE_NOT_ALLOWED" or sender is None or recipient is None:
        return addressed
    rule = routes.rule_for(sender, recipient, directory, on)
    return f"{addressed} ({f'quy tắc {rule.id}' if rule else 'không có quy tắc nào cho phép'})"


def about_sender(envelope: Envelope, reason: str, reference: Reference, on: date, *, submitted_by: str = "") -> str:
    """Return the agency that may not be spoken for, and why not; the first thing that is wrong, in the order of the router."""
    directory, addressed = reference.directory, envelope.sender
    if reason != "SENDER_NOT_ALLOWED" or directory is None:
        return addressed if directory is None else why_nobody(addressed, directory, on)
    found = directory.resolve(addressed, on)
    if found.agency is None or "rerouted" in found.notes:
        return _over(addressed, directory, on)
    organ_id = found.agency.organ_id
    issuer = parts.organ_id if (parts := split_document_id(envelope.document_id)) else ""
    if issuer and not stands_for(organ_id, issuer, directory, on):
        return f"{issuer} (mã cơ quan trong mã định danh văn bản, không phải {organ_id} hay tiền nhiệm của cơ quan đó)"
    if submitted_by and not principal_may(submitted_by, organ_id, reference, on):
        return f"{organ_id} (hệ thống gửi {submitted_by})"
    others = [each for each in envelope.related if not may_act_on(organ_id, (each,), reference, on)]
    return f"{organ_id} (văn bản {others[0]} là của cơ quan khác)" if others else organ_id


def _over(addressed: str, directory: Directory, on: date) -> str:
    found, known = directory.resolve(addressed, on), directory.last_known(addressed, on)
    until = f"đã ngừng hoạt động, {ended(known)}" if known and ended(known) else "đã ngừng hoạt động"
    return f"{addressed} ({until}{f', nay là {found.agency.organ_id}' if found.agency else ''})"
