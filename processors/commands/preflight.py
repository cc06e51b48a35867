"""`lienthong preflight`: would this packet arrive, and what would be owed then? Everything in one answer, nothing is sent."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from infra import packets
from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.read import answer_of as reading_of
from processors.commands.deadline import local
from processors.commands.judging import bar, files_in, judge_all
from processors.commands.route import delivery_of, refusal_of
from processors.commands.trusting import load_to_judge
from processors.commands.verify import answer_of as verdict_of
from processors.explain import Forecast, Owed, forecast
from processors.routing.paper import paper_of
from processors.routing.plan import here
from processors.verification.asked import Asked
from processors.verification.verdict import Judgement
from schemas.edxml import DocumentPacket, Refusal, StatusPacket, read_packet
from schemas.reasons import sentence_vi
from schemas.reference import Reference

KINDS_NEEDED = (
    "directory", "routes", "document_types", "sla", "calendar", "identities", "signature_policy", "secrecy", "trust", "crl",
)  # fmt: skip
OF_A_VERDICT = (
    "indication",
    "sub_indication",
    "reasons",
    "signatures_found",
    "signatures_judged",
    "signatures",
    "policy",
)
EMPTY: Mapping[str, Any] = {"verdict": None, "deliveries": [], "refusals": [], "deadlines": []}


@command("preflight", example="lienthong preflight packet.edxml --json")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def preflight(ctx: Ctx, files: tuple[Path, ...]) -> int:
    """Say of each packet whether it would reach all its recipients, what is wrong, and what would be owed by when; exit 0 only if all would."""
    if not (every := files_in(files)):
        stop("no file in these folders", "name a packet")
    reference = load_to_judge(ctx, KINDS_NEEDED, needs=("directory", "routes"))
    now, limits = open_clock(ctx.settings).now(), packets.limits(ctx.settings)
    read = {file: read_packet(file, limits=limits, now=now, secrecy=reference.secrecy) for file in every}
    judged: dict[Path, Judgement] = {}
    documents = [file for file, packet in read.items() if isinstance(packet, DocumentPacket)]
    asked = [Asked(path=file, receipt=now, thorough=True, limits=limits) for file in documents]
    if asked:
        with bar(len(asked), shown=not ctx.json and click.get_text_stream("stderr").isatty()) as advance:
            judge_all(asked, reference, ctx.settings, answer=_kept_in(judged), advance=advance)
    passed = True
    for file, packet in read.items():
        said = answer_of(file, packet, judged.get(file), reference, now)
        ctx.emit(said, human=in_words(said))
        passed &= bool(said["ok"])
    return DONE if passed else NO


def answer_of(
    file: Path,
    packet: DocumentPacket | StatusPacket | Refusal,
    judgement: Judgement | None,
    reference: Reference,
    now: datetime,
) -> dict[str, Any]:
    """Return the answer's fields as `cli.md` fixes them."""
    reading = reading_of(file, packet)
    said = {name: reading[name] for name in ("file", "ok", "kind", "document_id", "sender")} | {**EMPTY}
    if isinstance(packet, Refusal):
        whole = {"addressed": "", **reading["refusal"]}
        return said | {"refusals": [whole], "notes": []}
    said["notes"] = reading["notes"]
    if not isinstance(packet, DocumentPacket) or judgement is None:
        return said
    found = forecast(packet.envelope, judgement, reference, now, size=packet.size)
    lane = reference.sla.urgency.of(packet.envelope.priority) if reference.sla else "normal"
    return said | {
        "ok": found.passes,
        "verdict": _verdict(file, found),
        "deliveries": [delivery_of(way, lane, paper_of(packet.envelope, reference)) for way in found.plan.deliveries],
        "refusals": [
            *_of_signatures(found),
            *(refusal_of(each, packet.envelope, reference, here(reference, now)) for each in found.plan.refusals),
        ],
        "deadlines": [_deadline(each, reference) for each in found.owed],
        "reference_versions": dict(reference.versions),
    }


def in_words(answer: Mapping[str, Any]) -> str:
    """Return the answer for people."""
    verdict = answer["verdict"]
    lines = [f"{answer['file']}: {'được' if answer['ok'] else 'chưa được'} {answer['document_id']}".rstrip()]
    if verdict:
        lines.append(f"  chữ ký: {verdict['state']} {verdict['indication']} {' '.join(verdict['reasons'])}".rstrip())
    lines += [
        f"  {each['addressed'] or 'gói tin'}: {each['code']} {each['sentence_vi']}" for each in answer["refusals"]
    ]
    lines += [f"  {' '.join(each['addressed'])} → {each['organ_id']}, {each['rule']}" for each in answer["deliveries"]]
    lines += [
        f"  {each['organ_id']} {each['clock']}: trước {each['breach'] or each['target']:%Y-%m-%d %H:%M}"
        for each in answer["deadlines"]
        if each["breach"] or each["target"]
    ]
    return "\n".join(lines)


def _kept_in(judged: dict[Path, Judgement]) -> Any:
    def keep(file: Path, judgement: Judgement, _seconds: float) -> None:
        judged[file] = judgement

    return keep


def _verdict(file: Path, found: Forecast) -> dict[str, Any]:
    every = verdict_of(file, found.judgement)
    return {"state": found.verdict} | {name: every[name] for name in OF_A_VERDICT}


def _of_signatures(found: Forecast) -> list[dict[str, Any]]:
    """Return why the whole packet would be refused or held, if it would."""
    code, element = found.judgement.reason, found.judgement.element
    if found.verdict not in ("refused", "held"):
        return []
    return [
        {
            "addressed": "",
            "code": code,
            "element": element,
            "sentence_vi": sentence_vi(code, element=element, detail=element),
        }
    ]


def _deadline(each: Owed, reference: Reference) -> dict[str, Any]:
    due, calendar = each.due, reference.calendar
    if calendar is None:
        raise LookupError("calendar")
    return {
        "organ_id": each.recipient,
        "clock": due.clock,
        "owes": due.owes,
        "debtor": due.debtor,
        "target": local(due.target, calendar),
        "warn": local(due.warn, calendar),
        "breach": local(due.breach, calendar),
        "provisional": due.provisional,
    }
