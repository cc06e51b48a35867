"""`lienthong verify`: is what is signed in a packet, PDF or XML good, as of a moment? The core that the verifier runs."""

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.loading import load
from infra.commands.words import MOMENT
from processors.verification.document import Asked, judge_document
from processors.verification.trust.store import TrustStore
from processors.verification.verdict import Judgement, SignatureVerdict
from schemas.events import Indication
from schemas.reasons import sentence_vi
from schemas.reference import Reference

KINDS_NEEDED = ("directory", "identities", "signature_policy", "secrecy", "trust", "crl")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@command(
    "verify",
    example="lienthong verify packet.edxml --trust var/pki/trust --crl var/pki/crl --at 2026-11-23T09:00:00+07:00",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--trust", type=FOLDER, help="Folder with trust.yaml, anchors/, intermediates/.")
@click.option("--crl", type=FOLDER, help="Folder with revocation lists.")
@click.option("--at", type=MOMENT, help="As of when; the axis clock's now by default.")
@click.option("--policy", default="", help="Profile of the signature policy.")
def verify(
    ctx: Ctx, files: tuple[Path, ...], *, trust: Path | None, crl: Path | None, at: datetime | None, policy: str
) -> int:
    """Say of each file whether what is signed in it is good, with every reason; exit 0 only if all TOTAL_PASSED."""
    moment = at or open_clock(ctx.settings).now()
    reference = _reference(ctx, trust, crl)
    if policy and reference.signature_policy and policy not in reference.signature_policy.profiles:
        stop(f"no policy {policy}", f"one of {', '.join(reference.signature_policy.profiles)}")
    store = TrustStore(reference)
    passed = True
    for file in files:
        started = time.monotonic()
        judgement = judge_document(Asked(path=file, receipt=moment, profile=policy, thorough=True), reference, store)
        answer = answer_of(file, judgement) | {"seconds": round(time.monotonic() - started, 4)}
        ctx.emit(answer, human=in_words(answer))
        passed &= judgement.indication is Indication.TOTAL_PASSED
    return DONE if passed else NO


def answer_of(file: Path, judgement: Judgement) -> dict[str, Any]:
    """Return the answer's fields as `cli.md` fixes them."""
    every = (*judgement.signatures, *((judgement.xml,) if judgement.xml else ()))
    return {
        "file": str(file),
        "indication": judgement.indication,
        "sub_indication": judgement.sub_indication,
        "reasons": list(judgement.reasons),
        "provisional": judgement.on_unknown == "provisional" and judgement.sub_indication == "TRY_LATER",
        "signatures_found": judgement.signatures_found,
        "signatures_judged": judgement.signatures_judged,
        "signatures": [_signature(each) for each in every],
        "attachments_bound": list(judgement.binding.bound) if judgement.binding else [],
        "policy": judgement.policy,
        "element": judgement.element,
        "evidence_sha256": judgement.evidence_sha256,
    }


def _signature(each: SignatureVerdict) -> dict[str, Any]:
    return {
        "where": each.where,
        "role": each.role,
        "indication": each.indication,
        "sub_indication": each.sub_indication,
        "reasons": list(each.reasons),
        "signer": each.signer,
        "organ_ids": list(each.organ_ids),
        "signed_at": each.signed_at,
        "time_source": each.time_source,
        "claimed_at": each.claimed_at,
        "coverage": each.coverage,
        "modification": each.modification,
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
    return "\n".join(lines)


def _reference(ctx: Ctx, trust: Path | None, crl: Path | None) -> Reference:
    """Return the data a command decides by; trust and CRLs from where they are said to be, or from the demo's PKI."""
    said = {kind: folder for kind, folder in (("trust", trust), ("crl", crl)) if folder}
    reference = load(ctx, KINDS_NEEDED, instead=said)
    if ctx.reference_dir is not None:
        return reference
    pki = {kind: ctx.settings.var / "pki" / kind for kind in ("trust", "crl")}
    missing = {
        kind: folder
        for kind, folder in pki.items()
        if kind not in said and getattr(reference, kind) is None and folder.is_dir()
    }
    return load(ctx, KINDS_NEEDED, instead=said | missing) if missing else reference
