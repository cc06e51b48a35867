"""Every file of the collections gets the verdict of the table; where we pass one, so does its collection's own library."""

import os
from pathlib import Path

import pytest

from tests.corpora import judged
from tests.corpora.sources import NoCorporaError, files
from tests.corpora.table import PAGE, PASSES, Row, kept, page, rows
from tests.vectors.lanes import disagree
from tests.vectors.scene import Scene

FEWEST_PDFS, FEWEST_OTHERS = 130, 250


@pytest.fixture(scope="module")
def places() -> dict[str, Path]:
    """Return every file; without the packages the tests are skipped, but not where they must be there."""
    try:
        return dict(files())
    except NoCorporaError as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the source packages cannot be fetched: {exc}")


@pytest.fixture(scope="module")
def table(places: dict[str, Path]) -> list[Row]:
    """Judge them all."""
    assert FEWEST_PDFS <= sum(name.endswith(".pdf") for name in places)
    assert FEWEST_OTHERS <= sum(not name.endswith(".pdf") for name in places)
    return list(rows())


@pytest.mark.timeout(120)
def test_each_as_the_table_says(table: list[Row]) -> None:
    """File by file."""
    assert [] == [pair for pair in zip(kept(), table, strict=True) if pair[0] != pair[1]]


def test_we_pass_nothing_that_pyhanko_does_not(table: list[Row]) -> None:
    """Sound here, sound there."""
    assert [] == [each for each in table if each.ours == judged.SOUND and each.theirs != judged.SOUND]


def test_each_disagreement_is_explained(table: list[Row]) -> None:
    """What its own library lets pass and we do not."""
    pdfs = [each for each in table if each.file.endswith(".pdf")]
    assert [] == [each for each in pdfs if each.theirs in PASSES and each.ours not in PASSES and not each.why]


HELD = "NO_CERTIFICATE_CHAIN_FOUND"
"""What is left to say of a signature that is sound, where nobody trusts its key."""

BADLY_SIGNED = ("altered", "invalid", "wrong", "fake", "injected")


def test_signed_xml_of_others_holds(table: list[Row]) -> None:
    """Made by other tools: the EU's lists, and what DSS signed; nothing that its collection calls broken."""
    held = [each.file for each in table if each.ours == HELD]

    assert {"pyhanko/tl/eu-lotl.xml", "pyhanko/tl/tsl-be-v6.xml", "signxml/xades/dss-signed.xml"} <= set(held)
    assert [] == [name for name in held if any(word in name for word in BADLY_SIGNED)]


def test_no_packet_among_them(table: list[Row]) -> None:
    """Each XML file is refused for a reason."""
    assert [] == [each for each in table if not each.file.endswith(".pdf") and not each.ours]


def test_our_readers_agree(places: dict[str, Path]) -> None:
    """Strict lane and pyHanko with the signatures-only policy, over every PDF."""
    bench = Scene().bench(thorough=True)
    found = {name: disagree(path.read_bytes(), bench) for name, path in places.items() if path.suffix == ".pdf"}

    assert {} == {name: each for name, each in found.items() if each}


def test_the_page_says_so(table: list[Row]) -> None:
    """docs/corpora.md is what `python -m tests.corpora` writes."""
    assert page(table) == PAGE.read_text(encoding="utf-8")
