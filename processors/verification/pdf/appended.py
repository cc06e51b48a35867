"""Who chose the general lane: where our reader understands a file up to a signature, it must understand what was appended to it, too.

pyHanko's rules for later changes are laxer than ours (an object rewritten without visible effect, an entry pointed elsewhere, fields
that show something). Whoever appends a revision could choose them by one blank that our reader does not accept. So they decide only
about files whose signed revision is itself written in a way that only pyHanko reads (ADR 0043).
"""

from dataclasses import replace
from functools import partial

from processors.verification.border import guarded
from processors.verification.defects import NotStrictError, found
from processors.verification.pdf import strict
from processors.verification.pdf.byteranges import read_ranges
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.located import Modification
from processors.verification.pdf.users import users_of
from processors.verification.verdict import PdfJudgement, SignatureVerdict


def reined_in(pdf: bytes, judged: PdfJudgement) -> PdfJudgement:
    """Return what the general lane said, but CHANGED_AFTER_SIGNING of each signature whose file is plain up to where it ends, and not behind."""
    return replace(judged, signatures=tuple(_judged(pdf, each) for each in judged.signatures))


def _judged(pdf: bytes, each: SignatureVerdict) -> SignatureVerdict:
    if each.modification is not Modification.SIGNATURES or not _is_plain(pdf[: each.covered_to]):
        return each
    return replace(each, finding=each.finding + found(["CHANGED_AFTER_SIGNING"]), modification=Modification.OTHER)


def _is_plain(signed: bytes) -> bool:
    try:
        return guarded(partial(_reads, signed), lambda _: False)
    except NotStrictError:
        return False


def _reads(signed: bytes) -> bool:
    """Read all of it, as an update makes our reader do: what it cannot read there is the signer's, not the appender's."""
    ranges = read_ranges(signed)
    pdf = StrictPdf(signed, ranges.gaps)
    users_of(pdf, pdf.last)
    return not strict.locate(signed, ranges).finding.defects
