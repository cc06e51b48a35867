"""`lienthong read`: what the axis reads in a packet, or why it does not; what intake and the verifier read as well."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from infra import packets
from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.loading import load
from schemas.edxml import DocumentPacket, Refusal, StatusPacket, read_packet
from schemas.edxml.moments import HERE
from schemas.reference import SecrecyRules

EMPTY: Mapping[str, Any] = {
    "kind": None, "document_id": "", "sender": "", "recipients": [], "business_type": None, "priority": None, "due_date": None,
    "subject": "", "attachments": [], "notes": [], "refusal": None,
}  # fmt: skip
"""Every field of an answer, so that scripts find each."""


@command("read", example="lienthong read packet.edxml --json")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read(ctx: Ctx, files: tuple[Path, ...]) -> int:
    """Say what each packet says of itself, or why it is refused; exit 0 only if every one can be read."""
    secrecy, limits, now = _secrecy(ctx), packets.limits(ctx.settings), open_clock(ctx.settings).now()
    every = True
    for file in files:
        try:
            packet = read_packet(file, limits=limits, now=now, secrecy=secrecy)
        except OSError as exc:
            stop(f"{file}: {exc.strerror}", "name a file that can be read")
        answer = answer_of(file, packet)
        ctx.emit(answer, human=in_words(answer))
        every &= bool(answer["ok"])
    return DONE if every else NO


def answer_of(file: Path, packet: DocumentPacket | StatusPacket | Refusal) -> dict[str, Any]:
    """Return the answer's fields as `cli.md` fixes them."""
    match packet:
        case DocumentPacket():
            found = _document(packet)
        case StatusPacket():
            found = _status(packet)
        case Refusal():
            found = _refusal(packet)
    ok = not isinstance(packet, Refusal)
    return {"file": str(file), "ok": ok, **EMPTY, **found, "sha256": packet.sha256, "size": packet.size}


def in_words(answer: Mapping[str, Any]) -> str:
    """Return the answer for people."""
    if not answer["ok"]:
        return f"{answer['file']}: {answer['refusal']['code']}\n  {answer['refusal']['sentence_vi']}"
    lines = [f"{answer['file']}: {answer['kind']} {answer['document_id']}"]
    for name in ("sender", "recipients", "subject", "business_type", "priority", "due_date", "status", "notes"):
        value = answer.get(name)
        if isinstance(value, Mapping):
            value = [f"{key}: {each}" for key, each in value.items() if each]
        if value not in (None, "", []):
            lines.append(f"  {name}: {', '.join(value) if isinstance(value, list) else value}")
    lines += [
        f"  {each['name']} ({each['media_type']}, {each['size']} B, sha256 {each['sha256']})"
        for each in answer["attachments"]
    ]
    return "\n".join(lines)


def _document(packet: DocumentPacket) -> dict[str, Any]:
    envelope = packet.envelope
    files = [
        {"name": each.name, "media_type": each.media_type, "size": each.size, "sha256": each.sha256}
        for each in packet.attachments
    ]
    return {
        "kind": "document",
        "document_id": envelope.document_id,
        "sender": envelope.sender,
        "recipients": list(envelope.recipients),
        "business_type": envelope.business_type,
        "priority": envelope.priority,
        "due_date": envelope.due_on,
        "subject": envelope.subject,
        "attachments": files,
        "notes": list(envelope.notes),
        "related": list(envelope.related),
    }


def _status(packet: StatusPacket) -> dict[str, Any]:
    said_at = packet.said_at.astimezone(HERE) if packet.said_at else None
    return {
        "kind": "status",
        "document_id": packet.document_id,
        "sender": packet.said_by,
        "recipients": [packet.addressed_to] if packet.addressed_to else [],
        "notes": list(packet.notes),
        "status": {"code": packet.code, "at": said_at, "by": packet.said_by, "reason": packet.reason},
    }


def _refusal(packet: Refusal) -> dict[str, Any]:
    return {
        "document_id": packet.document_id,
        "sender": packet.sender,
        "refusal": {"code": packet.code, "element": packet.element, "sentence_vi": packet.sentence_vi},
    }


def _secrecy(ctx: Ctx) -> SecrecyRules | None:
    """Return the rules that intake and verifier go by: of `--reference`, else published, else the demo's."""
    rules = load(ctx, ("secrecy",)).secrecy
    if rules is None:
        ctx.say("Không có quy tắc nhận biết tài liệu mật (secrecy.yaml); không kiểm tra dấu hiệu mật.")
    return rules
