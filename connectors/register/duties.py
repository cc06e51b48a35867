"""Reads what an agency must do: its open obligations, and the deliveries that wait in its inbox."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from connectors.register.pauses import paused_since
from connectors.register.tables import DELIVERY, DOCUMENT, OBLIGATION

ENDED = ("refused", "recalled", "replaced")
"""Labels of deliveries that nobody needs to take any more."""


def owed_by(connection: Connection, organ_id: str, at: datetime) -> Iterator[dict[str, Any]]:
    """Yield the obligations of an agency that were open at a moment, the earliest deadline first.

    One that was changed since is given with the deadlines it has now.
    """
    wanted = (
        select(OBLIGATION, DOCUMENT.c.document_id)
        .outerjoin(DOCUMENT, DOCUMENT.c.document_key == OBLIGATION.c.document_key)
        .where(OBLIGATION.c.debtor == organ_id, OBLIGATION.c.since_at <= at)
        .where(or_(OBLIGATION.c.open, OBLIGATION.c.closed_at > at))
        .order_by(OBLIGATION.c.breach_at.is_(None), OBLIGATION.c.breach_at, OBLIGATION.c.obligation_id)
    )
    for row in connection.execute(wanted).mappings():
        by = row["breach_at"] or row["target_at"]
        yield {
            "delivery_id": row["delivery_id"],
            "document_id": row["document_id"] or "",
            "what": row["clock"],
            "since": row["since_at"],
            "by": by,
            "overdue_seconds": max(0, int((at - by).total_seconds())) if by else 0,
            "step": row["next_step"],
            "rule": row["rule"],
            "paused_since": paused_since(row["pauses"], still_open=row["open"]),
        }


def inbox(connection: Connection, organ_id: str) -> Iterator[dict[str, Any]]:
    """Yield what was offered to an agency and not yet taken, the oldest first."""
    wanted = (
        select(DELIVERY)
        .where(DELIVERY.c.recipient == organ_id, DELIVERY.c.progress == "offered", DELIVERY.c.label.not_in(ENDED))
        .order_by(DELIVERY.c.offered_at, DELIVERY.c.delivery_id)
    )
    names = ("delivery_id", "document_id", "sender", "subject", "urgency", "due_on", "offered_at", "endpoint", "label")
    for row in connection.execute(wanted).mappings():
        yield {name: row[name] for name in names}
