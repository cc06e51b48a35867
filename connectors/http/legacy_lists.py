"""The national axis' calls that list: what was sent, and which agencies there are."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from connectors.http import fields
from connectors.http.callers import Caller
from connectors.http.legacy import ok
from connectors.http.legacy_edoc import local
from connectors.http.office import Office
from connectors.http.problems import RefusedError, not_ready
from connectors.http.visible import visible
from connectors.register import story
from connectors.register.tables import DELIVERY
from connectors.register.words import LABELS
from schemas.ids import is_sha256, split_document_id
from schemas.reasons import sentence_vi
from schemas.reference import Agency, Directory, Reference

MOST = 500
"""Rows of a list of what was sent, the newest first."""

NOT_SENT = ("refused", story.NOT_DELIVERED)
ON_ITS_WAY = ("", "none", "dispatched", "offered")
DONE, FAIL, PROCESSING = "done", "fail", "processing"


async def sent(office: Office, request: Request, caller: Caller) -> Response:
    """List what became of a packet (`docId`), or of the newest ones."""
    doc_id = request.headers.get("docId", "").strip().lower()
    if doc_id:
        fields.digest(doc_id, "docId")

    def ask(connection: Connection) -> list[dict[str, Any]]:
        wanted = [doc_id] if doc_id else _newest(connection, caller)
        stories = [each for sha256 in wanted for each in visible(story.by_digest(connection, sha256), caller)]
        return [row for each in stories if each["sender"] in caller.agencies for row in _rows(connection, each)]

    rows = await office.register.read(ask)
    known = await run_in_threadpool(office.handovers.known, caller.name, doc_id) if doc_id and not rows else None
    if known is not None:
        rows = [_row({"digest": doc_id, "sender": "", "subject": "", "document_id": ""}, sendStatus=PROCESSING)]
    return ok(data=rows[:MOST])


def _newest(connection: Connection, caller: Caller) -> list[str]:
    """Return the digests of what the caller's agencies sent, the newest first."""
    wanted = (
        select(DELIVERY.c.sha256, DELIVERY.c.dispatched_at)
        .where(DELIVERY.c.sender.in_(sorted(caller.agencies)), DELIVERY.c.dispatched_at.is_not(None))
        .order_by(DELIVERY.c.dispatched_at.desc(), DELIVERY.c.delivery_id)
        .limit(MOST)
    )
    return list(dict.fromkeys(row.sha256 for row in connection.execute(wanted) if is_sha256(row.sha256)))


def _rows(connection: Connection, told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each recipient; one for a document that goes nowhere, or not yet."""
    ids = [each["delivery_id"] for each in told["deliveries"]]
    for row in connection.execute(select(DELIVERY).where(DELIVERY.c.delivery_id.in_(ids))).mappings():
        label = LABELS.get(row["label"], row["label"])
        came = row["progress"] not in ON_ITS_WAY
        yield _row(
            told,
            receiverDocId=row["delivery_id"],
            toCode=row["recipient"],
            sendStatus=DONE,
            sendStatusDesc=label,
            receiveStatus=DONE if came else PROCESSING,
            receiveStatusDesc=label,
            sentTime=local(row["dispatched_at"]),
            receivedTime=local(row["received_at"]),
        )
    for each in told["refusals"]:
        why = f"{each['code']}: {each['sentence_vi']}"
        yield _row(told, toCode=each["addressed"], sendStatus=FAIL, sendStatusDesc=why)
    if not ids and not told["refusals"]:
        refused = told["state"] in NOT_SENT
        why = f"{told['reason']}: {sentence_vi(told['reason'])}" if told["reason"] else ""
        yield _row(told, sendStatus=FAIL if refused else PROCESSING, sendStatusDesc=why)


def _row(told: Mapping[str, Any], **said: str) -> dict[str, Any]:
    parts = split_document_id(told["document_id"]) if told["document_id"] else None
    names = (
        "receiverDocId",
        "toCode",
        "sendStatusDesc",
        "receiveStatus",
        "receiveStatusDesc",
        "sentTime",
        "receivedTime",
    )
    same = {"senderDocId": told["digest"], "fromCode": told["sender"], "title": told["subject"]}
    notation = {"notation": parts.number_notation if parts else told["document_id"]}
    return dict.fromkeys(names, "") | same | notation | said


async def agencies(office: Office, request: Request, caller: Caller) -> Response:
    """List the agencies by their codes of QCVN 102."""
    return ok(
        data=await _listed(office, request, caller, lambda each: {"code": each.organ_id, "oldCode": each.qd20_id})
    )


async def agencies_qd20(office: Office, request: Request, caller: Caller) -> Response:
    """List the agencies by their codes of QĐ 20, where they have one."""

    def own(each: Agency) -> dict[str, Any]:
        return {"code": each.qd20_id or each.organ_id, "code102": each.organ_id}

    return ok(data=await _listed(office, request, caller, own))


async def units(office: Office, request: Request, caller: Caller) -> Response:
    """List the agencies for those who keep a copy of the directory."""
    reference = office.references.current()

    def own(each: Agency) -> dict[str, Any]:
        directory = reference.directory
        return {
            "code": each.organ_id,
            "oldCode": each.qd20_id,
            "centerCode": "",
            "version": reference.versions.get("directory", ""),
            "deleted": False,
            "modifyDate": each.valid_from.isoformat() if each.valid_from != date.min else "",
            "isAgency": directory is None or directory.selectable(each),
        }

    return ok(data=await _listed(office, request, caller, own))


async def not_here(_office: Office, _request: Request, _caller: Caller) -> Response:
    """Refuse to change the directory."""
    raise RefusedError("DIRECTORY_BY_OPERATOR", 403)


async def _listed(office: Office, request: Request, _caller: Caller, own: Any) -> list[dict[str, Any]]:
    level, reference = request.headers.get("level", "").strip().lower(), office.references.current()
    directory, on = reference.directory, office.clock.now().date()
    if directory is None:
        raise not_ready("directory")
    return await run_in_threadpool(
        lambda: [_agency(each, reference, on) | own(each) for each in _living(directory, on, level)]
    )


def _living(directory: Directory, on: date, level: str) -> Iterator[Agency]:
    for organ_id in sorted(directory.periods):
        each = directory.agency(organ_id, on)
        if each is not None and (not level or level in (each.level.lower(), _rank(each, directory))):
            yield each


def _rank(agency: Agency, directory: Directory) -> str:
    known = directory.levels.get(agency.level)
    return str(known.rank) if known else ""


def _agency(each: Agency, reference: Reference, on: date) -> dict[str, Any]:
    contacts = reference.contacts.of_agency(each.organ_id, on) if reference.contacts else ()
    mail = next((contact.mailbox for contact in contacts if contact.mailbox), "")
    return {"id": each.organ_id, "pid": each.parent, "name": each.name, "mail": mail}
