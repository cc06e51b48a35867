"""Both lanes over one file, in full: structure and messages by our own readers, then by pyHanko."""

from processors.verification.bench import Bench
from processors.verification.defects import NotStrictError
from processors.verification.pdf import strict
from processors.verification.pdf.compare import disagreements
from processors.verification.pdf.judge import by_lane, by_pyhanko, case_of
from processors.verification.verdict import PdfJudgement


def strictly(pdf: bytes, bench: Bench) -> PdfJudgement | None:
    """Judge by the strict lane; None where it leaves the file to the other."""
    try:
        return by_lane(strict.locate, case_of(pdf, "doc.pdf", bench))
    except NotStrictError:
        return None


def disagree(pdf: bytes, bench: Bench) -> tuple[str, ...]:
    """Name what the lanes disagree on; empty also where the strict lane does not judge."""
    mine = strictly(pdf, bench)
    return disagreements(mine, by_pyhanko(case_of(pdf, "doc.pdf", bench))) if mine else ()
