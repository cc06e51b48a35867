"""One PDF signature in numbered steps (EN 319 102-1 §5.2-5.3, ISO 32000-1 §12.8).

(2) strict bytes were read by `byteranges`  (3) the CMS  (5) its time-stamp, which says as of when
(4) path and revocation are judged  (6) changes after it  (7) the verdict on the document is `document`'s.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import partial

from processors.verification.bench import Bench
from processors.verification.cms.message import DATA, SignedMessage, check_algorithms, is_archival
from processors.verification.defects import DefectError, Finding, found, weight
from processors.verification.pdf.byteranges import SignedRange
from processors.verification.pdf.digests import Digests
from processors.verification.pdf.located import DOCUMENT_STAMP, Coverage, Located, Modification
from processors.verification.steps import Step, Steps
from processors.verification.timestamps import Stamp, judge_token, stand
from processors.verification.trust.moment import HERE, Moment
from processors.verification.trust.responses import NONE, Responses
from processors.verification.trust.store import Standing
from processors.verification.verdict import SignatureVerdict, TokenVerdict

LEGACY = "adbe.pkcs7.detached"
FAILED = 3
"""Weight of a final failure."""


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
    steps.enter(Step.MESSAGE)
    message = bench.read(covered.contents)
    steps.add(_profile(message, bench))
    archival = is_archival(message, bench.rule.algorithms)
    if not archival:
        steps.add(check_algorithms(message, bench.rule.algorithms))
    if not {"ALGO_WEAK"} & set(steps.finding.defects):
        steps.add(message.integrity(content_type=DATA, digest=one.digests.of(covered, message.digest_name)))
    steps.enter(Step.TIME)
    stamp = _signature_stamp(message, bench, one.responses)
    standing, at, stamped = _stand_as_of(message, stamp, bench, one.responses, archival=archival)
    steps.add(stamped)
    if archival:
        steps.add(found(["ALGO_WEAK_ACCEPTED" if at.sha1 else "ALGO_WEAK"]))
    steps.enter(Step.PATH)
    steps.add(standing.finding)
    steps.enter(Step.CHANGES)
    coverage, modification = _changes(one, steps, bench)
    claimed = message.claimed_at or one.located.claimed_at
    if claimed and claimed > bench.receipt + bench.rule.max_claim_skew:
        steps.add(found(["SIGNING_TIME_DOUBTFUL"]))
    signer = bench.trust.signer(message.certificate)
    return SignatureVerdict(
        where=where,
        role=signer.role,
        finding=steps.finding,
        signer=message.certificate.subject,
        organ_ids=signer.organ_ids,
        signed_at=at.best,
        time_source="timestamp" if at.stamped else "receipt",
        claimed_at=claimed,
        covered_to=covered.end,
        coverage=coverage,
        modification=modification,
        chain=standing.chain,
        revocation=standing.revocation,
        attributes_sha256=message.attributes_sha256,
        token=_token(stamp),
        steps=steps.taken(),
    )


def _profile(message: SignedMessage, bench: Bench) -> Finding:
    """Detached, and as the profile has the signing-certificate attribute."""
    finding = Finding()
    if message.content is not None:
        finding += found(["ENCAP_CONTENT_PRESENT"])
    if bench.rule.signing_certificate_attribute == "require":
        return finding + Finding(defects=message.finding.warnings)
    return finding + message.finding


def _signature_stamp(message: SignedMessage, bench: Bench, responses: Responses) -> Stamp | None:
    if message.token is None:
        return None
    return judge_token(message.token, partial(_digest, message.signature), bench, responses)


def _digest(value: bytes, algorithm: str) -> bytes:
    return hashlib.new(algorithm, value).digest()


def _stand_as_of(
    message: SignedMessage, stamp: Stamp | None, bench: Bench, responses: Responses, *, archival: bool
) -> tuple[Standing, Moment, Finding]:
    """Judge the certificate as of a proven time-stamp, else of our receipt; say what that leaves of the token's codes."""
    receipt = Moment(best=bench.receipt, receipt=bench.receipt, crl_grace=bench.rule.crl_grace)
    at_receipt = stand(message, bench.trust, "document", receipt, responses)
    required = bench.rule.timestamp == "require"
    if stamp is None or stamp.stamped_at is None:
        missing = found(["NO_POE"]) if required else Finding()
        return at_receipt, receipt, missing if stamp is None else _invalid(stamp, decides=required)
    best, until = min(stamp.stamped_at, bench.receipt), bench.rule.algorithms.sha1_until
    old = archival and until is not None and best.astimezone(HERE).date() < until
    stamped = replace(receipt, best=best, stamped=True, sha1=old)
    if stamp.proves:
        return stand(message, bench.trust, "document", stamped, responses), stamped, stamp.finding
    at_stamp = stand(message, bench.trust, "document", stamped, responses)
    if stamp.waits and (required or (at_receipt.finding.defects and not at_stamp.finding.defects)):
        return at_stamp, stamped, stamp.finding  # the token would settle it: wait for its revocation data
    return at_receipt, receipt, _invalid(stamp, decides=required)


def _invalid(stamp: Stamp, *, decides: bool) -> Finding:
    """Report a token that fails; only where the policy asks for one does it decide."""
    codes = found(["TIMESTAMP_INVALID", *stamp.finding.codes])
    return codes if decides else Finding(warnings=codes.codes)


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
        revocation=stamp.standing.revocation, token=_token(stamp), steps=steps.taken(),
    )  # fmt: skip


def _token(stamp: Stamp | None) -> TokenVerdict | None:
    if stamp is None:
        return None
    return TokenVerdict(
        stamped_at=stamp.stamped_at,
        signer=stamp.signer,
        finding=stamp.finding,
        chain=stamp.standing.chain,
        revocation=stamp.standing.revocation,
    )
