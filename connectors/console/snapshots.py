"""Reference data: which snapshot of each kind is in force, since when and by whom, which came before, and what differs between two."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import Connection, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from connectors.console.asked import asked_of
from connectors.console.desk import Desk
from connectors.console.render import render
from connectors.register.tables import EVENT
from infra.comparing import differences
from infra.content import ContentError, open_content
from schemas.events import ReferencePublished
from schemas.ids import is_sha256
from schemas.reference import KINDS, PackError
from schemas.reference.packing import unpack

MOST = 500
"""Publications that are read, the newest."""

MOST_LINES = 300
"""Lines of a difference that are shown, of each sort."""

AWAY = 503

log = structlog.get_logger(__name__)


def page(desk: Desk, request: Request) -> Response:
    """List every kind with the snapshot in force, and the earlier ones to compare it with."""
    around = desk.around()
    with desk.register.reading() as connection:
        known = published(connection)
    rows = [_row(kind, around.reference.versions.get(kind, ""), known.get(kind, [])) for kind in KINDS]
    calendar = around.reference.calendar
    provisional = calendar is not None and calendar.is_provisional(around.now.astimezone(calendar.zone).date())
    values = {"rows": rows, "provisional": provisional}
    return render(request, "snapshots.html", values, account=desk.account(request))


def compared(desk: Desk, request: Request) -> Response:
    """Say line by line what differs between two snapshots of a kind."""
    asked = asked_of(request, "kind", "old", "new")
    if asked["kind"] not in KINDS or not (is_sha256(asked["old"]) and is_sha256(asked["new"])):
        raise HTTPException(404)
    with desk.register.reading() as connection:
        known = {each["version"] for each in published(connection).get(asked["kind"], [])}
    if (
        not {asked["old"], asked["new"]} <= known
    ):  # nothing but what was published as reference data is read from the store
        raise HTTPException(404)
    found = differences(_files(desk, asked["old"]), _files(desk, asked["new"]))
    values = {"asked": asked, "found": found, "most": MOST_LINES}
    return render(request, "snapshot.html", values, account=desk.account(request))


def published(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Return kind -> its publications, the newest first, each with version, moment and publisher."""
    wanted = (
        select(EVENT.c.occurred_at, EVENT.c.who, EVENT.c.body)
        .where(EVENT.c.type == ReferencePublished.__name__)
        .order_by(EVENT.c.occurred_at.desc(), EVENT.c.event_id.desc())
        .limit(MOST)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(wanted).mappings():
        said = json.loads(row["body"])
        publication = {"version": said["version"], "at": row["occurred_at"], "by": row["who"]}
        found.setdefault(said["kind"], []).append(publication)
    return found


def _row(kind: str, version: str, known: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one kind: the snapshot in force (what this console follows), and those published before it."""
    in_force = next((each for each in known if each["version"] == version), None)
    earlier = [each for each in known if each is not in_force and each["version"] != version]
    return {"kind": kind, "version": version, "in_force": in_force, "earlier": earlier}


def _files(desk: Desk, version: str) -> Mapping[str, bytes]:
    try:
        return unpack(open_content(desk.settings).read(version))
    except (ContentError, PackError) as exc:
        log.warning("snapshot_not_read", version=version, why=type(exc).__name__)
        raise HTTPException(AWAY) from exc
