"""Attachments that are detached signatures over other attachments (CAdES, EN 319 122-1; RFC 5652 §5.2): `thu.docx.p7s` over `thu.docx`.

A second one over the same file has a word between: `thu.docx.dau.p7s`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from functools import partial

from processors.verification.bench import Bench
from processors.verification.border import guarded
from processors.verification.defects import DefectError, found
from processors.verification.limits import MAX_CONTENTS, MAX_SIGNATURES
from processors.verification.messages import doubt_claim, judge_message
from processors.verification.packets import Part
from processors.verification.pdf.located import Coverage, Modification
from processors.verification.steps import Steps
from processors.verification.verdict import PdfJudgement, SignatureVerdict

SUFFIX = ".p7s"
_PEM = re.compile(rb"\s*-----BEGIN (PKCS7|CMS)-----\s+([A-Za-z0-9+/=\s]+?)-----END \1-----\s*")


def is_signature(part: Part) -> bool:
    """Tell whether an attachment calls itself a detached signature."""
    return part.name.lower().endswith(SUFFIX)


def signatures_over(content: Part, parts: Sequence[Part]) -> list[Part]:
    """Return the attachments that are signatures over another one, by their names."""
    wanted = content.name.lower()
    return [each for each in parts if is_signature(each) and each is not content and wanted in _meant(each)]


def judge_lost(parts: Sequence[Part]) -> PdfJudgement:
    """Judge the signatures whose content is not in the packet: nobody knows what they say."""
    names = {each.name.lower() for each in parts}
    lost = [each for each in parts if is_signature(each) and not names & set(_meant(each))]
    finding = found(["SIGNED_DATA_NOT_FOUND"] if lost else [])
    signatures = tuple(SignatureVerdict(where=each.name, finding=finding) for each in lost)
    return PdfJudgement(signatures=signatures, found=len(lost), finding=finding)


def _meant(signature: Part) -> tuple[str, str]:
    """Return the names that a signature may be over."""
    name = signature.name.lower().removesuffix(SUFFIX)
    return name, name.rpartition(".")[0]


def judge_detached(content: Part, signatures: Sequence[Part], bench: Bench) -> PdfJudgement:
    """Judge every detached signature over an attachment."""
    if len(signatures) > MAX_SIGNATURES:
        return PdfJudgement(found=len(signatures), finding=found(["RESOURCE_LIMIT"]))
    judged = []
    for each in signatures:
        steps = Steps()
        judged.append(guarded(partial(_judge, content, each, bench, steps), partial(_broken_off, content, each, steps)))
    return PdfJudgement(signatures=tuple(judged), found=len(judged))


def _judge(content: Part, signature: Part, bench: Bench, steps: Steps) -> SignatureVerdict:
    if signature.size > 2 * MAX_CONTENTS:
        raise DefectError("RESOURCE_LIMIT")
    judged = judge_message(_der(signature.read()), partial(_digest, content), bench, steps)
    doubt_claim(judged.message.claimed_at, bench, steps)
    return judged.verdict(
        _where(content, signature),
        bench,
        steps,
        judged.message.claimed_at,
        covered_to=content.size,
        coverage=Coverage.ENTIRE_FILE,
        modification=Modification.NONE,
    )


def _der(written: bytes) -> bytes:
    """Return the message; tools write it as it is, or in base64 between two lines (RFC 7468)."""
    held = _PEM.fullmatch(written)
    if held is None:
        return written
    try:
        return base64.b64decode(b"".join(held[2].split()), validate=True)
    except binascii.Error as exc:
        raise DefectError("FORMAT_FAILURE") from exc


def _digest(content: Part, algorithm: str) -> bytes:
    if algorithm == "sha256":
        return bytes.fromhex(content.sha256)
    return hashlib.new(algorithm, content.read()).digest()


def _where(content: Part, signature: Part) -> str:
    return f"{content.name}#{signature.name}"


def _broken_off(content: Part, signature: Part, steps: Steps, code: str) -> SignatureVerdict:
    return SignatureVerdict(where=_where(content, signature), finding=found([code]), steps=steps.taken(code))
