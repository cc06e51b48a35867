"""Signed XML among the attachments: every honest way passes, each signature is told to what it is over, and none is overlooked."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from infra.demo.xmldsig import DS
from processors.verification.packets import alone
from processors.verification.xades.attachments import judge_attachments
from processors.verification.xades.scanning import holds_signature
from processors.verification.xmldsig.canonical import canonical, without
from tests.vectors.attacks.messages import agency
from tests.vectors.attacks.vector import PASSED, File, verdict_of
from tests.vectors.honest.xml_ways import XML_WAYS
from tests.vectors.scene import DAY, HOUR, NOON, SENDER, Scene
from tests.vectors.xml_letters import (
    LETTER,
    beside_the_content,
    detached,
    ended,
    enveloped,
    leader,
    packet,
    seal,
    stamp,
    with_annex,
)

SIGNED = enveloped(seal())


@pytest.mark.parametrize("make", XML_WAYS.values(), ids=XML_WAYS)
def test_passes(make: Callable[[], File], tmp_path: Path) -> None:
    """With no other warning than that the envelope is not signed, and plain XMLDSig has no signing-certificate property."""
    seen = make().judge(tmp_path)
    plain = {"SIGNING_CERT_ATTR_MISSING"} if make.__name__ == "enveloped_by_a_dotnet_tool" else set()

    assert PASSED == verdict_of(seen), seen.reasons
    assert {"XML_SIGNATURE_MISSING"} | plain == set(seen.reasons)
    assert seen.signatures_found == seen.signatures_judged


def test_the_list_is_published() -> None:
    """docs/honest.md names every way."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "honest.md").read_text(encoding="utf-8")

    assert [] == [name for name, make in XML_WAYS.items() if f"| `{name}` | {make.__doc__} |" not in page]


def test_who_when_and_over_what(tmp_path: Path) -> None:
    """As of every signature: signer, his agencies, moment and its source, the claim, all of the file."""
    seen = packet({"thu.docx": LETTER, "a.xml": detached({"thu.docx": LETTER}, leader()), "thu.docx.xsig": detached({None: LETTER}, seal())}).judge(tmp_path)  # fmt: skip
    person, agency = seen.signatures

    assert ("thu.docx#a.xml#1", "thu.docx#thu.docx.xsig#1") == (person.where, agency.where)
    assert ("person", "agency", (SENDER,)) == (person.role, agency.role, agency.organ_ids)
    assert {(NOON, "receipt", NOON - HOUR, len(LETTER))} == {
        (each.signed_at, each.time_source, each.claimed_at, each.covered_to) for each in (person, agency)
    }


def test_certificates_in_any_order(tmp_path: Path) -> None:
    """KeyInfo has no order: without a property the signer is who made the value."""
    upside_down = (*agency().chain, agency().certificate)
    seen = with_annex({"b.xml": enveloped(seal(xades=False, held=upside_down))}).judge(tmp_path)

    assert (PASSED, "agency") == (verdict_of(seen), seen.signatures[2].role)


def test_what_fails_is_told_to_what_it_is_over(tmp_path: Path) -> None:
    """The document has a signature, and that is broken: not that there is none."""
    seen = packet({"thu.docx": LETTER, "thu.docx.xsig": detached({None: LETTER}, seal(held=()))}).judge(tmp_path)

    assert ("NO_SIGNING_CERTIFICATE_FOUND", 1) == (seen.reason, seen.signatures_judged)
    assert "NO_SIGNATURE_FOUND" not in seen.reasons


def test_a_stamp_is_the_time(tmp_path: Path) -> None:
    """What the signer claims is not: without the stamp it is too late."""
    good = with_annex({"b.xml": enveloped(ended(token=stamp))}).judge(tmp_path)
    bad = with_annex({"b.xml": enveloped(ended())}).judge(tmp_path)

    assert [(NOON - 2 * DAY, "timestamp")] == [(each.signed_at, each.time_source) for each in good.signatures[2:]]
    assert "OUT_OF_BOUNDS_NO_POE" == bad.reason


def test_one_signature_is_missing(tmp_path: Path) -> None:
    """The document needs the leader's and the agency's, whatever it is written in; an annex the agency's."""
    alone = packet({"a.xml": beside_the_content(seal())}).judge(tmp_path)
    annex = with_annex({"b.xml": enveloped(leader())}).judge(tmp_path)

    assert {"REQUIRED_SIGNATURE_MISSING"} == {alone.reason, annex.reason}


def test_no_signature_at_all(tmp_path: Path) -> None:
    """As for any other file: the document needs signatures."""
    assert "NO_SIGNATURE_FOUND" == packet({"a.xml": b"<a/>"}).judge(tmp_path).reason


def test_a_policy_may_ask_for_the_signing_certificate(tmp_path: Path) -> None:
    """The profile STRICT requires it and a time-stamp, of XML too."""
    file = with_annex({"b.xml": enveloped(seal(xades=False))})
    policy = file.reference.signature_policy
    assert policy is not None
    rules = tuple(replace(each, signing_certificate_attribute="require") for each in policy.rules)
    strict = replace(file, reference=file.reference.with_value("signature_policy", replace(policy, rules=rules), "2"))

    assert "SIGNING_CERT_ATTR_MISSING" in strict.judge(tmp_path).finding.defects


def test_a_file_by_itself(tmp_path: Path) -> None:
    """Every signature decides, as in a bare PDF; one over another file is over nothing here; without any it is no packet."""
    good = File(content=SIGNED).judge(tmp_path)
    foreign = File(content=detached({"thu.docx": LETTER}, seal())).judge(tmp_path)

    assert (PASSED, 1, ["document#1"]) == (
        verdict_of(good),
        good.signatures_found,
        [each.where for each in good.signatures],
    )
    assert "HASH_FAILURE" == File(content=SIGNED.replace(b">12<", b">92<")).judge(tmp_path).reason
    assert ("SIGNED_DATA_NOT_FOUND", 1, 1) == (foreign.reason, foreign.signatures_found, foreign.signatures_judged)
    assert "NOT_EDXML" == File(content=b"<a/>").judge(tmp_path).reason
    assert "NOT_EDXML" == File(content=b"<a> of xmldsig </a>").judge(tmp_path).reason


def test_too_many_signatures(tmp_path: Path) -> None:
    """Of all files together."""
    files = {f"{number}.xsig": detached({"a.docx": LETTER}, seal()) for number in range(21)}

    assert "RESOURCE_LIMIT" in with_annex({"a.docx": LETTER, **files}).judge(tmp_path).finding.defects


HOLDS = [
    pytest.param(SIGNED, True, id="as it is"),
    pytest.param(b"\xef\xbb\xbf\n" + SIGNED, True, id="blanks before"),
    pytest.param(b" " * 5000 + SIGNED.partition(b"?>")[2], True, id="far behind blanks"),
    pytest.param(SIGNED.replace(b"xmldsig#", b"xmldsi&#103;#"), True, id="its name written by a number"),
    pytest.param(SIGNED.decode().replace("UTF-8", "UTF-16").encode("utf-16"), False, id="in UTF-16"),
    pytest.param(SIGNED[:-30], False, id="cut off"),
    pytest.param(SIGNED[:300], False, id="cut off before it begins"),
    pytest.param(b"<!DOCTYPE a>" + SIGNED.partition(b"?>")[2], False, id="behind a DTD"),
]
HOLDS_NONE = [b"<a/>", b"<a><Signature/></a>", b"<!DOCTYPE html><p>", b"", b"<" * 1000, b"\xff\xfe", LETTER]


@pytest.mark.parametrize(("content", "sound"), HOLDS)
def test_no_signature_is_overlooked(content: bytes, sound: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter of the test
    """However the file is written, it is found and judged; only what every reader reads alike passes."""
    seen = with_annex({"b.xml": content}).judge(tmp_path)

    assert holds_signature(content)
    assert (3, 3) == (seen.signatures_found, seen.signatures_judged)
    assert sound == (PASSED == verdict_of(seen))


@pytest.mark.parametrize("content", HOLDS_NONE)
def test_none_is_invented(content: bytes, tmp_path: Path) -> None:
    """Other files are not signed."""
    assert not holds_signature(content)
    assert 2 == with_annex({"b.xml": content or b" "}).judge(tmp_path).signatures_found


def shown(content: bytes) -> bytes:
    """Return what a signed file says beside its signature."""
    root = etree.fromstring(content)
    signature = next(root.iter(f"{{{DS}}}Signature"))
    return without(root, signature, exclusive=True, document=True)


def test_mutations() -> None:
    """Six hundred seeded changes of bytes: none is an error of ours, and what passes says what was signed."""
    chance, passed, bench = random.Random(25), 0, Scene().bench()
    for _ in range(600):
        changed = bytearray(SIGNED)
        for _ in range(chance.randint(1, 2)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 2)] = chance.choice(
                (b"", b" ", b"<", b"&#9;", bytes([chance.randrange(256)]))
            )
        seen = judge_attachments([alone(bytes(changed), "a.xml")], bench)
        every = [*seen.lost.signatures, *(each for one in seen.over.values() for each in one.signatures)]
        assert "INTERNAL_ERROR" not in {code for each in every for code in each.finding.codes}
        for each in every:
            if not each.finding.defects:
                passed += 1
                assert shown(SIGNED) == shown(bytes(changed))
    assert 0 < passed < 200


FILE = (
    b"<?hien-thi a?><a xmlns='u:a' xmlns:x='u:x' xml:lang='vi'><!-- c --><b xml:space='preserve' k='1'><c><d x:k='2'/></c></b>"
    b"<s xmlns='%s'/></a>" % DS.encode()
)


def test_canonical_forms() -> None:
    """As the Java platform's own library writes them: names in scope, `xml:` attributes from above, instructions beside the root."""
    root = etree.fromstring(FILE)
    part, signature = root[1], root[2]
    inclusive = b'<b xmlns="u:a" xmlns:x="u:x" k="1" xml:lang="vi" xml:space="preserve"><c><d x:k="2"></d></c></b>'
    exclusive = b'<b xmlns="u:a" k="1" xml:space="preserve"><c><d xmlns:x="u:x" x:k="2"></d></c></b>'
    inner = b'<b k="1" xml:space="preserve"><c><d x:k="2"></d></c></b>'
    document = b'<?hien-thi a?>\n<a xmlns="u:a" xmlns:x="u:x" xml:lang="vi">' + inner + b"</a>"

    assert (inclusive, exclusive) == (canonical(part, exclusive=False), canonical(part))
    assert document == without(root, signature, exclusive=False, document=True)
    assert document.partition(b"\n")[2] == without(root, signature, exclusive=False, document=False)
