"""`lienthong ack`."""

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from connectors.commands.register import register
from connectors.delivery.places import BlockedError, of_agency, of_delivery
from connectors.folders import SUFFIX, Door, endpoint_door, hand_door
from connectors.intake.client import drop, require_intake, wait_for_receipt
from connectors.intake.senders import SAID_BY_SENDER
from connectors.register.tables import DELIVERY
from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.loading import load
from infra.commands.words import NEEDED_WORDS, WORDS
from infra.settings import Settings
from schemas.edxml import StatusDraft, write_status
from schemas.ids import split_delivery_id
from schemas.reference import Reference

MEANING = {
    "01": "đã đến",
    "02": "từ chối tiếp nhận",
    "03": "đã tiếp nhận",
    "04": "phân công",
    "05": "đang xử lý",
    "06": "hoàn thành",
    "13": "yêu cầu lấy lại",
    "15": "đồng ý lấy lại",
    "16": "từ chối lấy lại",
}
"""The codes of edXML that were ever seen (domain §2.1)."""

NEVER_SEEN = ("07", "08", "09", "10", "11", "12", "14")
"""Codes of edXML without a meaning of their own: what agencies agree to mean, `sla.yaml` may pause a clock by."""

NEEDS_REASON = frozenset({"02", "13", *NEVER_SEEN})


@command("ack", example='lienthong ack 5c1f…-000.00.17.H53 02 --by "Trần Thị Bình" --reason "Không thuộc thẩm quyền"')
@click.argument("delivery_id")
@click.argument("code", type=click.Choice(sorted((*MEANING, *NEVER_SEEN))))
@click.option("--by", required=True, type=NEEDED_WORDS, help="Name of the official who says it.")
@click.option(
    "--reason", default="", type=WORDS, help="Why; needed with 02, 13 and the codes without a meaning of their own."
)
@click.option(
    "--timeout", default=60.0, show_default=True, type=click.FloatRange(min=0), help="Seconds to wait at most."
)
def ack(ctx: Ctx, *, delivery_id: str, code: str, by: str, reason: str, timeout: float) -> int:
    """Say a status for a delivery, through the door of whoever says it (sandbox and support use)."""
    if code in NEEDS_REASON and not reason.strip():
        stop(f"status {code} needs a reason", 'add --reason "…"')
    row = _delivery(ctx, delivery_id)
    if row is None:
        ctx.say(f"Trục không có lượt gửi {delivery_id}.")
        return NO
    require_intake(ctx.settings)
    now, reference = open_clock(ctx.settings).now(), load(ctx, ("directory", "routes", "calendar"))
    speaker, addressee = row["recipient"], row["sender"]
    if code in SAID_BY_SENDER:
        speaker, addressee = addressee, speaker
    draft = StatusDraft(
        document_id=row["document_id"],
        code=code,
        said_by=speaker,
        said_by_name=_name(speaker, reference, now),
        addressed_to=addressee,
        said_at=now,
        reason=reason or MEANING.get(code, ""),
        staff=by,
    )
    receipt = _hand_over(ctx.settings, _door(ctx.settings, row, code, reference, now), write_status(draft), timeout)
    names = ("event_id", "document_id", "digest", "accepted", "refusal", "at", "submitted_by", "sentence_vi")
    said = {"event": "StatusSubmitted", "delivery_id": delivery_id, "code": code, "said_by": speaker, "by": by}
    ctx.emit(said | {"reason": draft.reason} | {name: receipt[name] for name in names}, human=receipt["sentence_vi"])
    return DONE if receipt["accepted"] else NO


def _delivery(ctx: Ctx, delivery_id: str) -> Mapping[str, Any] | None:
    try:
        split_delivery_id(delivery_id)
    except ValueError:
        stop(
            f"{delivery_id!r} is no delivery id",
            "`lienthong status DOCUMENT_ID` and `lienthong inbox ORGAN_ID` show them",
        )
    with register(ctx) as connection:
        row = connection.execute(select(DELIVERY).where(DELIVERY.c.delivery_id == delivery_id)).mappings().first()
        return dict(row) if row and row["document_id"] else None


def _door(settings: Settings, row: Mapping[str, Any], code: str, reference: Reference, now: datetime) -> Door:
    """Return the door of the system that speaks; the one for hands where that system has no folder."""
    try:
        sender_says = code in SAID_BY_SENDER
        endpoint = (
            of_agency(row["sender"], reference, now)
            if sender_says
            else of_delivery(row["endpoint"], row["recipient"], reference, now)
        )
        return endpoint_door(settings, endpoint.address) if endpoint.kind == "folder" else hand_door(settings)
    except (BlockedError, ValueError):
        return hand_door(settings)


def _name(organ_id: str, reference: Reference, now: datetime) -> str:
    found = reference.directory.last_known(organ_id, now.date()) if reference.directory else None
    return found.name if found else organ_id


def _hand_over(settings: Settings, door: Door, packet: bytes, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"status{SUFFIX}"
        file.write_bytes(packet)
        return wait_for_receipt(settings, drop(door, file), seconds=seconds)
