"""`lienthong route`: where would a packet go, and why? The plan that the router runs; entitlement is not asked."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from infra import packets
from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.loading import load
from processors.explain import plan_of
from processors.routing.paper import Paper, paper_of
from processors.routing.plan import Delivery, NotRouted, here
from processors.routing.why import about_recipient, about_sender
from schemas.edxml import DocumentPacket, Refusal, read_packet
from schemas.events import Envelope
from schemas.reasons import sentence_vi
from schemas.reference import Reference

KINDS_NEEDED = ("directory", "routes", "document_types", "sla", "calendar", "secrecy")


@command("route", example="lienthong route packet.edxml --on 2026-11-23 --json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Dispatch day; the axis' today by default.")
def route(ctx: Ctx, file: Path, *, on: datetime | None) -> int:
    """Say for each recipient where the packet would go, by which rule and path, or why not; exit 1 if one would be refused."""
    reference, now = load(ctx, KINDS_NEEDED, needs=("directory", "routes")), open_clock(ctx.settings).now()
    packet = read_packet(file, limits=packets.limits(ctx.settings), now=now, secrecy=reference.secrecy)
    if isinstance(packet, Refusal):
        refusal = {"addressed": "", "code": packet.code, "sentence_vi": packet.sentence_vi}
        return _say(ctx, reference, file=str(file), document_id=packet.document_id, deliveries=[], refusals=[refusal])
    if not isinstance(packet, DocumentPacket):
        stop(f"{file} is a status, which follows its document", "name a document's packet")
    envelope, day = packet.envelope, on.date() if on else here(reference, now)
    found, paper = plan_of(envelope, reference, day, size=packet.size), paper_of(envelope, reference)
    lane = reference.sla.urgency.of(envelope.priority) if reference.sla else "normal"
    deliveries = [delivery_of(way, lane, paper) for way in found.deliveries]
    refusals = [refusal_of(each, envelope, reference, day) for each in found.refusals]
    return _say(
        ctx, reference, file=str(file), document_id=envelope.document_id, deliveries=deliveries, refusals=refusals
    )


def delivery_of(way: Delivery, lane: str, paper: Paper) -> dict[str, Any]:
    """Return what is said of one delivery."""
    return {
        "addressed": list(way.addressed),
        "organ_id": way.recipient,
        "endpoint": way.endpoint,
        "hops": list(way.hops),
        "lane": lane,
        "paper": paper.needed,
        "paper_why": paper.why,
        "notes": list(way.notes),
        "rule": way.rule,
    }


def refusal_of(each: NotRouted, envelope: Envelope, reference: Reference, on: date) -> dict[str, Any]:
    """Return what is said of a recipient who gets nothing."""
    if each.code.startswith("SENDER_"):
        about = about_sender(envelope, each.code, reference, on)
    else:
        about = about_recipient(each.addressed, each.code, envelope, reference, on)
    return {"addressed": each.addressed, "code": each.code, "sentence_vi": sentence_vi(each.code, detail=about)}


def _say(ctx: Ctx, reference: Reference, **answer: Any) -> int:
    said = answer | {"directory_version": reference.versions.get("directory", "")}
    ctx.emit(said, human=in_words(said))
    return NO if said["refusals"] else DONE


def in_words(answer: Mapping[str, Any]) -> str:
    """Return the answer for people."""
    lines = [f"{answer['file']}: {answer['document_id']}"]
    for each in answer["deliveries"]:
        notes = f" ({', '.join(each['notes'])})" if each["notes"] else ""
        lines.append(
            f"  {' '.join(each['addressed'])} → {each['organ_id']} qua {each['endpoint']}, {each['rule']}{notes}"
        )
        lines.append(f"    {' → '.join(each['hops'])}")
    lines += [f"  {each['addressed']}: {each['code']} {each['sentence_vi']}" for each in answer["refusals"]]
    return "\n".join(lines)
