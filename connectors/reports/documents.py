"""Packets that were first handed over in the period, each once, streamed from the register."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, exists, select

from connectors.register.submissions import REFUSED
from connectors.register.tables import EVENT, OBLIGATION, SUBMISSION
from connectors.reports.asked import Period
from schemas.events import DocumentDispatched, DocumentSubmitted, Stage
from schemas.reasons import REASONS

AT_ONCE = 1_000
"""Rows fetched together."""

RECALL = 1
"""BussinessDocType of a formal recall: a packet about an older document, not a document."""

UNSIGNED = "NO_SIGNATURE_FOUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One packet and what became of it."""

    sender: str
    type_name: str
    recall: bool
    state: str
    """`submissions.standing`: submitted, held, provisional, signed, refused."""

    reason: str
    paper: bool
    """The packet says that paper follows (`Paper` = 1)."""

    paper_needless: bool
    """… though at least one recipient needed none (CV 2887/VPCP-KSTT)."""

    late: bool
    """Handed over later after signing than the rule allows (clock `dispatch`)."""

    notes: tuple[str, ...]
    """Tolerances that the reader used."""

    handed_over_at: datetime

    @property
    def refused(self) -> bool:
        """Tell whether the axis said a final no to the whole of it."""
        return self.state == REFUSED

    @property
    def unsigned(self) -> bool:
        """Tell whether no signature was found, whatever came of it (refused, or carried for information)."""
        return self.reason == UNSIGNED

    @property
    def wrongly_signed(self) -> bool:
        """Tell whether it was refused for what its signatures are: a code that carries an indication of EN 319 102-1."""
        known = REASONS.get(self.reason)
        return self.refused and not self.unsigned and known is not None and known.indication is not None


def handed_over(connection: Connection, period: Period) -> Iterator[Packet]:
    """Yield the packets whose first hand-over lies in the period; later tries of the same bytes are none."""
    event, packet, duty = EVENT.c, SUBMISSION.c, OBLIGATION.c
    earlier, dispatch = EVENT.alias("earlier").c, EVENT.alias("dispatch").c
    before = exists().where(
        earlier.document_key == event.document_key,
        earlier.sha256 == event.sha256,
        earlier.type == DocumentSubmitted.__name__,
        earlier.occurred_at < period.start,
    )
    needless = exists().where(
        dispatch.document_key == event.document_key,
        dispatch.sha256 == event.sha256,
        dispatch.type == DocumentDispatched.__name__,
        dispatch.body.contains('"paper_needed": false', autoescape=True),  # quotes of a text are escaped in JSON
    )
    late = and_(duty.breach_at.is_not(None), duty.closed_at > duty.breach_at)
    wanted = (
        select(event.document_key, event.sha256, event.occurred_at, event.body)
        .add_columns(packet.sender, packet.type_name, packet.state, packet.reason)
        .add_columns(needless.label("needless"), late.label("late"))
        .join_from(EVENT, SUBMISSION, and_(packet.document_key == event.document_key, packet.sha256 == event.sha256))
        .outerjoin(OBLIGATION, duty.obligation_id == packet.document_key + ":" + packet.sha256 + ":dispatch")
        .where(event.type == DocumentSubmitted.__name__, ~before)
        .where(event.occurred_at >= period.start, event.occurred_at < period.end)
        .order_by(event.document_key, event.sha256, event.occurred_at, event.event_id)
    )
    told: tuple[str, str] | None = None
    for row in connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
        if (row["document_key"], row["sha256"]) == told:
            continue  # handed over again
        told = row["document_key"], row["sha256"]
        envelope = json.loads(row["body"])["envelope"]
        yield Packet(
            sender=row["sender"],
            type_name=row["type_name"],
            recall=envelope["business_type"] == RECALL,
            state=row["state"],
            reason=row["reason"],
            paper=envelope["paper"],
            paper_needless=envelope["paper"] and bool(row["needless"]),
            late=bool(row["late"]),
            notes=tuple(envelope["notes"]),
            handed_over_at=row["occurred_at"],
        )


DOOR = Stage.INTAKE.value
"""Stage of a refusal before anything was handed over: no submission is known of it."""
