"""The calls by which systems of the national axis exchange packets: parameters travel as headers.

They pull: a list, each packet of it, `updateStatus(done)`. A `DocId` of what was sent is the packet's SHA-256, a `docId` of
what waits is the delivery id (a status' one has its event's first digits behind it); clients treat both as opaque.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from connectors.delivery.effects import SENDER_SAYS
from connectors.http import documents, fields, inbox, peek, problems, shelf
from connectors.http.callers import Caller
from connectors.http.legacy import ok
from connectors.http.lending import lent
from connectors.http.office import Office
from connectors.http.problems import RefusedError
from connectors.http.shelf import Waiting
from connectors.intake.senders import VIETNAM
from schemas.ids import clean_code, split_delivery_id

EDOC, STATUS = "edoc", "status"
SERVICE = "eDoc"
RECEIPT_SECONDS = 20.0
"""A packet lies safely in the door before; so long a client waits to be told also what the door says."""

WAITS = {"status": "initial", "status_desc": "Chờ nhận"}
PIECE = 3 * 256 * 1024
"""Bytes of a packet that become base64 at once; a multiple of three."""


def _header(request: Request, name: str, *allowed: str, otherwise: str | None = None) -> str:
    """Return a parameter; raise `RefusedError` where it is missing or none of the allowed."""
    value = request.headers.get(name, "").strip() or otherwise
    if value is None or (allowed and value.lower() not in allowed):
        raise fields.malformed(name, ", ".join(allowed))
    return value


async def send(office: Office, request: Request, caller: Caller) -> Response:
    """Take a packet; the same bytes again answer the same DocId."""
    _header(request, "messagetype", EDOC, STATUS)
    _header(request, "servicetype", SERVICE.lower(), otherwise=SERVICE)
    digest = fields.digest(_header(request, "hash-file"), "hash-file")
    code = clean_code(_header(request, "from"))
    peek.require_sender(code, caller, office.references.current(), office.clock)
    handed = await documents.hand_over(office, request, caller, digest=digest)
    receipt = await office.receipt(caller.name, handed, seconds=RECEIPT_SECONDS)
    if receipt is not None and not receipt["accepted"]:
        raise problems.of_receipt(receipt)
    return ok(DocId=handed.sha256)


async def received(office: Office, request: Request, caller: Caller) -> Response:
    """List what waits."""
    return ok(data=await _waiting(office, caller, _header(request, "messagetype", EDOC, STATUS).lower()))


async def count_documents(office: Office, _request: Request, caller: Caller) -> Response:
    """Count the documents that wait."""
    return ok(count=len(await _waiting(office, caller, EDOC)))


async def count_statuses(office: Office, _request: Request, caller: Caller) -> Response:
    """Count the statuses that wait."""
    return ok(count=len(await _waiting(office, caller, STATUS)))


async def _waiting(office: Office, caller: Caller, kind: str) -> list[dict[str, Any]]:
    def ask(connection: Connection) -> list[dict[str, Any]]:
        if kind == EDOC:
            return [_document(each) for each in shelf.documents(connection, caller)]
        return [_status(each) for each in shelf.statuses(office, connection, caller)]

    return await office.register.read(ask)


def _document(each: Mapping[str, Any]) -> dict[str, Any]:
    return _row(each["delivery_id"], EDOC, each["offered_at"], each["sender"], each["organ_id"])


def _status(each: Waiting) -> dict[str, Any]:
    sides = each.delivery["recipient"], each.delivery["sender"]
    speaker, addressee = sides if each.said["code"] != SENDER_SAYS else sides[::-1]
    return _row(each.item, STATUS, each.at, speaker, addressee)


def _row(doc_id: str, kind: str, at: datetime | None, sender: str, recipient: str) -> dict[str, Any]:
    moment = local(at)
    said = {"docId": doc_id, "serviceType": SERVICE, "messageType": kind}
    return said | {"created_time": moment, "updated_time": moment, "from": sender, "to": recipient} | WAITS


def local(moment: datetime | None) -> str:
    """Return a moment as people of Việt Nam write it to machines; empty for none."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds") if moment else ""


async def download(office: Office, request: Request, caller: Caller) -> Response:
    """Send a packet's bytes."""
    doc_id = _header(request, "docId")
    return await inbox.content(office, await _digest_of(office, caller, doc_id), doc_id)


async def get(office: Office, request: Request, caller: Caller) -> Response:
    """Send a packet in base64 inside JSON, piece by piece."""
    doc_id = _header(request, "docId")
    path, loan = await lent(office, await _digest_of(office, caller, doc_id))
    return StreamingResponse(_in_json(path, loan), media_type="application/json")


async def _in_json(path: Path, loan: ExitStack) -> AsyncIterator[bytes]:
    with loan:
        yield b'{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"'
        loan.callback((stream := await run_in_threadpool(path.open, "rb")).close)
        while piece := await run_in_threadpool(stream.read, PIECE):
            yield base64.b64encode(piece)
        yield b'"}'


async def _digest_of(office: Office, caller: Caller, doc_id: str) -> str:
    """Return the SHA-256 of what waits under a docId, or was taken; raise `RefusedError`."""

    def ask(connection: Connection) -> str:
        if _is_delivery(doc_id):
            return str(shelf.delivery(connection, doc_id, caller)["sha256"])
        return _status_named(office, connection, caller, doc_id).sha256

    return await office.register.read(ask)


def _is_delivery(doc_id: str) -> bool:
    try:
        split_delivery_id(doc_id)
    except ValueError:
        return False
    return True


def _status_named(office: Office, connection: Connection, caller: Caller, doc_id: str) -> Waiting:
    for each in shelf.statuses(office, connection, caller):
        if each.item == doc_id:
            return each
    raise RefusedError("DELIVERY_UNKNOWN", 404, detail=doc_id)


async def update(office: Office, request: Request, caller: Caller) -> Response:
    """Acknowledge the transport: `done` takes a packet out of the inbox; it stays there with `processing` and `fail`."""
    doc_id, state = _header(request, "docid"), _header(request, "status", "processing", "done", "fail").lower()
    if _is_delivery(doc_id):
        row = await office.register.read(lambda connection: shelf.delivery(connection, doc_id, caller))
        if state == "done":
            await run_in_threadpool(shelf.take, office, row)
        return ok()
    if state == "done":
        taken = await office.register.read(lambda connection: _take_status(office, connection, caller, doc_id))
        if not taken:
            raise RefusedError("DELIVERY_UNKNOWN", 404, detail=doc_id)
    return ok()


def _take_status(office: Office, connection: Connection, caller: Caller, doc_id: str) -> bool:
    """Take a status; one of the caller's that lies there no more was taken before."""
    for each in shelf.statuses(office, connection, caller):
        if each.item == doc_id:
            shelf.take_status(each)
            return True
    return shelf.was_addressed(connection, doc_id, caller)
