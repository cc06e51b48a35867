"""Our verifier as a judge of the pool uses it: reference data taken once, then one document after another, evidence made."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from processors.verification.asked import Asked
from processors.verification.bench import Bench
from processors.verification.document import judge_document
from processors.verification.envelope.signature import judge_envelope
from processors.verification.evidence import evidence_of
from processors.verification.packets import parse_frame
from processors.verification.trust.store import TrustStore
from processors.verification.verdict import Judgement
from schemas.reference import Reference
from tests.bench.verification.specimens import ATTACHMENT, CONTENT_ID
from tests.bench.verification.world import read_reference
from tests.vectors.scene import NOON

ATTACHED = {CONTENT_ID: hashlib.sha256(ATTACHMENT).hexdigest()}


def judge_of(folder: Path, reference_name: str) -> Callable[[Path], str]:
    """Return a warm judge that answers `yes` and how many signatures hold, or `no`."""
    reference = read_reference(folder, reference_name)
    trust = TrustStore(reference)
    policy = reference.signature_policy
    rule = policy.rule_for("", NOON.date(), "") if policy else None
    assert rule is not None
    bench = Bench(reference=reference, trust=trust, rule=rule, receipt=NOON)
    return partial(_judge, reference=reference, trust=trust, bench=bench)


def _judge(path: Path, reference: Reference, trust: TrustStore, bench: Bench) -> str:
    if path.suffix == ".xml":
        return _envelope(path, bench)
    return _answer(judge_document(Asked(path=path, receipt=NOON), reference, trust))


def _answer(judgement: Judgement) -> str:
    if judgement.reason or judgement.reasons:
        return "no"
    return f"yes {judgement.signatures_judged + (judgement.xml is not None)}"


def _envelope(path: Path, bench: Bench) -> str:
    """Judge the signature of an envelope alone, as the rivals do, and make evidence of it."""
    content = path.read_bytes()
    xml, binding = judge_envelope(lambda: parse_frame(content), ATTACHED, bench)
    assert xml is not None
    finding = xml.finding + binding.finding
    evidence_of(
        Judgement(finding=finding, policy=bench.rule.id, xml=xml, binding=binding),
        sha256=hashlib.sha256(content).hexdigest(),
        asked=Asked(path=path, receipt=NOON),
        reference=bench.reference,
    )
    return "no" if finding.codes or binding.unbound else "yes 1"
