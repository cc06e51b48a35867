"""The two lanes watch each other: where they disagree about a file that is compared, it is held and an operator is called."""

from dataclasses import replace

import pytest

from processors.verification.bench import Bench
from processors.verification.cms import strict as strict_messages
from processors.verification.defects import Finding
from processors.verification.pdf import strict
from processors.verification.pdf.additions import Addition
from processors.verification.pdf.byteranges import read_ranges
from processors.verification.pdf.judge import case_of, judge_pdf
from tests.vectors.scene import Scene
from tests.vectors.test_bytes_and_changes import PDF, updated

SCENE = Scene()
CHANGED = updated(PDF)


def comparing(each: int) -> Bench:
    """Return a bench whose policy compares one file in so many."""
    bench = SCENE.bench()
    policy = bench.reference.signature_policy
    assert policy is not None
    changed = bench.reference.with_value("signature_policy", replace(policy, compare_each=each), "2")
    return replace(bench, reference=changed)


def lenient(*_: object) -> Addition:
    """Stand for rules that let everything pass."""
    return Addition()


def test_a_lane_that_is_too_lenient_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's content was replaced; with our rules broken the strict lane alone would let it pass."""
    assert "LANES_DISAGREE" not in judge_pdf(case_of(CHANGED, "doc.pdf", comparing(1))).finding.defects

    monkeypatch.setattr(strict, "addition_of", lenient)

    assert () == judge_pdf(case_of(CHANGED, "doc.pdf", comparing(0))).finding.defects
    assert ("LANES_DISAGREE",) == judge_pdf(case_of(CHANGED, "doc.pdf", comparing(1))).finding.defects


def test_a_reader_of_messages_that_is_too_lenient_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last signature value was changed; our reader of messages is broken and calls every value good."""
    last = read_ranges(PDF).ranges[-1]
    at = last.start + 1 + 2 * (len(last.contents) - 20)
    forged = PDF[:at] + (b"0" if PDF[at : at + 1] != b"0" else b"1") + PDF[at + 1 :]
    monkeypatch.setattr(strict_messages, "_integrity", lambda **_: Finding())

    assert [()] * 2 == [each.finding.defects for each in judge_pdf(case_of(forged, "doc.pdf", comparing(0))).signatures]
    assert ("LANES_DISAGREE",) == judge_pdf(case_of(forged, "doc.pdf", comparing(1))).finding.defects


def test_files_that_agree_pass() -> None:
    """Compared or not, an honest file passes."""
    for each in (0, 1, 64):
        judged = judge_pdf(case_of(PDF, "doc.pdf", comparing(each)))
        assert () == judged.finding.defects
        assert "strict" == judged.lane
