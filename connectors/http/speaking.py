"""A status said through the API: written as a packet, and handed over through the client's own door like any other."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, select

from connectors.http import fields
from connectors.http.callers import Caller
from connectors.http.handover import Handed
from connectors.http.office import Office
from connectors.http.problems import RefusedError
from connectors.http.spool import Spooled
from connectors.intake.senders import SAID_BY_SENDER
from connectors.register.tables import DELIVERY
from schemas.edxml import StatusDraft, write_status

CODES = ("01", "02", "03", "04", "05", "06", "13", "15", "16")
"""Of edXML that were ever seen (domain §2.1)."""

NEEDS_REASON = frozenset({"02", "13"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a client asks to say."""

    delivery_id: str
    code: str
    by: str
    reason: str


def draft(office: Office, connection: Connection, status: Status, caller: Caller) -> StatusDraft:
    """Return the packet of a status that the caller's agency may say; raise `RefusedError`. The router decides about it."""
    if status.code not in CODES:
        raise fields.malformed("code", ", ".join(CODES))
    if status.code in NEEDS_REASON and not status.reason:
        raise fields.malformed("reason")
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.delivery_id == status.delivery_id)).mappings().first()
    if row is None or not row["document_id"] or caller.agencies.isdisjoint((row["sender"], row["recipient"])):
        raise RefusedError("DELIVERY_UNKNOWN", 404, detail=status.delivery_id)
    speaker, addressee = row["recipient"], row["sender"]
    if status.code in SAID_BY_SENDER:
        speaker, addressee = addressee, speaker
    caller.require(speaker)
    now, directory = office.clock.now(), office.references.current().directory
    known = directory.last_known(speaker, now.date()) if directory else None
    return StatusDraft(
        document_id=row["document_id"],
        code=status.code,
        said_by=speaker,
        said_by_name=known.name if known else speaker,
        addressed_to=addressee,
        said_at=now,
        reason=status.reason,
        staff=status.by,
    )


def hand_over(office: Office, caller: Caller, written: StatusDraft, key: str) -> Handed:
    """Hand a status packet over, once for a key: its bytes say when, so they differ from try to try."""
    packet = write_status(written)
    file = office.handovers.spool(caller.name)
    file.write_bytes(packet)
    spooled = Spooled(file=file, sha256=hashlib.sha256(packet).hexdigest(), size=len(packet))
    return office.handovers.hand_over(
        caller.name, spooled, key=f"status {key}", may_retry=lambda: False, any_bytes=True
    )
