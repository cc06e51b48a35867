"""`lienthong verify`: is what is signed in a packet, PDF or XML good, as of a moment? The core that the verifier runs."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from infra import packets
from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.words import MOMENT
from infra.durable import write_atomically
from processors.commands.judging import bar, files_in, judge_all
from processors.commands.replaying import is_input, judged_by, read_evidence
from processors.commands.trusting import load_to_judge
from processors.verification.asked import Asked
from processors.verification.verdict import Judgement
from schemas.events import Indication
from schemas.reasons import sentence_vi

KINDS_NEEDED = ("directory", "identities", "signature_policy", "secrecy", "trust", "crl")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
OF_A_SIGNATURE = (
    "where", "role", "indication", "sub_indication", "reasons", "signer", "organ_ids", "signed_at", "time_source", "claimed_at",
    "coverage", "modification",
)  # fmt: skip


@command(
    "verify",
    example="lienthong verify packet.edxml --trust var/pki/trust --crl var/pki/crl --at 2026-11-23T09:00:00+07:00",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--trust", type=FOLDER, help="Folder with certificates (PEM, DER), or with trust.yaml, anchors/, intermediates/."
)
@click.option("--crl", type=FOLDER, help="Folder with revocation lists.")
@click.option("--at", type=MOMENT, help="As of when; the axis clock's now by default.")
@click.option("--policy", default="", help="Profile of the signature policy.")
@click.option(
    "--evidence", type=click.Path(file_okay=False, path_type=Path), help="Write each verdict's evidence here."
)
@click.option(
    "--replay", metavar="EVIDENCE", help="Judge as it was judged then; a file, or a SHA-256 of the content store."
)
def verify(
    ctx: Ctx,
    files: tuple[Path, ...],
    *,
    trust: Path | None,
    crl: Path | None,
    at: datetime | None,
    policy: str,
    evidence: Path | None,
    replay: str | None,
) -> int:
    """Say of each file (of a folder: of each in it) whether what is signed in it is good, with every reason; exit 0 only if all TOTAL_PASSED."""
    if not (every := files_in(files)):
        stop("no file in these folders", "name a packet, a PDF or a signed XML")
    limits = packets.limits(ctx.settings)
    earlier = read_evidence(replay, ctx.settings) if replay is not None else None
    if earlier is not None:
        reference = judged_by(earlier, ctx.settings, lambda: load_to_judge(ctx, KINDS_NEEDED, trust=trust, crl=crl))
        if others := [str(file) for file in every if not is_input(earlier, file)]:
            stop(f"{others[0]} is not what was judged then", "give the very file, or leave --replay out")
        asked = [earlier.asked(file, limits) for file in every]
    else:
        moment, reference = at or open_clock(ctx.settings).now(), load_to_judge(ctx, KINDS_NEEDED, trust=trust, crl=crl)
        if policy and reference.signature_policy and policy not in reference.signature_policy.profiles:
            stop(f"no policy {policy}", f"one of {', '.join(reference.signature_policy.profiles)}")
        asked = [Asked(path=file, receipt=moment, profile=policy, thorough=True, limits=limits) for file in every]
    agreed = True

    def answer(file: Path, judgement: Judgement, seconds: float) -> None:
        nonlocal agreed
        said = answer_of(file, judgement) | {"seconds": round(seconds, 4)}
        if earlier is not None:
            said["replay_differs"] = list(earlier.differs(judgement.evidence))
        ctx.emit(said, human=in_words(said))
        if evidence is not None and judgement.evidence:
            write_atomically(evidence / f"{judgement.evidence_sha256}.json", judgement.evidence)
        agreed &= judgement.indication is Indication.TOTAL_PASSED and not said.get("replay_differs")

    with bar(len(every), shown=not ctx.json and click.get_text_stream("stderr").isatty()) as advance:
        judge_all(asked, reference, ctx.settings, answer=answer, advance=advance)
    return DONE if agreed else NO


def answer_of(file: Path, judgement: Judgement) -> dict[str, Any]:
    """Return the answer's fields as `cli.md` fixes them; what is said of each signature is taken from the evidence."""
    record = json.loads(judgement.evidence) if judgement.evidence else {}
    every = [*record.get("signatures", ()), *((record["envelope"],) if record.get("envelope") else ())]
    return {
        "file": click.format_filename(file),
        "indication": judgement.indication,
        "sub_indication": judgement.sub_indication,
        "reasons": list(judgement.reasons),
        "provisional": judgement.on_unknown == "provisional" and judgement.sub_indication == "TRY_LATER",
        "signatures_found": judgement.signatures_found,
        "signatures_judged": judgement.signatures_judged,
        "signatures": [{name: each[name] for name in OF_A_SIGNATURE} for each in every],
        "attachments_bound": (record.get("binding") or {}).get("bound", []),
        "policy": judgement.policy,
        "element": judgement.element,
        "evidence_sha256": judgement.evidence_sha256,
    }


def in_words(answer: Mapping[str, Any]) -> str:
    """Return the answer for people, in Vietnamese where a reason speaks."""
    sub = f"/{answer['sub_indication']}" if answer["sub_indication"] else ""
    lines = [f"{answer['file']}: {answer['indication']}{sub}"]
    lines += [
        f"  {code}: {sentence_vi(code, element=answer['element'], detail=answer['element'])}"
        for code in answer["reasons"]
    ]
    lines += [
        f"  {each['where']} ({each['role'] or '?'}): {each['indication']} {' '.join(each['reasons'])}\n"
        f"    {each['signer']}\n    {each['signed_at']} ({each['time_source']}), {each['coverage']}, {each['modification']}"
        for each in answer["signatures"]
    ]
    if "replay_differs" in answer:
        lines.append(f"  replay: {', '.join(answer['replay_differs']) or 'the same, byte for byte'}")
    return "\n".join(lines)
