"""One document's page, read piece by piece: packets, deliveries, duties, refusals, verdicts, what happened; every list by keyset."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from connectors.console.paging import ROWS, Page, beyond, cut
from connectors.console.stuck import alerts_about
from connectors.register.story import DISPATCHED, NOT_DELIVERED
from connectors.register.submissions import SIGNED
from connectors.register.tables import DELIVERY, DOCUMENT, EVENT, OBLIGATION, REFUSAL, SUBMISSION
from schemas.events import DocumentHeld, DocumentRefused, DocumentSigned, ObligationChanged
from schemas.ids import is_sha256, normalise_document_id

MOST_DUTIES = 200
"""Open duties shown in full; a circular of thousands has them at its deliveries."""

MOST_PACKETS = 20
"""Packets under one key or id."""

VERDICTS = (DocumentSigned.__name__, DocumentHeld.__name__, DocumentRefused.__name__)
RECORDED = func.coalesce(EVENT.c.recorded_at, EVENT.c.occurred_at)
SENT = (
    "delivery_id", "document_key", "document_id", "sender", "recipient", "subject", "urgency", "label", "progress",
    "mode", "endpoint", "rule", "due_on", "dispatched_at", "offered_at", "received_at",
)  # fmt: skip


def newest(connection: Connection, *, after: str = "", most: int = ROWS) -> Page[dict[str, Any]]:
    """Return deliveries, the one dispatched last first; raise `CursorError`."""
    order = (DELIVERY.c.dispatched_at, DELIVERY.c.delivery_id)
    wanted = select(*(DELIVERY.c[name] for name in SENT)).where(DELIVERY.c.dispatched_at.is_not(None))
    wanted = wanted.where(*beyond(after, *order, falling=True)).order_by(*(column.desc() for column in order))
    rows = [dict(row) for row in connection.execute(wanted.limit(most + 1)).mappings()]
    return cut(rows, "dispatched_at", "delivery_id", most=most)


def search(connection: Connection, text: str) -> list[dict[str, Any]]:
    """Return the packets that came under a document id, a document key or a SHA-256; of those refused at the door what the refusal says."""
    wanted = text.strip()
    if is_sha256(wanted.lower()):
        digest = wanted.lower()
        found = _packets(connection, or_(SUBMISSION.c.sha256 == digest, SUBMISSION.c.contents_sha256 == digest))
        return found or _refused(connection, REFUSAL.c.sha256 == digest)
    if found := packets(connection, wanted):
        return found
    try:
        document_id = normalise_document_id(wanted)
    except ValueError:
        return []
    keys = select(DOCUMENT.c.document_key).where(DOCUMENT.c.document_id == document_id).limit(MOST_PACKETS)
    found = _packets(connection, SUBMISSION.c.document_key.in_(keys.scalar_subquery()))
    return found or _refused(connection, REFUSAL.c.document_id == document_id)


def packets(connection: Connection, key: str) -> list[dict[str, Any]]:
    """Return the packets that came under a document key, the first one first."""
    return _packets(connection, SUBMISSION.c.document_key == key)


def _packets(connection: Connection, which: Any) -> list[dict[str, Any]]:
    rows = [dict(row) for row in connection.execute(select(SUBMISSION).where(which).limit(MOST_PACKETS)).mappings()]
    return sorted(rows, key=lambda row: json.dumps(row["first"] or []))


def _refused(connection: Connection, which: Any) -> list[dict[str, Any]]:
    wanted = select(REFUSAL).where(which, REFUSAL.c.about_status.is_(False)).limit(MOST_PACKETS)
    return [
        {"document_key": row["document_key"], "document_id": row["document_id"], "sha256": row["sha256"]}
        | {"sender": row["sender"], "subject": "", "state": "refused", "reason": row["reason"], "type_name": ""}
        | {"sentence_vi": row["sentence_vi"], "at_the_door": True}
        for row in connection.execute(wanted).mappings()
    ]


def duties(connection: Connection, key: str) -> list[dict[str, Any]]:
    """Return what is open about a document, the earliest deadline first, each with the alert it has reached."""
    columns = OBLIGATION.c
    wanted = (
        select(OBLIGATION)
        .where(columns.document_key == key, columns.open)
        .order_by(columns.breach_at.is_(None), columns.breach_at, columns.obligation_id)
        .limit(MOST_DUTIES)
    )
    return _with_alerts(connection, [dict(row) for row in connection.execute(wanted).mappings()])


def deliveries(
    connection: Connection, key: str, *, after: str = "", most: int = ROWS
) -> Page[dict[str, Any]]:  # fmt: skip
    """Return a document's deliveries by recipient, each with its duties; raise `CursorError`."""
    order = (DELIVERY.c.recipient, DELIVERY.c.delivery_id)
    wanted = select(*(DELIVERY.c[name] for name in SENT)).where(DELIVERY.c.document_key == key)
    wanted = wanted.where(*beyond(after, *order)).order_by(*order).limit(most + 1)
    page = cut([dict(row) for row in connection.execute(wanted).mappings()], "recipient", "delivery_id", most=most)
    owed = _duties_of(connection, key, [row["delivery_id"] for row in page.rows])
    return Page(rows=[row | {"duties": owed.get(row["delivery_id"], [])} for row in page.rows], after=page.after)


def _duties_of(connection: Connection, key: str, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    columns = OBLIGATION.c
    wanted = select(OBLIGATION).where(columns.document_key == key, columns.delivery_id.in_(ids))
    rows = [dict(row) for row in connection.execute(wanted.order_by(columns.since_at)).mappings()]
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _with_alerts(connection, rows):
        found.setdefault(row["delivery_id"], []).append(row)
    return found


def _with_alerts(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    alerts = alerts_about(connection, [row["subject"] for row in rows if row["open"]])
    return [row | {"alert": alerts.get((row["subject"], row["clock"]))} for row in rows]


def standing(connection: Connection, packet: Mapping[str, Any]) -> str:
    """Return the state of a packet, told as `lienthong status` does: what is signed and routed has gone out, or reached nobody."""
    if packet["state"] != SIGNED:
        return str(packet["state"])
    key = packet["document_key"]
    sent = select(DELIVERY.c.delivery_id).where(DELIVERY.c.document_key == key).limit(1)
    if connection.execute(sent).first():
        return DISPATCHED
    return NOT_DELIVERED if refusals(connection, key) else SIGNED


def refusals(connection: Connection, key: str) -> list[dict[str, Any]]:
    """Return the recipients that could not be reached, and the statuses that were not taken."""
    wanted = select(REFUSAL).where(REFUSAL.c.document_key == key).order_by(REFUSAL.c.occurred_at).limit(MOST_DUTIES)
    return [dict(row) for row in connection.execute(wanted).mappings() if row["addressed"] or row["about_status"]]


def verdicts(connection: Connection, key: str, sha256: str) -> list[dict[str, Any]]:
    """Return what the verifier said of a packet, the newest first, with the verdict as its event has it."""
    wanted = (
        select(EVENT.c.event_id, EVENT.c.type, EVENT.c.occurred_at, EVENT.c.versions, EVENT.c.body)
        .where(EVENT.c.document_key == key, EVENT.c.sha256 == sha256, EVENT.c.type.in_(VERDICTS))
        .order_by(RECORDED.desc())
        .limit(MOST_PACKETS)
    )
    found = []
    for row in connection.execute(wanted).mappings():
        said: Mapping[str, Any] = json.loads(row["body"])
        verdict = said.get("verdict")
        if verdict:
            at = datetime.fromisoformat(verdict["signed_at"]) if verdict.get("signed_at") else None
            found.append(dict(row) | {"verdict": verdict, "signed_at": at})
    return found


def timeline(
    connection: Connection, key: str, sha256: str, *, after: str = "", most: int = ROWS
) -> Page[dict[str, Any]]:  # fmt: skip
    """Return what happened to a packet in the order of the log, changes of duties left out; raise `CursorError`."""
    order = (RECORDED, EVENT.c.event_id)
    names = ("event_id", "type", "delivery_id", "occurred_at", "who", "why", "versions", "topic", "partition", "offset")
    wanted = (
        select(*(EVENT.c[name] for name in names), RECORDED.label("recorded"))
        .where(EVENT.c.document_key == key, or_(EVENT.c.sha256 == sha256, EVENT.c.sha256 == ""))
        .where(EVENT.c.type != ObligationChanged.__name__, *beyond(after, *order))
        .order_by(*order)
        .limit(most + 1)
    )
    return cut([dict(row) for row in connection.execute(wanted).mappings()], "recorded", "event_id", most=most)
