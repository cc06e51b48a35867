"""Daily list: what was refused and why, by the axis (document, one recipient, status) and by recipients (02)."""

import heapq
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import RowMapping, or_, select

from connectors.register.tables import DELIVERY, EVENT, REFUSAL
from connectors.reports.asked import Asked, Report, Row
from connectors.reports.documents import AT_ONCE
from connectors.reports.places import Places
from schemas.events import DocumentAcknowledged
from schemas.lifecycle import REFUSED
from schemas.reasons import REASONS, sentence_en

FIELDS = (
    *("refused_at", "about", "by", "document_id", "sha256", "sender", "sender_name", "recipient", "recipient_name"),
    *("code", "codes", "sentence_vi", "sentence_en", "element", "acts"),
)


def rows(asked: Asked) -> Iterator[Row]:
    """Yield the refusals of the period in the order of time."""
    places = Places(asked.directory, asked.period)
    for row in heapq.merge(_by_axis(asked), _by_recipients(asked), key=lambda each: (each["refused_at"], each["id"])):
        said = {**row, "sender_name": places.of(row["sender"]).name if row["sender"] else ""}
        said["recipient_name"] = places.of(row["recipient"]).name if row["recipient"] else ""
        yield {name: said[name] for name in FIELDS}


def _by_axis(asked: Asked) -> Iterator[dict[str, Any]]:
    column = REFUSAL.c
    wanted = (
        select(REFUSAL)
        .where(column.occurred_at >= asked.period.start, column.occurred_at < asked.period.end)
        .order_by(column.occurred_at, column.event_id)
    )
    for row in asked.connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
        known = REASONS.get(row["reason"])
        yield {
            "id": row["event_id"],
            "refused_at": row["occurred_at"],
            "about": _about(row),
            "by": f"axis:{row['stage'].lower()}",
            "document_id": row["document_id"],
            "sha256": row["sha256"],
            "sender": row["sender"],
            "recipient": row["addressed"],
            "code": row["reason"],
            "codes": list(row["reasons"]),
            "sentence_vi": row["sentence_vi"],
            "sentence_en": sentence_en(row["reason"], element=row["element"]) if known else "",
            "element": row["element"],
            "acts": known.acts.value if known else "",
        }


def _about(row: RowMapping) -> str:
    if row["about_status"]:
        return "status"
    return "recipient" if row["addressed"] else "document"


def _by_recipients(asked: Asked) -> Iterator[dict[str, Any]]:
    said, of = EVENT.c, DELIVERY.c
    wanted = (
        select(said.event_id, said.occurred_at, said.who, said.body, of.document_id, of.sha256, of.sender, of.recipient)
        .outerjoin_from(EVENT, DELIVERY, of.delivery_id == said.delivery_id)
        .where(said.type == DocumentAcknowledged.__name__)
        .where(or_(said.why == REFUSED, said.why.startswith(f"{REFUSED}: ")))
        .where(said.occurred_at >= asked.period.start, said.occurred_at < asked.period.end)
        .order_by(said.occurred_at, said.event_id)
    )
    for row in asked.connection.execution_options(yield_per=AT_ONCE).execute(wanted).mappings():
        yield {
            "id": row["event_id"],
            "refused_at": row["occurred_at"],
            "about": "delivery",
            "by": row["who"],
            **{name: row[name] or "" for name in ("document_id", "sha256", "sender", "recipient")},
            "code": REFUSED,
            "codes": [REFUSED],
            "sentence_vi": json.loads(row["body"])["reason"],
            "sentence_en": "",
            "element": "",
            "acts": "sender",
        }


REPORT = Report(rows=rows, fields=FIELDS, begins="day")
