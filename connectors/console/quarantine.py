"""What does not go on: documents that are held and wait for something, packets, recipients and statuses that were refused, each with the way out."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response

from connectors.console.asked import asked_of
from connectors.console.desk import Desk
from connectors.console.paging import ROWS, Page, beyond, cut
from connectors.console.render import render
from connectors.register.tables import REFUSAL, SUBMISSION
from schemas.events.base import Stage
from schemas.reasons import REASONS
from schemas.reasons.table import Party

HELD = "held"
ROUTING = Stage.ROUTING.value
"""Stage of a refusal that can be decided again (`redrives`)."""

SAID = (
    "event_id", "subject", "document_key", "document_id", "sha256", "sender", "submitted_by", "stage", "reason", "element",
    "sentence_vi", "addressed", "about_status", "occurred_at",
)  # fmt: skip


def page(desk: Desk, request: Request) -> Response:
    """List what is held, or what was refused, the newest first."""
    asked, around = asked_of(request, "show", "after"), desk.around()
    read = refused if asked["show"] == "refused" else held
    with desk.register.reading() as connection:
        found = read(connection, after=asked["after"])
    rows = [row | _way_out(row) for row in found.rows]
    values = {"rows": rows, "after": found.after, "asked": asked, "around": around}
    return render(request, "quarantine.html", values, account=desk.account(request))


def held(connection: Connection, *, after: str = "", most: int = ROWS) -> Page[dict[str, Any]]:
    """Return documents without a final verdict; raise `CursorError`."""
    order = (SUBMISSION.c.document_key, SUBMISSION.c.sha256)
    names = ("document_key", "document_id", "sha256", "sender", "subject", "reason")
    wanted = select(*(SUBMISSION.c[name] for name in names)).where(SUBMISSION.c.state == HELD)
    wanted = wanted.where(*beyond(after, *order)).order_by(*order).limit(most + 1)
    rows = [{**row, "about_status": False} for row in connection.execute(wanted).mappings()]
    return cut(rows, "document_key", "sha256", most=most)


def refused(connection: Connection, *, after: str = "", most: int = ROWS) -> Page[dict[str, Any]]:
    """Return refusals of packets, recipients and statuses, the newest first; raise `CursorError`."""
    order = (REFUSAL.c.occurred_at, REFUSAL.c.event_id)
    wanted = select(*(REFUSAL.c[name] for name in SAID)).where(*beyond(after, *order, falling=True))
    wanted = wanted.order_by(*(column.desc() for column in order)).limit(most + 1)
    rows = [dict(row) for row in connection.execute(wanted).mappings()]
    return cut(rows, "occurred_at", "event_id", most=most)


def _way_out(row: Mapping[str, Any]) -> dict[str, Any]:
    """Say who must act, and whether an operator may have it decided again."""
    reason = REASONS.get(row["reason"])
    acts = reason.acts if reason else Party.OPERATOR
    return {"acts": acts.value, "redrive": row.get("stage") == ROUTING and not row["about_status"]}
