"""One PDF signature in numbered steps (EN 319 102-1 §5.2-5.3, ISO 32000-1 §12.8).

(2) strict bytes were read by `byteranges`  (3) the CMS  (5) its time-stamp, which says as of when
(4) path and revocation are judged  (6) changes after it  (7) the verdict on the document is `document`'s.
"""

from dataclasses import dataclass
from functools import partial

from processors.verification.bench import Bench
from processors.verification.defects import FAILED, DefectError, found, weight
from processors.verification.messages import doubt_claim, judge_message, token_verdict
from processors.verification.pdf.byteranges import SignedRange
from processors.verification.pdf.digests import Digests
from processors.verification.pdf.located import DOCUMENT_STAMP, Coverage, Located, Modification
from processors.verification.steps import Step, Steps
from processors.verification.timestamps import judge_token
from processors.verification.trust.responses import NONE, Responses
from processors.verification.verdict import SignatureVerdict

LEGACY = "adbe.pkcs7.detached"


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSignature:
    """A signature value of a PDF with the bytes it covers."""

    digests: Digests
    located: Located
    covered: SignedRange
    responses: Responses = NONE
    """OCSP responses of the file."""


def judge_signature(one: PdfSignature, where: str, bench: Bench, steps: Steps) -> SignatureVerdict:
    """Judge one signature and record the steps; raises `DefectError` or what parsers raise, for `border.guarded`."""
    covered = one.covered
    steps.add(found(covered.reasons))
    if not covered.contents:
        raise DefectError(next(iter(covered.reasons), "FORMAT_FAILURE"))
    subfilter = one.located.subfilter
    if subfilter == DOCUMENT_STAMP:
        return _document_stamp(one, where, bench, steps)
    if subfilter not in bench.rule.subfilters:
        steps.add(found(["SUBFILTER_UNSUPPORTED"]))
    elif subfilter == LEGACY:
        steps.add(found(["LEGACY_SUBFILTER"]))
    judged = judge_message(covered.contents, partial(one.digests.of, covered), bench, steps, one.responses)
    steps.enter(Step.CHANGES)
    coverage, modification = _changes(one, steps, bench)
    claimed = judged.message.claimed_at or one.located.claimed_at
    doubt_claim(claimed, bench, steps)
    return judged.verdict(
        where, bench, steps, claimed, covered_to=covered.end, coverage=coverage, modification=modification
    )


def _changes(one: PdfSignature, steps: Steps, bench: Bench) -> tuple[Coverage, Modification]:
    coverage = one.located.coverage(one.covered)
    if coverage is Coverage.ENTIRE_FILE:
        return coverage, Modification.NONE
    if not bench.thorough and any(weight(code) == FAILED for code in steps.finding.defects):
        return coverage, Modification.NOT_JUDGED  # of what waits or is not certain the rest must be known
    modification = Modification.OTHER if coverage is Coverage.PARTIAL else one.located.modification(one.covered)
    if modification is Modification.OTHER:
        steps.add(found(["CHANGED_AFTER_SIGNING"]))
    return coverage, modification


def _document_stamp(one: PdfSignature, where: str, bench: Bench, steps: Steps) -> SignatureVerdict:
    steps.enter(Step.TIME)
    stamp = judge_token(one.covered.contents, partial(one.digests.of, one.covered), bench, one.responses)
    steps.add(stamp.finding)
    steps.enter(Step.CHANGES)
    coverage, modification = _changes(one, steps, bench)
    return SignatureVerdict(
        where=where, role="timestamp", finding=steps.finding, signer=stamp.signer, signed_at=stamp.stamped_at, time_source="timestamp",
        covered_to=one.covered.end, coverage=coverage, modification=modification, chain=stamp.standing.chain,
        revocation=stamp.standing.revocation, token=token_verdict(stamp), steps=steps.taken(),
    )  # fmt: skip
