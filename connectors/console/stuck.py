"""What is stuck and whose turn it is: open obligations by their deadline, with the alert each has reached and whom it told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, true

from connectors.console.paging import ROWS, Page, beyond, cut
from connectors.register.tables import ALERT, ATTEMPT, DELIVERY, DOCUMENT, OBLIGATION, TOLD
from schemas.events import AlertState

ORDER = ("breach_at", "obligation_id")
OWED = (
    "obligation_id", "subject", "document_key", "delivery_id", "clock", "debtor", "creditor", "since_at", "breach_at",
    "next_step", "next_step_at", "provisional", "rule",
)  # fmt: skip


def overdue(
    connection: Connection, now: datetime, *, debtor: str = "", clock: str = "", after: str = "", most: int = ROWS
) -> Page[dict[str, Any]]:
    """Return open obligations past their breach, the longest overdue first; raise `CursorError`."""
    wanted = _open(debtor, clock).where(OBLIGATION.c.breach_at <= now)
    return _page(connection, wanted, after, most)


def coming(
    connection: Connection, now: datetime, *, debtor: str = "", clock: str = "", after: str = "", most: int = ROWS
) -> Page[dict[str, Any]]:
    """Return open obligations not yet overdue, the next deadline first; raise `CursorError`."""
    wanted = _open(debtor, clock).where(OBLIGATION.c.breach_at > now)
    return _page(connection, wanted, after, most)


def _open(debtor: str, clock: str) -> Select[Any]:
    wanted = select(*(OBLIGATION.c[name] for name in OWED)).where(OBLIGATION.c.open == true())
    if debtor:
        wanted = wanted.where(OBLIGATION.c.debtor == debtor)
    return wanted.where(OBLIGATION.c.clock == clock) if clock else wanted


def _page(connection: Connection, wanted: Select[Any], after: str, most: int) -> Page[dict[str, Any]]:
    order = [OBLIGATION.c[name] for name in ORDER]
    wanted = wanted.where(*beyond(after, *order)).order_by(*order).limit(most + 1)
    page = cut([dict(row) for row in connection.execute(wanted).mappings()], *ORDER, most=most)
    named, sent = _documents(connection, page.rows), _deliveries(connection, page.rows)
    alerts = alerts_about(connection, [row["subject"] for row in page.rows])
    rows = [
        row
        | {
            "document_id": named.get(row["document_key"], ""),
            "subject_line": sent.get(row["delivery_id"], {}).get("subject", ""),
        }
        | {"urgency": sent.get(row["delivery_id"], {}).get("urgency", "")}
        | {"alert": alerts.get((row["subject"], row["clock"]))}
        for row in page.rows
    ]
    return Page(rows=rows, after=page.after)


def _documents(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    keys = {row["document_key"] for row in rows}
    wanted = select(DOCUMENT.c.document_key, DOCUMENT.c.document_id).where(DOCUMENT.c.document_key.in_(keys))
    return {row.document_key: row.document_id for row in connection.execute(wanted)}


def _deliveries(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    ids = {row["delivery_id"] for row in rows} - {""}
    columns = (DELIVERY.c.delivery_id, DELIVERY.c.subject, DELIVERY.c.urgency)
    found = connection.execute(select(*columns).where(DELIVERY.c.delivery_id.in_(ids))).mappings()
    return {row["delivery_id"]: dict(row) for row in found}


def alerts_about(connection: Connection, subjects: Iterable[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Return (what it is about, clock) -> the alert at the step it has reached, with the people told; resolved ones left out."""
    highest: dict[tuple[str, str], dict[str, Any]] = {}
    resolved: set[str] = set()
    for row in connection.execute(select(ALERT).where(ALERT.c.about.in_(set(subjects)))).mappings():
        if row["state"] == AlertState.RESOLVED.value:
            resolved.add(row["alert_id"])
            continue
        raised, place = dict(row), (row["about"], row["clock"])
        if place not in highest or _height(highest[place]) < _height(raised):
            highest[place] = raised
    found = {place: row for place, row in highest.items() if row["alert_id"] not in resolved}
    told = people(connection, [row["event_id"] for row in found.values()])
    sent = _attempts(connection, [row["alert_id"] for row in found.values()])
    return {
        place: row | {"to": told.get(row["event_id"], []), "attempts": sent.get(row["event_id"], [])}
        for place, row in found.items()
    }


def _height(row: Mapping[str, Any]) -> tuple[int, int, datetime]:
    return row["level"], row["number"], row["occurred_at"]


def people(connection: Connection, event_ids: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Return alert event id -> the officials it told, in their order."""
    found: dict[str, list[dict[str, str]]] = {}
    wanted = select(TOLD).where(TOLD.c.event_id.in_(set(event_ids))).order_by(TOLD.c.event_id, TOLD.c.place)
    for row in connection.execute(wanted).mappings():
        said = {name: row[name] for name in ("organ_id", "role", "name", "mailbox", "mobile")}
        found.setdefault(row["event_id"], []).append(said)
    return found


def _attempts(connection: Connection, alert_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return alert event id -> what became of each mail about it."""
    found: dict[str, list[dict[str, Any]]] = {}
    wanted = select(ATTEMPT).where(ATTEMPT.c.alert_id.in_(set(alert_ids))).order_by(ATTEMPT.c.occurred_at)
    for row in connection.execute(wanted).mappings():
        found.setdefault(row["alert_event_id"], []).append(dict(row))
    return found
