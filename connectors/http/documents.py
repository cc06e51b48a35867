"""Handing packets over, and asking what became of them."""

from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from connectors.http import fields, peek, problems, spool
from connectors.http.answers import Json
from connectors.http.callers import Caller
from connectors.http.handover import Handed
from connectors.http.office import Office
from connectors.http.problems import RefusedError
from connectors.http.uploads import uploaded
from connectors.http.visible import visible
from connectors.register import story
from schemas.reasons import REASONS, sentence_vi

MEDIA_TYPES = ("application/octet-stream", "application/xml", "text/xml")
REFUSED = ("refused", story.NOT_DELIVERED)
PENDING, TAKEN, TURNED_AWAY = "handed_over", "taken", "refused_at_door"
"""States of a handover before the register knows the document."""


async def submit(office: Office, request: Request, caller: Caller) -> Response:
    """Take a packet: 202 with where to ask; a repeat is answered with the first outcome, a refusal at the door with 422."""
    fields.require_media_type(request, *MEDIA_TYPES)
    handed = await hand_over(office, request, caller, key=fields.idempotency_key(request))
    wait = fields.wait_seconds(request)
    if not handed.repeated and not wait:  # nobody can know more than we of what was handed over just now
        said = _answer(handed.sha256, PENDING, [], None)
        return Json(said, 202, headers={"Location": said["status_url"]})
    receipt = await office.receipt(caller.name, handed, seconds=wait)
    if receipt is not None and not receipt["accepted"]:
        raise problems.of_receipt(receipt)
    said = await _told(office, caller, handed, receipt)
    location = {"Location": said["status_url"]}
    return Json(said, 200 if handed.repeated else 202, headers=location)


async def hand_over(office: Office, request: Request, caller: Caller, *, key: str = "", digest: str = "") -> Handed:
    """Spool a request's body and hand it over once; raise `RefusedError`."""
    async with uploaded(office, request, caller, digest=digest) as spooled:
        return await run_in_threadpool(pass_on, office, caller, spooled, key=key)


def pass_on(office: Office, caller: Caller, spooled: spool.Spooled, *, key: str = "") -> Handed:
    """Look who sends a packet, and hand it over once."""
    try:
        sender = peek.require_sender(peek.sender_of(spooled.file), caller, office.references.current(), office.clock)
        if sender:
            office.senders.take(sender)
    except RefusedError:
        spooled.file.unlink(missing_ok=True)
        raise
    return office.handovers.hand_over(
        caller.name, spooled, key=key, may_retry=lambda: _ended_in_refusal(office, caller, spooled.sha256)
    )


def _ended_in_refusal(office: Office, caller: Caller, sha256: str) -> bool:
    known = office.handovers.known(caller.name, sha256)
    receipt = office.handovers.receipt(caller.name, known) if known else None
    if receipt is not None and not receipt["accepted"]:
        return True
    try:
        stories = visible(office.register.read_now(lambda connection: story.by_digest(connection, sha256)), caller)
    except RefusedError:
        return False  # no register yet: nothing says that it was refused
    return bool(stories) and stories[-1]["state"] in REFUSED


async def by_digest(office: Office, request: Request, caller: Caller) -> Response:
    """Tell what became of a packet."""
    sha256 = fields.digest(request.path_params["digest"])
    handed = await run_in_threadpool(office.handovers.known, caller.name, sha256)
    if handed is not None:
        receipt = await office.receipt(caller.name, handed, seconds=fields.wait_seconds(request))
        return Json(await _told(office, caller, handed, receipt))
    stories = await _stories(office, caller, sha256)
    if not stories:
        raise RefusedError("DOCUMENT_UNKNOWN", 404, detail=sha256)
    return Json(_answer(sha256, stories[-1]["state"], stories, None))


async def by_document_id(office: Office, request: Request, caller: Caller) -> Response:
    """Tell the stories of every packet that came under a document id, as far as the caller may see them."""
    wanted = fields.document_id(request.query_params.get("document_id", ""))
    stories = visible(await office.register.read(lambda connection: story.by_document_id(connection, wanted)), caller)
    if not stories:
        raise RefusedError("DOCUMENT_UNKNOWN", 404, detail=wanted)
    return Json({"document_id": wanted, "documents": stories})


async def _told(office: Office, caller: Caller, handed: Handed, receipt: dict[str, Any] | None) -> dict[str, Any]:
    """Return what is known of a handover: the door's answer, and the story as soon as the register has it."""
    try:
        stories = await _stories(office, caller, handed.sha256)
    except RefusedError:
        stories = []  # no register yet: the door's answer stands
    state = PENDING if receipt is None else TAKEN if receipt["accepted"] else TURNED_AWAY
    return _answer(handed.sha256, stories[-1]["state"] if stories else state, stories, receipt)


async def _stories(office: Office, caller: Caller, sha256: str) -> list[dict[str, Any]]:
    def ask(connection: Connection) -> list[dict[str, Any]]:
        return story.by_digest(connection, sha256)

    return visible(await office.register.read(ask), caller)


def _answer(sha256: str, state: str, stories: list[dict[str, Any]], receipt: dict[str, Any] | None) -> dict[str, Any]:
    newest = stories[-1] if stories else {}
    names = ("document_id", "kind", "accepted", "at", "refusal", "sentence_vi")
    return {
        "digest": sha256,
        "status_url": f"/v1/documents/{sha256}",
        "state": state,
        "document_id": newest.get("document_id") or (receipt or {}).get("document_id", ""),
        "refusal": _refusal(newest) or (receipt or {}).get("refusal"),
        "owes": newest.get("owes", []),
        "receipt": receipt and {name: receipt[name] for name in names},
        "documents": stories,
    }


def _refusal(newest: dict[str, Any]) -> dict[str, Any] | None:
    """Return why a document as a whole does not go on."""
    if newest.get("state") != "refused" or not (code := newest["reason"]):
        return None
    return {"code": code, "element": "", "sentence_vi": sentence_vi(code), "who_must_act": REASONS[code].acts.value}
