"""The inboxes of a caller's agencies: what waits there, its bytes, and taking it away.

What waits is what `deliver` has laid into the folder of the agency's endpoint; taking is removing it from there, which
`deliver` sees as received. So a recall and a taking cannot both win, and folder and API may be used side by side.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from connectors.delivery.effects import SENDER_SAYS
from connectors.delivery.inbox import Inbox, short
from connectors.delivery.places import BlockedError, inbox_at, of_agency, of_delivery
from connectors.folders import SUFFIX
from connectors.http.callers import Caller
from connectors.http.office import Office
from connectors.http.problems import RefusedError
from connectors.register import duties
from connectors.register.tables import DELIVERY, EVENT
from schemas.events import DocumentAcknowledged
from schemas.reference import Reference

NOT_TAKEN = ("", "none", "dispatched", "offered")
STATUS = f".status{SUFFIX}"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A status that lies in an inbox."""

    item: str
    """`DELIVERY.EVENT`, as its file is called."""

    delivery: Row
    said: Row
    """The event's own fields, as the register keeps them."""

    at: datetime
    box: Inbox

    @property
    def sha256(self) -> str:
        """Of the packet in the content store."""
        return str(self.said["content"]["sha256"])


def documents(connection: Connection, caller: Caller, agencies: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return the deliveries that wait for the caller's agencies (or some of them), the oldest first."""
    wanted = sorted(set(agencies) or caller.agencies)
    found = [{**each, "organ_id": code} for code in wanted for each in duties.inbox(connection, code)]
    return sorted(found, key=lambda each: (each["offered_at"], each["delivery_id"]))


def delivery(connection: Connection, delivery_id: str, caller: Caller) -> dict[str, Any]:
    """Return a delivery to one of the caller's agencies; raise `RefusedError` (404) also where it is somebody else's."""
    row = connection.execute(select(DELIVERY).where(DELIVERY.c.delivery_id == delivery_id)).mappings().first()
    if row is None or row["recipient"] not in caller.agencies or not row["sha256"]:
        raise RefusedError("DELIVERY_UNKNOWN", 404, detail=delivery_id)
    return dict(row)


def take(office: Office, row: Row) -> bool:
    """Take a packet out of its inbox; False if it was taken before. Raise `RefusedError` where the axis took it back."""
    name = f"{row['delivery_id']}{SUFFIX}"
    try:
        endpoint = of_delivery(row["endpoint"], row["recipient"], office.references.current(), office.clock.now())
        folder = inbox_at(office.settings, endpoint).folder
        (folder / name).unlink()
        (folder / f"{row['delivery_id']}.json").unlink(missing_ok=True)
    except BlockedError as exc:
        raise RefusedError(exc.code, 503, detail=exc.endpoint, headers={"Retry-After": "60"}) from None
    except FileNotFoundError:
        if row["label"] in duties.ENDED and row["progress"] in NOT_TAKEN:
            raise RefusedError("DELIVERY_WITHDRAWN", 410, detail=row["delivery_id"]) from None
        return False
    return True


def statuses(office: Office, connection: Connection, caller: Caller) -> list[Waiting]:
    """Return the status packets that lie in the inboxes for the caller's agencies."""
    boxes = _boxes(caller.agencies, office, office.references.current(), office.clock.now())
    named = {name.removesuffix(STATUS): box for box in boxes for name in _names(box) if name.endswith(STATUS)}
    ids = sorted({item.rpartition(".")[0] for item in named})
    deliveries = {row["delivery_id"]: row for row in _rows(connection, DELIVERY, DELIVERY.c.delivery_id.in_(ids))}
    said = _rows(connection, EVENT, EVENT.c.delivery_id.in_(ids), EVENT.c.type == DocumentAcknowledged.__name__)
    found = []
    for event in sorted(said, key=lambda each: (each["occurred_at"], each["event_id"])):
        item, row = f"{event['delivery_id']}.{short(event['event_id'])}", deliveries.get(event["delivery_id"])
        if item in named and row and _addressee(event, row) in caller.agencies:
            said_of = json.loads(event["body"])
            found.append(Waiting(item=item, delivery=row, said=said_of, at=event["occurred_at"], box=named[item]))
    return found


def was_addressed(connection: Connection, item: str, caller: Caller) -> bool:
    """Tell whether a status that lies in no inbox any more was one for the caller's agencies."""
    delivery_id, _, mark = item.rpartition(".")
    said = _rows(connection, EVENT, EVENT.c.delivery_id == delivery_id, EVENT.c.type == DocumentAcknowledged.__name__)
    rows = _rows(connection, DELIVERY, DELIVERY.c.delivery_id == delivery_id)
    return any(
        short(each["event_id"]) == mark and _addressee(each, row) in caller.agencies for each in said for row in rows
    )


def _addressee(event: Row, delivery: Row) -> str:
    """Return to whom a status goes: from one side of a delivery to the other."""
    return str(delivery["recipient" if json.loads(event["body"])["code"] == SENDER_SAYS else "sender"])


def take_status(waiting: Waiting) -> None:
    """Take a status packet out of its inbox."""
    (waiting.box.folder / f"{waiting.item}{STATUS}").unlink(missing_ok=True)


def _rows(connection: Connection, table: Table, *which: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table).where(*which)).mappings()]


def _boxes(agencies: Iterable[str], office: Office, reference: Reference, now: datetime) -> list[Inbox]:
    found: dict[str, Inbox] = {}
    for code in sorted(agencies):
        try:
            endpoint = of_agency(code, reference, now)
            found.setdefault(endpoint.address, inbox_at(office.settings, endpoint))
        except BlockedError:
            continue  # nothing can lie there
    return list(found.values())


def _names(box: Inbox) -> list[str]:
    try:
        return sorted(box.names())
    except FileNotFoundError:
        return []
