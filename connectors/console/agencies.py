"""The agencies of the directory: when each last took something, how long it takes, who answers there, and where nobody does."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response

from connectors.console.around import HERE, Around
from connectors.console.asked import asked_of
from connectors.console.desk import Desk
from connectors.console.render import render
from connectors.register.tables import DELIVERY
from schemas.reference import Directory
from schemas.reference.agencies import Agency

ROWS = 50
LAST = 20
"""Deliveries over which the time to take one is told."""


def page(desk: Desk, request: Request) -> Response:
    """List agencies by code, those whose name or code has a word; a page at a time."""
    asked, around = asked_of(request, "q", "after"), desk.around()
    directory = around.reference.directory
    living = list(_living(directory, around, asked["q"], asked["after"])) if directory else []
    with desk.register.reading() as connection:
        rows = [_row(connection, around, each) for each in living[:ROWS]]
    after = living[ROWS - 1].organ_id if len(living) > ROWS else ""
    values = {"rows": rows, "after": after, "asked": asked, "around": around}
    return render(request, "agencies.html", values, account=desk.account(request))


def _living(directory: Directory, around: Around, wanted: str, after: str) -> Iterator[Agency]:
    """Yield agencies of today behind a code, one more than a page."""
    today, found = around.now.astimezone(HERE).date(), 0
    for organ_id in sorted(directory.periods):
        agency = directory.agency(organ_id, today) if organ_id > after else None
        if agency and wanted.casefold() in f"{agency.name} {organ_id} {agency.qd20_id}".casefold():
            yield agency
            found += 1
            if found > ROWS:
                return


def _row(connection: Connection, around: Around, agency: Agency) -> dict[str, Any]:
    contacts = around.contacts(agency.organ_id)
    directory, today = around.reference.directory, around.now.astimezone(HERE).date()
    endpoint = directory.endpoint_for(agency.organ_id, today) if directory else None
    roles = {each.role for each in contacts}
    return {
        "agency": agency,
        "endpoint": endpoint,
        "contacts": contacts,
        "gaps": [role for role in _spoken_to(around) if role not in roles],
        **taken(connection, agency.organ_id),
    }


def _spoken_to(around: Around) -> list[str]:
    """Return the roles of the agency that owes to whom any step of the ladder speaks: who is missing there is never told."""
    sla = around.reference.sla
    steps = (step for steps in sla.ladder.values() for step in steps) if sla else ()
    return sorted({party.role for step in steps for party in step.to if party.of == "self"})


def taken(connection: Connection, organ_id: str) -> Mapping[str, Any]:
    """Return when an agency last took a packet, and the median of the time that its last ones lay offered; None where it took none."""
    columns = DELIVERY.c
    wanted = (
        select(columns.offered_at, columns.received_at)
        .where(columns.recipient == organ_id, columns.received_at.is_not(None))
        .order_by(columns.received_at.desc())
        .limit(LAST)
    )
    rows = connection.execute(wanted).all()
    spans = [row.received_at - row.offered_at for row in rows if row.offered_at]
    usual = timedelta(seconds=median(each.total_seconds() for each in spans)) if spans else None
    return {"last": rows[0].received_at if rows else None, "usual": usual}
