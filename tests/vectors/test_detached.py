"""Attachments signed by files beside them (CAdES): `thu.docx` by the person and by the agency, in a packet of its own."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from infra.demo.frame import frame
from processors.verification.verdict import Judgement
from schemas.edxml import enclose, serialise
from tests.vectors.attacks.letters import DRAFT, document
from tests.vectors.attacks.messages import HONEST, agency, made, person
from tests.vectors.attacks.vector import PASSED, File, verdict_of
from tests.vectors.scene import NOON

LETTER = b"PK\x03\x04 a letter that is no PDF"
BY_PERSON, BY_AGENCY = "thu.docx.nguoi-ky.p7s", "thu.docx.p7s"


def signed(credential: str, content: bytes = LETTER, digest: str = "sha256") -> bytes:
    """Return a detached signature."""
    who = {"person": person, "agency": agency}[credential]()
    return made(content, replace(HONEST, credential=who, digest=digest))


def both(**changes: bytes) -> dict[str, bytes]:
    """Return the letter with both signatures; `changes`: `letter`, `person`, `agency`."""
    files = {"letter": LETTER, "person": signed("person"), "agency": signed("agency"), **changes}
    return {"thu.docx": files["letter"], BY_PERSON: files["person"], BY_AGENCY: files["agency"]}


def judged(files: Mapping[str, bytes], folder: Path) -> Judgement:
    """Judge a packet with these attachments."""
    parts = [
        enclose(content, content_id=str(UUID(int=number)), name=name, at=NOON, description="Tệp")
        for number, (name, content) in enumerate(files.items(), 1)
    ]
    return File(content=serialise(frame(DRAFT, {}, *parts))).judge(folder)


def test_signed_by_both(tmp_path: Path) -> None:
    """Each signature is one of the document's: who, when, whole file."""
    seen = judged(both(), tmp_path)

    assert PASSED == verdict_of(seen), seen.reasons
    assert (2, 2) == (seen.signatures_found, seen.signatures_judged)
    assert {"person", "agency"} == {each.role for each in seen.signatures}
    assert {len(LETTER)} == {each.covered_to for each in seen.signatures}
    assert {f"thu.docx#{BY_PERSON}", f"thu.docx#{BY_AGENCY}"} == {each.where for each in seen.signatures}


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_other_digests(digest: str, tmp_path: Path) -> None:
    """Not only the digest that the reader made anyway."""
    assert PASSED == verdict_of(judged(both(agency=signed("agency", digest=digest)), tmp_path))


def test_written_as_text(tmp_path: Path) -> None:
    """In base64 between two lines (RFC 7468)."""
    text = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(signed("agency")) + b"-----END PKCS7-----\n"

    assert PASSED == verdict_of(judged(both(agency=text), tmp_path))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"letter": LETTER + b"."}, "HASH_FAILURE"),
        ({"agency": signed("agency", b"another letter")}, "HASH_FAILURE"),
        ({"agency": signed("person")}, "REQUIRED_SIGNATURE_MISSING"),
        ({"agency": b"no message"}, "FORMAT_FAILURE"),
        ({"agency": b"-----BEGIN PKCS7-----\nAAA\n-----END PKCS7-----\n"}, "FORMAT_FAILURE"),
        ({"agency": signed("agency")[:-20]}, "FORMAT_FAILURE"),
        ({"agency": made(LETTER, replace(HONEST, content=bytes))}, "ENCAP_CONTENT_PRESENT"),
        ({"agency": signed("agency", digest="sha1")}, "ALGO_WEAK"),
    ],
)
def test_refused(changes: dict[str, bytes], code: str, tmp_path: Path) -> None:
    """One thing is wrong each time."""
    seen = judged(both(**changes), tmp_path)

    assert PASSED != verdict_of(seen)
    assert code in seen.reasons


def test_a_signature_over_nothing(tmp_path: Path) -> None:
    """Its file is not in the packet: signatures found are not signatures judged."""
    files = {**both(), "khac.docx.p7s": signed("agency")}
    seen = judged(files, tmp_path)

    assert ("INDETERMINATE/SIGNED_DATA_NOT_FOUND", "SIGNED_DATA_NOT_FOUND") == (verdict_of(seen), seen.reason)


def test_an_annex_that_is_no_pdf(tmp_path: Path) -> None:
    """The agency's signature beside it decides, and a broken one is a refusal."""
    main = {"7-UBND.signed.pdf": document()}
    good = judged({**main, "phu-luc.xlsx": LETTER, "phu-luc.xlsx.p7s": signed("agency")}, tmp_path)
    bad = judged({**main, "phu-luc.xlsx": LETTER + b"!", "phu-luc.xlsx.p7s": signed("agency")}, tmp_path)

    assert (PASSED, 3) == (verdict_of(good), good.signatures_judged), good.reasons
    assert "HASH_FAILURE" == bad.reason


def test_beside_a_signed_pdf(tmp_path: Path) -> None:
    """A further signature beside a PDF counts like one on top of it."""
    pdf = document()
    good = judged({"a.pdf": pdf, "a.pdf.p7s": signed("agency", pdf)}, tmp_path)
    bad = judged({"a.pdf": pdf, "a.pdf.p7s": signed("agency", pdf + b" ")}, tmp_path)

    assert (PASSED, 3) == (verdict_of(good), good.signatures_found)
    assert "HASH_FAILURE" == bad.reason
