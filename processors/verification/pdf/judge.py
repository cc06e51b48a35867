"""Steps 1 and 2 of a PDF: gate and strict bytes; then each signature by `signature`. No signature goes unjudged."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from processors.verification.bench import Bench
from processors.verification.border import guarded
from processors.verification.defects import DefectError, NotStrictError, found
from processors.verification.limits import MAX_DOCUMENT, MAX_SIGNATURES
from processors.verification.pdf import strict
from processors.verification.pdf.appended import reined_in
from processors.verification.pdf.byteranges import SignedRange, SignedRanges, read_ranges
from processors.verification.pdf.compare import disagreements
from processors.verification.pdf.digests import Digests
from processors.verification.pdf.located import Modification, Signatures
from processors.verification.pdf.signature import PdfSignature, judge_signature
from processors.verification.steps import Steps
from processors.verification.verdict import PdfJudgement, SignatureVerdict

Lane = Callable[[bytes, SignedRanges], Signatures]


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfCase:
    """A PDF that is judged, whoever reads it."""

    pdf: bytes
    where: str
    """Names the file in the answer."""

    ranges: SignedRanges
    digests: Digests
    bench: Bench


def case_of(pdf: bytes, where: str, bench: Bench, digests: Digests | None = None) -> PdfCase:
    """Read the strict bytes; `digests` are the file's, if somebody else hashes it too."""
    return PdfCase(pdf=pdf, where=where, ranges=read_ranges(pdf), digests=digests or Digests(pdf), bench=bench)


def judge_pdf(case: PdfCase) -> PdfJudgement:
    """Judge every signature of a PDF."""
    ranges = case.ranges
    if len(case.pdf) > MAX_DOCUMENT or ranges.found > MAX_SIGNATURES:
        return PdfJudgement(found=ranges.found, finding=found(["RESOURCE_LIMIT"]))
    try:
        judged = by_lane(strict.locate, case)
    except NotStrictError:
        return reined_in(case.pdf, by_lane(_generally, case))
    compared = case.bench.compares(ranges.ranges[-1].contents if ranges.ranges else b"")
    given_up = "RESOURCE_LIMIT" in judged.finding.defects  # pyHanko would do all that our reader would not
    if compared and not given_up and disagreements(judged, by_pyhanko(case)):
        return replace(judged, finding=judged.finding + found(["LANES_DISAGREE"]))
    return judged


def by_pyhanko(case: PdfCase) -> PdfJudgement:
    """Judge with nothing of our own readers: structure, messages and changes by pyHanko."""
    from processors.verification.cms.general import read_content_info  # noqa: PLC0415 - as below

    return by_lane(_generally, replace(case, bench=replace(case.bench, read=read_content_info)))


def _generally(pdf: bytes, ranges: SignedRanges) -> Signatures:
    """Locate by the general lane; few files need it, and pyHanko takes most of a second to import."""
    from processors.verification.pdf import general  # noqa: PLC0415 - see above

    return general.locate(pdf, ranges)


def by_lane(lane: Lane, case: PdfCase) -> PdfJudgement:
    """Judge as one lane reads the file; raises `NotStrictError` where the strict lane is not sure."""
    return guarded(
        partial(_judge, lane, case), lambda code: PdfJudgement(found=case.ranges.found, finding=found([code]))
    )


def _judge(lane: Lane, case: PdfCase) -> PdfJudgement:
    ranges = case.ranges
    read = lane(case.pdf, ranges)
    if len(read.located) > MAX_SIGNATURES:
        raise DefectError("RESOURCE_LIMIT")
    finding = read.finding
    used: list[SignedRange] = []
    signatures: list[SignatureVerdict] = []
    last: tuple[int, SignatureVerdict] | None = None
    for each in read.located:
        at = f"{case.where}#{each.name}"
        covered = guarded(each.covered, lambda _: None)
        if covered is None or covered in used:
            # one value shown by two fields, or a range that is written in disguise
            code = "BYTERANGE_INVALID" if covered is None else "BYTERANGE_COLLISION"
            signatures.append(_failed(at, code))
            continue
        used.append(covered)
        one = PdfSignature(digests=case.digests, located=each, covered=covered, responses=read.responses)
        steps = Steps()
        verdict = guarded(partial(judge_signature, one, at, case.bench, steps), partial(_broken_off, at, steps))
        signatures.append(verdict)
        if last is None or last[0] < covered.end:
            last = covered.end, verdict
    if len(used) != ranges.found:
        finding += found(["BYTERANGE_INVALID"])
    # Only our own rules can say that what follows the last signature adds nothing else: pyHanko's let rewriting pass.
    added = last is not None and last[1].modification is Modification.SIGNATURES and read.lane == "strict"
    if ranges.tail and last and not added:
        finding += found(["TAIL_UNCOVERED"])
    total = max(ranges.found, len(read.located))
    return PdfJudgement(signatures=tuple(signatures), found=total, finding=finding, lane=read.lane)


def _failed(where: str, code: str) -> SignatureVerdict:
    return SignatureVerdict(where=where, finding=found([code]))


def _broken_off(where: str, steps: Steps, code: str) -> SignatureVerdict:
    return SignatureVerdict(where=where, finding=found([code]), steps=steps.taken(code))
