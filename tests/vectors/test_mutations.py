"""Mutated files: whatever is done to a signed file, it does not pass, unless nothing that is signed or shown was touched."""

import re
import time

import pytest

from processors.verification.pdf.byteranges import WHITE, read_ranges
from tests.vectors.honest.variants import SCENE, variants
from tests.vectors.lanes import disagree
from tests.vectors.mutations import mutated
from tests.vectors.scene import Seen

BENCH, THOROUGH = SCENE.bench(), SCENE.bench(thorough=True)
BASES = (
    "plain-leader_and_seal", "plain-visible", "with_links-four_signatures", "object_streams-leader_and_seal", "linearized-visible",
    "plain-long_term", "hybrid-by_another_tool", "with_text_fields-by_another_tool",
)  # fmt: skip
CPU_SECONDS = 10
"""The limit of a worker."""


def signed_alike(seen: Seen) -> list[tuple[object, ...]]:
    """Return of each signature who signed what; a time-stamp over the document says nothing about what it shows."""
    return [(each.where, each.signer, each.attributes_sha256) for each in seen.signatures if each.role != "timestamp"]


def same_for_everybody(pdf: bytes, original: bytes) -> bool:
    """Tell whether a file says what the original, or an earlier version of it, said.

    They may differ in white space at the end, and in the gap of the last signature: it holds the signature itself, whose spelling
    and unsigned attributes (a time-stamp) are nobody's statement.
    """
    versions = [original[: found.end()] for found in re.finditer(rb"%%EOF[\r\n]*", original)]
    return any(_same(pdf, version) for version in versions if read_ranges(version).ranges)


def _same(pdf: bytes, version: bytes) -> bool:
    mine, theirs = read_ranges(pdf).ranges[-1], read_ranges(version).ranges[-1]
    if (mine.start, mine.resume) != (theirs.start, theirs.resume):
        return False
    shown = [each[: mine.start] + each[mine.resume :].rstrip(WHITE) for each in (pdf, version)]
    return shown[0] == shown[1] and signed_alike(SCENE.judge(pdf, bench=BENCH)) == signed_alike(
        SCENE.judge(version, bench=BENCH)
    )


@pytest.fixture(scope="module")
def bases() -> dict[str, bytes]:
    """Return the files that are mutated."""
    made = {each.name: each.make for each in variants()}
    return {name: made[name]() for name in BASES}


def attack(bases: dict[str, bytes], seeds: range, *, compare_each: int) -> int:
    """Judge mutated files; return how many were really another file."""
    other = 0
    for seed in seeds:
        original = bases[BASES[seed % len(BASES)]]
        pdf = mutated(original, seed)
        other += pdf != original
        begun = time.process_time()
        seen = SCENE.judge(pdf, bench=BENCH)
        assert time.process_time() - begun < CPU_SECONDS, seed
        assert seen.defects or pdf == original or same_for_everybody(pdf, original), f"seed {seed} passed"
        if seed % compare_each == 0:
            assert () == disagree(pdf, THOROUGH), f"seed {seed}"
    return other


@pytest.mark.timeout(600)
def test_five_thousand_mutations(bases: dict[str, bytes]) -> None:
    """None passes; both lanes agree on every thirtieth."""
    assert 4_900 < attack(bases, range(5_000), compare_each=30)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_two_hundred_thousand_mutations(bases: dict[str, bytes]) -> None:
    """The same at length."""
    assert 196_000 < attack(bases, range(1_000_000, 1_200_000), compare_each=30)
