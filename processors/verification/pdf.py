"""Steps 1 and 2 of a PDF: gate and strict bytes; then each signature by `pdf_signature`. No signature goes unjudged."""

from dataclasses import dataclass, field
from functools import partial

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from processors.verification.bench import Bench
from processors.verification.border import guarded
from processors.verification.byteranges import WHITE, SignedRange, SignedRanges, read_ranges
from processors.verification.changes import Modification
from processors.verification.defects import DefectError, Finding, found
from processors.verification.limits import MAX_DOCUMENT, MAX_OBJECTS, MAX_REVISIONS, MAX_SIGNATURES
from processors.verification.masking import MaskedPdf, marker
from processors.verification.pdf_signature import PdfSignature, judge_signature
from processors.verification.verdict import SignatureVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfJudgement:
    """The signatures of one PDF."""

    signatures: tuple[SignatureVerdict, ...] = ()
    found: int = 0
    finding: Finding = field(default_factory=Finding)
    """What is wrong with the file itself."""


def judge_pdf(pdf: bytes, where: str, bench: Bench) -> PdfJudgement:
    """Judge every signature of a PDF; `where` names the file in the answer."""
    ranges = read_ranges(pdf)
    if len(pdf) > MAX_DOCUMENT or ranges.found > MAX_SIGNATURES:
        return PdfJudgement(found=ranges.found, finding=found(["RESOURCE_LIMIT"]))
    return guarded(
        partial(_judge_fields, pdf, where, ranges, bench),
        lambda code: PdfJudgement(found=ranges.found, finding=found([code])),
    )


def _judge_fields(pdf: bytes, where: str, ranges: SignedRanges, bench: Bench) -> PdfJudgement:
    reader, finding = _open(pdf, ranges)
    whole = len(pdf.rstrip(WHITE))
    fields = list(enumerate_sig_fields(reader, filled_status=True))
    if len(fields) > MAX_SIGNATURES:
        raise DefectError("RESOURCE_LIMIT")
    used: list[SignedRange] = []
    signatures = []
    for name, value, form_field in fields:
        at = f"{where}#{name}"
        covered = guarded(partial(_covered, value, ranges), lambda _: None)
        if covered is None or covered in used:
            # one value shown by two fields, or a range that is written in disguise
            code = "BYTERANGE_INVALID" if covered is None else "BYTERANGE_COLLISION"
            signatures.append(_failed(at, code))
            continue
        used.append(covered)
        one = PdfSignature(
            pdf=pdf, whole=whole, reader=reader, value=value, form_field=form_field.get_object(), covered=covered
        )
        signatures.append(guarded(partial(judge_signature, one, at, bench), partial(_failed, at)))
    if len(used) != ranges.found:
        finding += found(["BYTERANGE_INVALID"])
    last = max(zip(used, signatures, strict=False), key=lambda pair: pair[0].end, default=None)
    if ranges.tail and last and last[1].modification is not Modification.SIGNATURES:
        finding += found(["TAIL_UNCOVERED"])
    return PdfJudgement(signatures=tuple(signatures), found=max(ranges.found, len(fields)), finding=finding)


def _open(pdf: bytes, ranges: SignedRanges) -> tuple[PdfFileReader, Finding]:
    """Open strictly; else leniently, and say so."""
    codes = []
    try:
        reader = PdfFileReader(MaskedPdf(pdf, ranges.ranges), strict=True)
        revisions = reader.xrefs.total_revisions
    except PdfError:
        reader = PdfFileReader(MaskedPdf(pdf, ranges.ranges), strict=False)
        revisions = reader.xrefs.total_revisions
        codes.append("LENIENT_PARSE")
    if revisions > MAX_REVISIONS or int(reader.trailer["/Size"]) > MAX_OBJECTS:
        raise DefectError("RESOURCE_LIMIT")
    if reader.xrefs.hybrid_xrefs_present:
        codes.append("HYBRID_XREF")
    return reader, found(codes)


def _covered(value: IndirectObject, ranges: SignedRanges) -> SignedRange | None:
    """Return the range of the raw file that the parsed dictionary names, if its /Contents is the string in the gap."""
    dictionary = value.reference.get_object()
    if not isinstance(dictionary, DictionaryObject):
        return None
    each = ranges.matching([int(number) for number in dictionary["/ByteRange"]])
    if each is None or each.reasons:
        return each
    held = dictionary.raw_get("/Contents")
    expected = marker(ranges.ranges.index(each))
    return each if getattr(held, "original_bytes", None) == expected else None


def _failed(where: str, code: str) -> SignatureVerdict:
    return SignatureVerdict(where=where, finding=found([code]))
