"""Judges a document: a packet, a bare PDF or a bare signed XML, from its bytes, the reference data and the moment of receipt.

(1) gate  (2)-(6) each signature: `pdf_signature`, `envelope_signature`  (7) the verdict of the required ones, and evidence.
Three results stay apart: the envelope's signature, the binding of the attachments, the signatures in PDFs, in XML files and beside
files; the last decide.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from processors.verification.asked import Asked
from processors.verification.bench import Bench
from processors.verification.border import guarded
from processors.verification.defects import Finding, found
from processors.verification.detached import judge_detached, judge_lost, signatures_over
from processors.verification.envelope.policy import weigh_envelope
from processors.verification.envelope.signature import judge_envelope
from processors.verification.evidence import evidence_of
from processors.verification.limits import MAX_DOCUMENT
from processors.verification.packets import PDF_MARK, PDF_MARK_WITHIN, Opened, Part, RefusedPacket, alone, open_packet
from processors.verification.pdf.digests import Digests
from processors.verification.pdf.judge import case_of, judge_pdf
from processors.verification.required import judge_required, last_of
from processors.verification.trust.moment import HERE
from processors.verification.trust.store import TrustStore
from processors.verification.verdict import Judgement, PdfJudgement, SignatureVerdict
from processors.verification.xades.attachments import judge_attachments
from processors.verification.xades.scanning import holds_signature
from schemas.reference import Reference
from schemas.reference.signature_policy import SignatureRule

URGENCY = ("normal", "khan", "thuong_khan", "hoa_toc", "hoa_toc")
"""Priority 0…4 -> urgency class."""

NO_SIGNATURES = PdfJudgement()


def judge_document(asked: Asked, reference: Reference, trust: TrustStore) -> Judgement:
    """Judge; whatever the bytes are, the answer is a judgement. Raises OSError only where the file cannot be read."""
    if asked.path.stat().st_size > asked.limits.packet_bytes * 2:
        return Judgement(finding=found(["RESOURCE_LIMIT"]))
    judgement, sha256 = guarded(
        lambda: _judge(asked, reference, trust),
        lambda code: (Judgement(finding=found([code])), _sha256_of(asked.path)),
    )
    evidence = evidence_of(judgement, sha256=sha256, asked=asked, reference=reference)
    return replace(
        judgement,
        evidence=evidence,
        evidence_sha256=hashlib.sha256(evidence).hexdigest(),
        seconds=_seconds((*judgement.signatures, *((judgement.xml,) if judgement.xml else ()))),
    )


def _judge(asked: Asked, reference: Reference, trust: TrustStore) -> tuple[Judgement, str]:
    """Return the judgement and the SHA-256 of what was judged; only a bare PDF is held as a whole."""
    with asked.path.open("rb", buffering=0) as file:
        head = file.read(PDF_MARK_WITHIN)
        if PDF_MARK in head and not head.lstrip().startswith(b"<"):
            file.seek(0)
            content = file.read()
            digests = Digests(content)
            return _judge_bare_pdf(digests, content, asked, reference, trust), digests.whole()
    with open_packet(asked.path, limits=asked.limits, now=asked.receipt, reference=reference) as opened:
        if isinstance(opened, RefusedPacket):
            if opened.code == "NOT_EDXML" and holds_signature(content := asked.path.read_bytes(), if_doubtful=False):
                return _judge_bare_xml(content, asked, reference, trust), opened.sha256
            return Judgement(finding=found([opened.code]), element=opened.element), opened.sha256
        return _judge_packet(opened, asked, reference, trust), opened.sha256


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bench(asked: Asked, reference: Reference, trust: TrustStore, type_name: str) -> Bench | None:
    rule = _rule(asked, reference, type_name)
    if rule is None:
        return None
    return Bench(reference=reference, trust=trust, rule=rule, receipt=asked.receipt, thorough=asked.thorough)


def _rule(asked: Asked, reference: Reference, type_name: str) -> SignatureRule | None:
    policy = reference.signature_policy
    return policy.rule_for(type_name, asked.receipt.astimezone(HERE).date(), asked.profile) if policy else None


def _judge_bare_pdf(
    digests: Digests, content: bytes, asked: Asked, reference: Reference, trust: TrustStore
) -> Judgement:
    bench = _bench(asked, reference, trust, "")
    if bench is None:
        return Judgement(finding=found(["SIGNATURE_POLICY_NOT_AVAILABLE"]))
    return _judge_bare(judge_pdf(case_of(content, asked.called, bench, digests)), asked, bench)


def _judge_bare_xml(content: bytes, asked: Asked, reference: Reference, trust: TrustStore) -> Judgement:
    bench = _bench(asked, reference, trust, "")
    if bench is None:
        return Judgement(finding=found(["SIGNATURE_POLICY_NOT_AVAILABLE"]))
    judged = judge_attachments([alone(content, asked.called)], bench)
    return _judge_bare(judged.over.get(0, NO_SIGNATURES) + judged.lost, asked, bench)


def _judge_bare(judged: PdfJudgement, asked: Asked, bench: Bench) -> Judgement:
    finding, chosen = judge_required(judged, (), asked.sender or "", bench.rule)
    return _judgement(finding, judged.signatures, judged.found, chosen, bench)


def _judge_packet(opened: Opened, asked: Asked, reference: Reference, trust: TrustStore) -> Judgement:
    bench = _bench(asked, reference, trust, opened.type_name)
    if bench is None:
        return Judgement(finding=found(["SIGNATURE_POLICY_NOT_AVAILABLE"]))
    sender = asked.sender if asked.sender is not None else opened.sender_organ_id(reference, asked.receipt)
    xml, binding = judge_envelope(opened.frame, {part.content_id: part.sha256 for part in opened.parts}, bench)
    finding = weigh_envelope(xml, binding, sender, bench.rule)
    vouched = xml is not None and not xml.finding.defects
    signatures: list[SignatureVerdict] = []
    chosen: list[SignatureVerdict] = []
    total = 0
    lost = judge_lost(opened.parts)
    in_xml = judge_attachments(opened.parts, bench)
    lost += in_xml.lost
    finding += lost.finding
    signatures += lost.signatures
    total += lost.found
    for number, part in enumerate(opened.parts):
        beside = signatures_over(part, opened.parts)
        if not number or part.is_pdf or beside or number in in_xml.over:
            pdf = (
                _judge_part(part, bench) + judge_detached(part, beside, bench) + in_xml.over.get(number, NO_SIGNATURES)
            )
            required = bench.rule.annex_required if number else bench.rule.required
            bound = vouched and part.content_id in binding.bound
            if number and not pdf.found and bound and not pdf.finding.defects:
                continue  # an annex without a signature of its own, vouched for by the agency's envelope signature
            decided, those = judge_required(pdf, required, sender, bench.rule)
            finding += decided
            signatures += pdf.signatures
            chosen += those
            total += pdf.found
    judgement = _judgement(finding, tuple(signatures), total, tuple(chosen), bench)
    return replace(
        judgement,
        xml=xml,
        binding=binding,
        on_unknown=bench.rule.when_unknown(URGENCY[min(opened.priority, len(URGENCY) - 1)]),
    )


def _judge_part(part: Part, bench: Bench) -> PdfJudgement:
    if not part.is_pdf:
        return PdfJudgement()
    if part.size > MAX_DOCUMENT:
        return PdfJudgement(finding=found(["RESOURCE_LIMIT"]))
    return judge_pdf(case_of(part.read(), part.name, bench))


def _judgement(
    finding: Finding,
    signatures: tuple[SignatureVerdict, ...],
    total: int,
    chosen: tuple[SignatureVerdict, ...],
    bench: Bench,
) -> Judgement:
    last = last_of(chosen)
    carried = finding.defects == ("NO_SIGNATURE_FOUND",) and bench.rule.unsigned == "information"
    if carried:
        finding += found(["UNSIGNED_FOR_INFORMATION"])
    return Judgement(
        finding=finding,
        signatures=signatures,
        signatures_found=total,
        signatures_judged=len(signatures),
        signed_at=last.signed_at if last else None,
        time_source=last.time_source if last else "",
        policy=f"{bench.rule.profile}/{bench.rule.id}",
        accepted="information" if carried else "",
    )


def _seconds(signatures: Iterable[SignatureVerdict]) -> Mapping[str, float]:
    """Add up how long each step took."""
    spent: dict[str, float] = {}
    for each in signatures:
        for taken in each.steps:
            spent[taken.step] = spent.get(taken.step, 0.0) + taken.seconds
    return spent
