"""The inbox over HTTP: list, lease, fetch, confirm, answer by a status."""

import hashlib
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from connectors.http import fields, problems, shelf, speaking
from connectors.http.answers import Json
from connectors.http.callers import Caller
from connectors.http.lending import LentFile, lent
from connectors.http.office import Office
from connectors.http.problems import RefusedError
from connectors.register.duties import owed_by

MOST_ITEMS = 500
LEASE_SECONDS, MOST_LEASE_SECONDS = 300, 3600


def _agencies(request: Request, caller: Caller) -> list[str]:
    text = request.query_params.get("agency")
    if text is None:
        return []
    code = fields.agency(text)
    caller.require(code)
    return [code]


async def waiting(office: Office, request: Request, caller: Caller) -> Response:
    """List what waits, the oldest first; what somebody holds a lease on is listed as well."""
    limit, agencies = fields.number(request, "limit", otherwise=100, most=MOST_ITEMS), _agencies(request, caller)
    found = await office.register.read(lambda connection: shelf.documents(connection, caller, agencies))
    return Json({"waiting": len(found), "items": [_item(each) for each in found[:limit]]})


async def lease(office: Office, request: Request, caller: Caller) -> Response:
    """Give deliveries to one of the client's workers, for a while; no other worker gets them until then."""
    asked = await fields.json_object(request, office.clients.limits, optional=("limit", "seconds", "agency"))
    limit = _whole(asked.get("limit", 10), "limit", MOST_ITEMS)
    seconds = _whole(asked.get("seconds", LEASE_SECONDS), "seconds", MOST_LEASE_SECONDS)
    agencies = []
    if "agency" in asked:
        agencies = [fields.agency(fields.words(asked["agency"], "agency", most=64))]
        caller.require(agencies[0])
    found = await office.register.read(lambda connection: shelf.documents(connection, caller, agencies))
    ids = [each["delivery_id"] for each in found]
    leased = await run_in_threadpool(office.memory.lease, ids, limit=limit, seconds=seconds)
    return Json({"seconds": seconds, "items": [_item(each) for each in found if each["delivery_id"] in leased]})


async def fetch(office: Office, request: Request, caller: Caller) -> Response:
    """Send a packet's bytes; taking it is another call, so a lost answer loses nothing."""
    wanted = fields.delivery_id(request.path_params["delivery_id"])
    row = await office.register.read(lambda connection: shelf.delivery(connection, wanted, caller))
    if row["label"] in ("recalled", "replaced") and row["progress"] in shelf.NOT_TAKEN:
        raise RefusedError("DELIVERY_WITHDRAWN", 410, detail=wanted)
    return await content(office, row["sha256"], wanted)


async def content(office: Office, sha256: str, name: str) -> Response:
    """Return the bytes under a digest as a file."""
    return LentFile(*await lent(office, sha256), sha256=sha256, name=name)


async def confirm(office: Office, request: Request, caller: Caller) -> Response:
    """Take a delivery: the client has the bytes, with the digest it names; the same again answers the same."""
    wanted = fields.delivery_id(request.path_params["delivery_id"])
    said = await fields.json_object(request, office.clients.limits, "sha256")
    row = await office.register.read(lambda connection: shelf.delivery(connection, wanted, caller))
    if fields.digest(fields.words(said["sha256"], "sha256", most=64), "sha256") != row["sha256"]:
        raise RefusedError("DIGEST_MISMATCH", 422, element="sha256")
    first = await run_in_threadpool(shelf.take, office, row)
    return Json({"delivery_id": wanted, "sha256": row["sha256"], "taken": "now" if first else "before"})


async def say(office: Office, request: Request, caller: Caller) -> Response:
    """Say a status about a delivery; 202, as for a packet. The same status again is the same status."""
    wanted = fields.delivery_id(request.path_params["delivery_id"])
    said = await fields.json_object(request, office.clients.limits, "code", "by", optional=("reason",))
    status = speaking.Status(
        delivery_id=wanted,
        code=fields.words(said["code"], "code", most=2),
        by=fields.words(said["by"], "by", most=200),
        reason=fields.words(said.get("reason", ""), "reason", needed=False),
    )
    draft = await office.register.read(lambda connection: speaking.draft(office, connection, status, caller))
    key = fields.idempotency_key(request) or hashlib.sha256(repr(status).encode()).hexdigest()
    handed = await run_in_threadpool(speaking.hand_over, office, caller, draft, key)
    receipt = await office.receipt(caller.name, handed, seconds=fields.wait_seconds(request))
    if receipt is not None and not receipt["accepted"]:
        raise problems.of_receipt(receipt)
    answer = {"delivery_id": wanted, "code": status.code, "digest": handed.sha256, "taken": receipt is not None}
    return Json(answer, 200 if handed.repeated else 202)


async def owes(office: Office, request: Request, caller: Caller) -> Response:
    """List what the caller's agencies must do, the earliest deadline first."""
    agencies = _agencies(request, caller) or sorted(caller.agencies)
    now = office.clock.now()
    found = await office.register.read(
        lambda connection: [{"who": code, **each} for code in agencies for each in owed_by(connection, code, now)]
    )
    return Json({"at": now, "items": sorted(found, key=lambda each: (each["by"] is None, each["by"] or now))})


def _item(each: dict[str, Any]) -> dict[str, Any]:
    return {**each, "content_url": f"/v1/inbox/{each['delivery_id']}"}


def _whole(value: object, name: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise fields.malformed(name, f"1…{most}")
    return value
