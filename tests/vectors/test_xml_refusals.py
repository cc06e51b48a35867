"""Whatever is unusual in the signature of an XML attachment is refused: the signer signed each of these himself."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from asn1crypto.core import Integer
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from infra.demo.xmldsig import DS, EXCLUSIVE
from processors.verification.cms.der import length_of
from processors.verification.packets import alone
from processors.verification.xades.attachments import judge_attachments
from tests.vectors.attacks.messages import agency
from tests.vectors.attacks.seals import resigned
from tests.vectors.attacks.vector import PASSED, verdict_of
from tests.vectors.scene import HOUR, NOON, Scene
from tests.vectors.xml_hand import ENVELOPED, PROPERTIES, XADES, Element, Pen, add
from tests.vectors.xml_letters import LETTER, enveloped, enveloping, seal, several, with_annex

Change = Callable[[Element], object]


def defects(pen: Pen, folder: Path, modes: tuple[str, ...] = (ENVELOPED, EXCLUSIVE)) -> set[str]:
    """Return what is wrong with a packet whose annex is signed like that."""
    return set(with_annex({"b.xml": enveloped(pen, modes=modes)}).judge(folder).finding.defects)


def first(signature: Element, name: str, namespace: str = DS) -> Element:
    """Return the first element of a name."""
    return next(signature.iter(f"{{{namespace}}}{name}"))


def to_content_as_properties(signature: Element) -> None:
    """Call the reference to the content one to properties."""
    first(signature, "Reference").set("Type", PROPERTIES)


def properties_as_content(signature: Element) -> None:
    """Leave out what the reference to the properties is to."""
    del signature[0][-1].attrib["Type"]


def to_itself(signature: Element) -> None:
    """Refer to the signature."""
    first(signature, "Reference").set("URI", "#chu-ky-1")


def to_its_value(signature: Element) -> None:
    """Refer to the value."""
    first(signature, "SignatureValue").set("Id", "gia-tri")
    first(signature, "Reference").set("URI", "#gia-tri")


def with_comments(signature: Element) -> None:
    """Keep comments in what is signed."""
    first(signature, "CanonicalizationMethod").set("Algorithm", f"{EXCLUSIVE}WithComments")


def with_parameters(signature: Element) -> None:
    """Give canonicalization a parameter."""
    etree.SubElement(first(signature, "CanonicalizationMethod"), f"{{{EXCLUSIVE}}}InclusiveNamespaces", PrefixList="x")


def more_in_signed_info(signature: Element) -> None:
    """Say more in SignedInfo."""
    add(signature[0], "SignatureProperty")


def more_in_the_signature(signature: Element) -> None:
    """Put another element into the signature."""
    add(signature, "KeyInfo")


def words_in_the_signature(signature: Element) -> None:
    """Write between its parts."""
    first(signature, "KeyInfo").tail = "da huy"


def words_beside_the_properties(signature: Element) -> None:
    """Write beside the properties in their Object."""
    first(signature, "Object").text = "da huy"


def words_in_key_info(signature: Element) -> None:
    """Say in KeyInfo what is not of the key."""
    etree.SubElement(first(signature, "KeyInfo"), "{http://example.vn/x}GhiChu").text = "da huy"


def properties_of_another(signature: Element) -> None:
    """Give the properties another signature's name."""
    first(signature, "QualifyingProperties", XADES).set("Target", "#khac")


def properties_elsewhere(signature: Element) -> None:
    """Point to properties in another file."""
    held = add(signature, "Object")
    etree.SubElement(held, f"{{{XADES}}}QualifyingPropertiesReference", URI="http://127.0.0.1:9/x")


def certificate_twice(signature: Element) -> None:
    """Name the certificate in two properties of one name."""
    named = first(signature, "SigningCertificateV2", XADES)
    named.addnext(etree.fromstring(etree.tostring(named)))
    resigned(signature)


REFUSED: list[tuple[Change, str]] = [
    (to_content_as_properties, "XML_REF_NOT_EXPECTED"),
    (properties_as_content, "XML_REF_NOT_EXPECTED"),
    (to_itself, "XML_REF_NOT_EXPECTED"),
    (to_its_value, "XML_REF_NOT_EXPECTED"),
    (with_comments, "XML_TRANSFORM_FORBIDDEN"),
    (with_parameters, "XML_TRANSFORM_FORBIDDEN"),
    (more_in_signed_info, "XML_REF_NOT_EXPECTED"),
    (more_in_the_signature, "XML_REF_NOT_EXPECTED"),
    (words_in_the_signature, "XML_REF_NOT_EXPECTED"),
    (words_beside_the_properties, "XML_REF_NOT_EXPECTED"),
    (words_in_key_info, "XML_REF_NOT_EXPECTED"),
    (properties_of_another, "XML_REF_NOT_EXPECTED"),
    (properties_elsewhere, "XML_REF_NOT_EXPECTED"),
    (certificate_twice, "FORMAT_FAILURE"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED, ids=[change.__name__ for change, _ in REFUSED])
def test_refused(change: Change, code: str, tmp_path: Path) -> None:
    """One thing each."""
    assert {code} == defects(seal(before=change), tmp_path)


def test_the_signature_within_must_be_left_out(tmp_path: Path) -> None:
    """A reference to all of the file, without enveloped-signature, is to what cannot be."""
    assert {"XML_TRANSFORM_FORBIDDEN"} == defects(seal(), tmp_path, modes=(EXCLUSIVE,))


def test_what_is_held_has_nothing_to_be_left_out(tmp_path: Path) -> None:
    """enveloped-signature takes the signature away, and with it the Object that is signed."""

    def leave_out(signature: Element) -> None:
        first(signature, "Transform").addprevious(etree.Element(f"{{{DS}}}Transform", Algorithm=ENVELOPED))

    seen = with_annex({"b.xml": enveloping(seal(before=leave_out))}).judge(tmp_path)
    assert {"XML_TRANSFORM_FORBIDDEN"} == set(seen.finding.defects)


def issued(serial: int) -> str:
    """Return IssuerSerialV2 of the agency's certificate, with this serial number."""
    own = asn1.Certificate.load(agency().certificate.public_bytes(Encoding.DER))
    name = asn1.GeneralName("directory_name", own.issuer).dump()
    names = b"\x30" + length_of(len(name)) + name
    body = names + Integer(serial).dump()
    return base64.b64encode(b"\x30" + length_of(len(body)) + body).decode()


@pytest.mark.parametrize(("serial", "expected"), [(1002, set()), (7, {"NO_SIGNING_CERTIFICATE_FOUND"})])
def test_issuer_and_serial_number(serial: int, expected: set[str], tmp_path: Path) -> None:
    """Where they are given they must be the certificate's."""

    def named(signature: Element) -> None:
        held = first(signature, "Cert", XADES)
        etree.SubElement(held, f"{{{XADES}}}IssuerSerialV2").text = issued(serial)
        resigned(signature)

    assert expected == defects(seal(before=named), tmp_path)


def test_the_policy_says_which_digests(tmp_path: Path) -> None:
    """Not every one that is known is allowed."""
    file = with_annex({"b.xml": enveloped(seal())})
    policy = file.reference.signature_policy
    assert policy is not None
    rules = tuple(
        replace(each, algorithms=replace(each.algorithms, digests=frozenset({"sha384"}))) for each in policy.rules
    )
    narrow = replace(file, reference=file.reference.with_value("signature_policy", replace(policy, rules=rules), "2"))

    assert "ALGO_WEAK" in narrow.judge(tmp_path).signatures[2].finding.defects


def test_a_claim_from_the_future_is_doubted(tmp_path: Path) -> None:
    """Only a warning, for it proves nothing anyway."""
    seen = with_annex({"b.xml": enveloped(seal(claimed_at=NOON + HOUR))}).judge(tmp_path)

    assert (PASSED, ("SIGNING_TIME_DOUBTFUL",)) == (verdict_of(seen), seen.signatures[2].finding.warnings)


def test_a_claim_without_a_zone_is_of_here(tmp_path: Path) -> None:
    """Some tools write local time."""
    local = (NOON - HOUR + timedelta(hours=7)).replace(tzinfo=None)

    seen = with_annex({"b.xml": enveloped(seal(claimed_at=local))}).judge(tmp_path)
    assert NOON - HOUR == seen.signatures[2].claimed_at


def test_a_file_of_too_many_is_not_judged_one_by_one() -> None:
    """Each costs a path."""
    many = several(*[{"a.docx": LETTER}] * 21, pens=(seal(),) * 21)

    assert 1 == judge_attachments([alone(many, "a.xml")], Scene().bench()).lost.found
