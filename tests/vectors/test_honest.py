"""Honest files: no false refusal, all of them in the strict lane, and pyHanko says the same of each."""

from pathlib import Path

import pytest

from processors.verification.required import judge_required
from tests.vectors.honest.pages import PAGES
from tests.vectors.honest.variants import SCENE, WAYS, Variant, variants
from tests.vectors.lanes import disagree
from tests.vectors.scene import SENDER

BENCH = SCENE.bench()
THOROUGH = SCENE.bench(thorough=True)
VARIANTS = list(variants())


def test_there_are_enough() -> None:
    """Sixty at least."""
    assert 60 <= len(VARIANTS)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.name)
def test_passes(variant: Variant) -> None:
    """Judged as the main document of the sender."""
    pdf = variant.make()
    seen = SCENE.judge(pdf, bench=BENCH)

    assert set() == seen.defects
    assert "strict" == seen.judged.lane
    assert seen.judged.found == len(seen.signatures)
    assert () == disagree(pdf, THOROUGH)


def test_every_signature_of_a_bare_file_passes() -> None:
    """Without a sender every signature decides, the stamp of arrival too."""
    pdf = next(each for each in VARIANTS if each.name == "plain-four_signatures").make()
    finding, chosen = judge_required(SCENE.judge(pdf).judged, BENCH.rule.required, "", BENCH.rule)

    assert ((), 4) == (finding.defects, len(chosen))
    assert SENDER in chosen[0].organ_ids


def test_the_list_is_published() -> None:
    """docs/honest.md names every kind of file, every way of signing, and how many there are."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "honest.md").read_text(encoding="utf-8")

    assert [] == [name for name, make in (PAGES | WAYS).items() if f"| `{name}` | {make.__doc__} |" not in page]
    assert f"**{len(VARIANTS)} files, no false refusal**" in page
