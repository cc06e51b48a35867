"""Reads a document's story from the register: who owes what by when, where each delivery stands, what happened."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from connectors.register.pauses import paused_since
from connectors.register.submissions import SIGNED
from connectors.register.tables import ALERT, DELIVERY, DOCUMENT, EVENT, LINK, OBLIGATION, REFUSAL, SUBMISSION, TOLD
from schemas.events import AlertState

Row = Mapping[str, Any]
DISPATCHED = "dispatched"
NOT_DELIVERED = "not_delivered"
"""Signed, and no recipient it names could be reached."""


def by_document_id(connection: Connection, document_id: str) -> list[dict[str, Any]]:
    """Return the stories of every packet that came under a normalised document id, whoever sent it."""
    keys = [row["document_key"] for row in _rows(connection, DOCUMENT, DOCUMENT.c.document_id == document_id)]
    told = _of_submissions(connection, _rows(connection, SUBMISSION, SUBMISSION.c.document_key.in_(keys)))
    return told + _refused_at_door(connection, REFUSAL.c.document_id == document_id, told)


def by_digest(connection: Connection, sha256: str) -> list[dict[str, Any]]:
    """Return the stories of a packet's bytes, or of every packet that carries a file of this digest alone; each id that they came under is a document of its own."""
    which = or_(SUBMISSION.c.sha256 == sha256, SUBMISSION.c.contents_sha256 == sha256)
    told = _of_submissions(connection, _rows(connection, SUBMISSION, which))
    return told + _refused_at_door(connection, REFUSAL.c.sha256 == sha256, told)


def _of_submissions(connection: Connection, submissions: Iterable[Row]) -> list[dict[str, Any]]:
    ordered = sorted(submissions, key=lambda row: row["first"] or [])
    return [_story(connection, row) for row in ordered]


def _story(connection: Connection, packet: Row) -> dict[str, Any]:
    key, sha256 = packet["document_key"], packet["sha256"]
    deliveries = [
        row for row in _rows(connection, DELIVERY, DELIVERY.c.document_key == key) if row["sha256"] in ("", sha256)
    ]
    obligations = _rows(connection, OBLIGATION, OBLIGATION.c.document_key == key)
    mine = {row["delivery_id"] for row in deliveries} | {""}
    refusals = _refusals(connection, REFUSAL.c.document_key == key, sha256)
    state = packet["state"]
    if state == SIGNED and (deliveries or refusals):
        state = DISPATCHED if deliveries else NOT_DELIVERED
    return {
        "document_id": packet["document_id"],
        "document_key": key,
        "digest": sha256,
        "sender": packet["sender"],
        "subject": packet["subject"],
        "state": state,
        "reason": packet["reason"],
        "owes": _owes(row for row in obligations if row["delivery_id"] in mine),
        "deliveries": _deliveries(connection, key, deliveries, obligations),
        "refusals": refusals,
        "same_contents": same_contents(connection, key, sha256),
        "timeline": _timeline(connection, EVENT.c.document_key == key, sha256),
    }


def same_contents(connection: Connection, key: str, sha256: str) -> list[dict[str, Any]]:
    """Return the documents that were carried with the same files under another id: the first one, or those that came after this one."""
    rows = sorted(
        _rows(connection, LINK, or_(LINK.c.document_key == key, LINK.c.first_key == key)),
        key=lambda row: (row["occurred_at"], row["event_id"]),
    )
    senders = {
        row["document_key"]: row["sender"]
        for row in _rows(connection, DOCUMENT, DOCUMENT.c.document_key.in_([row["first_key"] for row in rows]))
    }
    return [
        {"which": "later", **{name: row[name] for name in ("document_id", "document_key", "sender")}}
        if row["first_key"] == key
        else {
            "which": "first",
            "document_id": row["first_id"],
            "document_key": row["first_key"],
            "sender": senders.get(row["first_key"], ""),
        }
        for row in rows
        if row["first_key"] == key or row["sha256"] == sha256
    ]


def _owes(obligations: Iterable[Row]) -> list[dict[str, Any]]:
    """Return what is open, the earliest deadline first."""
    found = [
        {
            "who": row["debtor"],
            "what": row["clock"],
            "by": row["breach_at"] or row["target_at"],
            "rule": row["rule"],
            "delivery_id": row["delivery_id"],
            "paused_since": paused_since(row["pauses"], still_open=True),
        }
        for row in obligations
        if row["open"]
    ]
    return sorted(found, key=lambda each: (each["by"] is None, each["by"] or "", each["who"]))


def _deliveries(
    connection: Connection, key: str, deliveries: Sequence[Row], obligations: Iterable[Row]
) -> list[dict[str, Any]]:
    deadlines: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(obligations, key=lambda each: each["since_at"]):
        names = ("clock", "debtor", "since_at", "target_at", "warn_at", "breach_at", "open", "closed_at", "closed_by")
        deadlines[row["delivery_id"]].append(
            {name: row[name] for name in (*names, "provisional", "rule")} | {"pauses": row["pauses"] or []}
        )
    alerts = _alerts(connection, key)
    return [
        {
            "delivery_id": row["delivery_id"],
            "organ_id": row["recipient"],
            "label": row["label"],
            "progress": row["progress"],
            "deadlines": deadlines[row["delivery_id"]],
            "alerts": alerts[row["delivery_id"]],
        }
        for row in sorted(deliveries, key=lambda each: each["recipient"])
    ]


def _alerts(connection: Connection, key: str) -> defaultdict[str, list[dict[str, Any]]]:
    """Return each alert at its highest step, by delivery; one that was resolved is over."""
    highest: dict[str, Row] = {}
    for row in _rows(connection, ALERT, ALERT.c.document_key == key):
        known = highest.get(row["alert_id"])
        if known is None or _height(row) > _height(known):
            highest[row["alert_id"]] = row
    told: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(connection, TOLD, TOLD.c.event_id.in_([row["event_id"] for row in highest.values()])):
        told[row["event_id"]].append({name: row[name] for name in ("organ_id", "role", "name", "mailbox")})
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(highest.values(), key=lambda each: (each["occurred_at"], each["alert_id"])):
        names = ("alert_id", "kind", "state", "level", "number", "clock", "debtor", "why", "deadline_at")
        said = {name: row[name] for name in names} | {"at": row["occurred_at"], "to": told[row["event_id"]]}
        found[row["delivery_id"]].append(said)
    return found


def _height(row: Row) -> tuple[bool, int, int]:
    return row["state"] == AlertState.RESOLVED.value, row["level"], row["number"]


def _refusals(connection: Connection, which: ColumnElement[bool], sha256: str) -> list[dict[str, Any]]:
    """Return the recipients that could not be reached."""
    rows = [row for row in _rows(connection, REFUSAL, which) if row["addressed"] and row["sha256"] == sha256]
    named = {row["addressed"]: {"addressed": row["addressed"], "code": row["reason"]} | _sentence(row) for row in rows}
    return [named[code] for code in sorted(named)]


def _sentence(row: Row) -> dict[str, str]:
    return {"sentence_vi": row["sentence_vi"]}


def _timeline(connection: Connection, which: ColumnElement[bool], sha256: str) -> list[dict[str, Any]]:
    """Return what happened, in the order in which it was recorded; events of other bytes under the same id left out."""
    rows = [row for row in _rows(connection, EVENT, which) if row["sha256"] in ("", sha256)]
    rows.sort(key=lambda row: (row["recorded_at"] or row["occurred_at"], row["occurred_at"], row["event_id"]))
    same = ("recorded_at", "topic", "partition", "offset", "who", "why", "versions", "delivery_id")
    return [{"at": row["occurred_at"], "event": row["type"]} | {name: row[name] for name in same} for row in rows]


def _refused_at_door(
    connection: Connection, which: ColumnElement[bool], told: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return what was refused before it became a document; of its bytes nothing was stored."""
    rows = _rows(connection, REFUSAL, which)
    known = {each["digest"] for each in told}
    found = {row["sha256"]: row for row in rows if row["sha256"] not in known and not row["about_status"]}
    return [
        {
            "document_id": row["document_id"],
            "document_key": row["document_key"],
            "digest": row["sha256"],
            "sender": row["sender"],
            "subject": "",
            "state": "refused",
            "reason": row["reason"],
            "owes": [],
            "deliveries": [],
            "refusals": [{"addressed": row["addressed"], "code": row["reason"]} | _sentence(row)],
            "same_contents": [],
            "timeline": _timeline(connection, or_(EVENT.c.sha256 == sha256, EVENT.c.key == sha256), sha256),
        }
        for sha256, row in found.items()
    ]


def _rows(connection: Connection, table: Table, which: ColumnElement[bool]) -> list[Row]:
    return [dict(row) for row in connection.execute(select(table).where(which)).mappings()]
