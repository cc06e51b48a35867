"""The catalogue of attacks: each honest twin passes, and each attack gets exactly its verdict, for its one reason."""

from collections import Counter
from pathlib import Path

import pytest

from processors.verification.envelope.policy import weigh_envelope
from processors.verification.envelope.signature import judge_envelope
from processors.verification.packets import parse_frame
from schemas.reasons import REASONS
from tests.vectors.attacks.letters import CONTENT_ID, requiring
from tests.vectors.attacks.page import PAGE, drawing, vectors, written
from tests.vectors.attacks.vector import PASSED, Vector, verdict_of
from tests.vectors.scene import SENDER, Scene

EVERY = vectors()
POOLED = ("entities", "packets", "bombs", "excess")
"""Modules whose files are too much: judged by a pool, in `test_attacks_in_the_pool`."""

DEMANDED = (
    "ByteRange: gap", "ByteRange: tail", "ByteRange: overlap", "ByteRange: equivocation", "incremental saving", "shadow: hide",
    "shadow: replace", "shadow: hide and replace", "duplicate Contents", "several SignerInfos", "encapsulated content",
    "moved or copied time-stamps", "time-stamp after expiry", "revoked before and after", "wrong key usage", "name constraints",
    "unknown critical extension", "duplicate extensions", "XML signature wrapping", "forbidden transforms", "duplicate Id",
    "DTD and entity bombs", "key confusion", "zip bombs", "object-graph bombs", "cross-certificate loops", "hex bombs",
)  # fmt: skip
"""Classes that the catalogue must have."""

SHAPES = 8
"""Of wrapping, at least."""


@pytest.mark.parametrize(
    "vector", [each for each in EVERY if each.where not in POOLED], ids=lambda each: f"{each.where}-{each.name}"
)
def test_it_fails_for_one_reason(vector: Vector, tmp_path: Path) -> None:
    """The twin is TOTAL_PASSED; the attack has the verdict and the reasons that the catalogue says, and no other."""
    twin, attacked = vector.make(forged=False).judge(tmp_path), vector.make(forged=True).judge(tmp_path)

    assert PASSED == verdict_of(twin), twin.reasons
    assert (vector.verdict, set(vector.codes)) == (verdict_of(attacked), set(attacked.reasons) - set(twin.reasons))
    assert vector.codes[0] == attacked.reason


@pytest.mark.parametrize("vector", [each for each in EVERY if each.alone], ids=lambda each: f"{each.where}-{each.name}")
def test_the_verifier_does_not_rely_on_the_reader(vector: Vector) -> None:
    """Where the reader of packets refuses first, the verifier of envelopes would refuse by itself."""
    content = vector.make(forged=True).content
    bench = Scene().bench()
    xml, binding = judge_envelope(lambda: parse_frame(content), {CONTENT_ID: ""}, bench)

    policy = requiring().signature_policy
    assert policy is not None
    assert vector.alone in weigh_envelope(xml, binding, SENDER, policy.rules[0]).defects


def test_the_catalogue_is_complete() -> None:
    """Every class has attacks; wrapping has eight shapes and more."""
    kinds = Counter(each.kind for each in EVERY)

    assert [] == [kind for kind in DEMANDED if not kinds[kind]]
    assert SHAPES <= kinds["XML signature wrapping"]


def test_every_attack_is_drawn() -> None:
    """One function one vector, under a name of its own; the docstring draws the file and says solely because of what it fails."""
    names = Counter((each.where, each.name) for each in EVERY)

    assert [] == [name for name, count in names.items() if count > 1]
    assert [] == [each.name for each in EVERY if "solely because" not in drawing(each)[1] or not drawing(each)[0]]
    assert [] == [each.name for each in EVERY if not drawing(each)[1].startswith(each.verdict.partition("/")[0])]
    assert [] == [code for each in EVERY for code in each.codes if code not in REASONS]


def test_the_page_says_what_the_tests_run() -> None:
    """docs/attacks.md is what `python -m tests.vectors.attacks` writes."""
    assert written() == PAGE.read_text(encoding="utf-8")


def test_no_attack_is_meant_to_pass() -> None:
    """Nor may one be an error of ours."""
    assert [] == [each.name for each in EVERY if each.verdict == PASSED or "INTERNAL_ERROR" in each.codes]
