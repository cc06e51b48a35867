"""`lienthong submit`."""

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from connectors.commands.register import register
from connectors.folders import hand_door
from connectors.intake.client import drop, require_intake, wait_for_receipt
from connectors.register import story
from connectors.register.story import NOT_DELIVERED
from connectors.register.tables import DELIVERY, REFUSAL
from connectors.register.words import STATES
from infra.clock import open_clock
from infra.commands import DONE, NO, USAGE, Ctx, command
from infra.packets import limits
from schemas.edxml import DocumentPacket, read_packet
from schemas.reasons import REASONS, sentence_vi

LOOK_SECONDS = 0.25
Answer = dict[str, Any]


@command("submit", example="lienthong submit packet.edxml --wait")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE…", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--wait", is_flag=True, help="Wait until each recipient has an outcome.")
@click.option(
    "--timeout", default=60.0, show_default=True, type=click.FloatRange(min=0), help="Seconds to wait at most."
)
def submit(ctx: Ctx, files: Sequence[Path], *, wait: bool, timeout: float) -> int:
    """Hand packets over through the intake, by the door for hands. Exit 1 if one is refused."""
    require_intake(ctx.settings)
    until = time.monotonic() + timeout
    dropped = [(file, drop(hand_door(ctx.settings), file)) for file in files]
    code = DONE
    for file, each in dropped:
        receipt = wait_for_receipt(ctx.settings, each, seconds=max(0.0, until - time.monotonic()))
        names = ("document_id", "digest", "kind", "accepted", "refusal", "at", "submitted_by", "sentence_vi")
        answer = {"file": str(file)} | {name: receipt[name] for name in names}
        if wait and receipt["accepted"] and receipt["kind"] == "document":
            answer |= _outcome(ctx, file, receipt["digest"], until)
        ctx.emit(answer, human=_in_words(answer))
        code = max(code, _code(answer))
    return code


def _code(answer: Mapping[str, Any]) -> int:
    if not answer["accepted"] or answer.get("refusal") or answer.get("state") == NOT_DELIVERED:
        return NO
    return DONE if answer.get("settled", True) else USAGE


def _outcome(ctx: Ctx, file: Path, sha256: str, until: float) -> Answer:
    """Return what became of a document: its state, each recipient's; `settled` is false when the time was over before."""
    wanted = _recipients(ctx, file)
    while True:
        found = _told(ctx, sha256)
        settled = bool(found) and _settled(found, wanted)
        if settled or time.monotonic() > until:
            names = ("state", "deliveries", "refusals")
            told = {name: found.get(name) for name in names if found}
            return {"settled": settled} | told | ({"refusal": refusal_of(found)} if found else {})
        time.sleep(LOOK_SECONDS)  # other processes write into the register


def refusal_of(found: Mapping[str, Any]) -> Answer | None:
    """Return why a document as a whole does not go on, in the form of a receipt's refusal; None where it does."""
    if found["state"] != "refused" or not (reason := found["reason"]):
        return None
    said = found.get("said")
    return {
        "code": reason,
        "element": said.element if said else "",
        "sentence_vi": said.sentence_vi if said else sentence_vi(reason),
        "who_must_act": REASONS[reason].acts.value,
    }


def _recipients(ctx: Ctx, file: Path) -> frozenset[str]:
    """Return the recipients a new document names; an act on an older one has none of its own."""
    packet = read_packet(file, limits=limits(ctx.settings), now=open_clock(ctx.settings).now(), secrecy=None)
    if isinstance(packet, DocumentPacket) and packet.envelope.business_type == 0:
        return frozenset(packet.envelope.recipients)
    return frozenset()


def _told(ctx: Ctx, sha256: str) -> Answer:
    """Return the newest story of these bytes, with the codes that have an outcome."""
    with register(ctx) as connection:
        stories = story.by_digest(connection, sha256)
        if not stories:
            return {}
        rows = connection.execute(
            select(DELIVERY.c.addressed).where(DELIVERY.c.document_key == stories[-1]["document_key"])
        )
        addressed = [code for row in rows for code in row.addressed or ()]
        said = connection.execute(
            select(REFUSAL.c.element, REFUSAL.c.sentence_vi)
            .where(REFUSAL.c.sha256 == sha256, REFUSAL.c.reason == stories[-1]["reason"], REFUSAL.c.addressed == "")
            .order_by(REFUSAL.c.occurred_at.desc())
        ).first()
    told = {"said": said} if said else {}
    return {**stories[-1], **told, "answered": [*addressed, *(each["addressed"] for each in stories[-1]["refusals"])]}


def _settled(found: Mapping[str, Any], wanted: Iterable[str]) -> bool:
    """Tell whether there is a verdict and, if it lets the document go on, an outcome for each recipient."""
    if found["state"] in ("refused", "held"):
        return True
    return found["state"] not in ("", "submitted") and set(wanted) <= set(found["answered"])


def _in_words(answer: Mapping[str, Any]) -> str:
    lines = [f"{answer['file']}: {answer['document_id'] or answer['digest']}", f"  {answer['sentence_vi']}"]
    if "state" in answer:
        lines.append(f"  trạng thái: {STATES.get(answer['state'], answer['state'])}")
    if answer.get("state") and answer.get("refusal"):
        lines.append(f"  ✗ {answer['refusal']['code']}: {answer['refusal']['sentence_vi']}")
    told = answer.get("deliveries") or (), answer.get("refusals") or ()
    lines += [f"  → {each['organ_id']}: {each['label']} ({each['delivery_id']})" for each in told[0]]
    lines += [f"  ✗ {each['addressed']}: {each['code']} {each['sentence_vi']}" for each in told[1]]
    if not answer.get("settled", True):
        lines.append("  chưa có kết quả cho mọi nơi nhận trong thời gian chờ")
    return "\n".join(lines)
