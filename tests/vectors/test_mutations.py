"""Mutated files: whatever is done to a signed file, it does not pass, unless nothing that is signed or shown was touched."""

import logging
import re
import time

import pytest

from processors.verification.pdf.byteranges import read_ranges
from processors.verification.pdf.judge import by_pyhanko, case_of
from processors.verification.pdf.located import Modification
from processors.verification.pdf.syntax import WHITE
from tests.vectors.honest.variants import SCENE, variants
from tests.vectors.lanes import disagree
from tests.vectors.mutations import mutated
from tests.vectors.scene import Seen

BENCH, THOROUGH = SCENE.bench(), SCENE.bench(thorough=True)
BASES = (
    "plain-leader_and_seal", "plain-visible", "with_links-four_signatures", "object_streams-leader_and_seal", "linearized-visible",
    "plain-long_term", "hybrid-by_another_tool", "with_text_fields-by_another_tool", "plain-by_a_java_tool",
)  # fmt: skip
CPU_SECONDS = 10
"""The limit of a worker."""


def signed_alike(seen: Seen) -> list[tuple[object, ...]]:
    """Return of each signature who signed what; a time-stamp over the document says nothing about what it shows."""
    return [(each.where, each.signer, each.attributes_sha256) for each in seen.signatures if each.role != "timestamp"]


def same_for_everybody(pdf: bytes, original: bytes) -> bool:
    """Tell whether a file says what the original, or an earlier version of it, said.

    All that persons and agencies signed must be the same, but for the gap of the last of them: it holds the signature itself,
    whose spelling and unsigned attributes (a time-stamp) are nobody's statement. What stands behind, validation data and time-stamps
    over the document, shows nothing: pyHanko must say so, for our own rules are what is tried here.
    """
    versions = [original[: found.end()] for found in re.finditer(rb"%%EOF[\r\n]*", original)]
    return any(_same(pdf, version) for version in versions if read_ranges(version).ranges)


def _same(pdf: bytes, version: bytes) -> bool:
    mine, theirs = SCENE.judge(pdf, bench=BENCH), SCENE.judge(version, bench=BENCH)
    end = max(each.covered_to for each in theirs.signatures if each.role != "timestamp")
    last = next(each for each in read_ranges(version).ranges if each.end == end)
    signed = [each[: last.start] + each[last.resume : end].rstrip(WHITE) for each in (pdf, version)]
    behind = [each[end:].rstrip(WHITE) for each in (pdf, version)]
    return (
        signed[0] == signed[1] and signed_alike(mine) == signed_alike(theirs) and (behind[0] == behind[1] or _adds(pdf))
    )


def _adds(pdf: bytes) -> bool:
    """Tell whether pyHanko, too, sees nothing but additions."""
    seen = by_pyhanko(case_of(pdf, "doc.pdf", THOROUGH))
    return Modification.OTHER not in {each.modification for each in seen.signatures}


@pytest.fixture(scope="module")
def bases() -> dict[str, bytes]:
    """Return the files that are mutated."""
    made = {each.name: each.make for each in variants()}
    return {name: made[name]() for name in BASES}


def attack(bases: dict[str, bytes], seeds: range, *, compare_each: int) -> list[str]:
    """Judge mutated files; name every seed that passed, took too long, or was judged in two ways."""
    found = []
    for seed in seeds:
        original = bases[BASES[seed % len(BASES)]]
        pdf = mutated(original, seed)
        begun = time.process_time()
        seen = SCENE.judge(pdf, bench=BENCH)
        if time.process_time() - begun >= CPU_SECONDS:
            found.append(f"seed {seed} took too long")
        if not seen.defects and not same_for_everybody(pdf, original):
            found.append(f"seed {seed} passed")
        if seed % compare_each == 0 and (differences := disagree(pdf, THOROUGH)):
            found.append(f"seed {seed}: {differences[0]}")
    return found


@pytest.mark.timeout(600)
def test_five_thousand_mutations(bases: dict[str, bytes]) -> None:
    """None passes; both lanes agree on every thirtieth."""
    assert [] == attack(bases, range(5_000), compare_each=30)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_two_hundred_thousand_mutations(bases: dict[str, bytes], caplog: pytest.LogCaptureFixture) -> None:
    """The same at length."""
    caplog.set_level(logging.CRITICAL, "pyhanko")
    assert [] == attack(bases, range(1_000_000, 1_200_000), compare_each=30)
