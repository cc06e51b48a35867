"""Under which agency a document is filed: whose number its id bears (decision 1; QCVN 102:2016).

An agency that took another's place recalls, updates and sends again what that one sent, and receivers answer about it to either
code. All of them must meet under one key, in one partition, before and after the change, so the key is made of the agency that
the number belongs to, not of the one that speaks for it today.
"""

from datetime import date

from schemas.ids import document_key, split_document_id
from schemas.reference.directory import Directory


def filed_under(sender: str, document_id: str, directory: Directory | None, on: date) -> str:
    """Return the organ_id of a document's key: of the agency that its id names on its own day, where the sender took that one's place by `on`; else the sender's.

    `sender`: organ_id as resolved. A UUID names no agency; nor does an id of somebody else's, which the router refuses.
    """
    parts = split_document_id(document_id)
    if parts is None or directory is None:
        return sender
    issuer = directory.resolve(parts.organ_id, min(parts.promulgated_on, on)).agency
    if issuer is None or not directory.succeeds(sender, issuer.organ_id, on):
        return sender
    return issuer.organ_id


def key_of(sender: str, document_id: str, directory: Directory | None, on: date) -> str:
    """Return the key of a document that this agency sends, or acts on."""
    return document_key(filed_under(sender, document_id, directory, on), document_id)
