"""What people did by hand: replays, discards, decisions asked again, each with who, when and why, as the log has it."""

import json
from typing import Any

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response

from connectors.console.asked import asked_of
from connectors.console.desk import Desk
from connectors.console.paging import ROWS, Page, beyond, cut
from connectors.console.render import render
from connectors.register.tables import EVENT
from schemas.events import OperatorActed, ReferencePublished

BY_HAND = (OperatorActed.__name__, ReferencePublished.__name__)


def page(desk: Desk, request: Request) -> Response:
    """List acts, the newest first."""
    asked = asked_of(request, "after")
    with desk.register.reading() as connection:
        found = newest(connection, after=asked["after"])
    values = {"rows": found.rows, "after": found.after, "asked": asked}
    return render(request, "acts.html", values, account=desk.account(request))


def newest(connection: Connection, *, after: str = "", most: int = ROWS) -> Page[dict[str, Any]]:
    """Return acts, and publications of reference data, with subject, action and reason; raise `CursorError`."""
    order = (EVENT.c.occurred_at, EVENT.c.event_id)
    names = ("event_id", "type", "key", "document_key", "occurred_at", "who", "why", "body")
    wanted = select(*(EVENT.c[name] for name in names)).where(EVENT.c.type.in_(BY_HAND))
    wanted = wanted.where(*beyond(after, *order, falling=True)).order_by(*(column.desc() for column in order))
    rows = [_row(dict(row)) for row in connection.execute(wanted.limit(most + 1)).mappings()]
    return cut(rows, "occurred_at", "event_id", most=most)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    said = json.loads(row["body"])
    if row["type"] == ReferencePublished.__name__:
        return row | {"action": "reference.publish", "subject": f"{said['kind']} {said['version'][:12]}", "reason": ""}
    return row | {"action": said["action"], "subject": said["subject"], "reason": said.get("reason", "")}
