"""Vectors of the envelope signature: one template, wrapping in all its shapes, and what binds the attachments."""

import base64
import copy
import hashlib
from collections.abc import Callable

import pytest
from lxml import etree

from infra.demo.frame import Draft, frame
from infra.demo.xmldsig import DS, canonical, sign_envelope
from infra.pki import sign_with
from processors.verification.envelope.policy import weigh_envelope
from processors.verification.envelope.signature import judge_envelope
from processors.verification.packets import parse_frame
from schemas.edxml import Enclosed
from schemas.edxml.vocabulary import NS
from tests.vectors.scene import NOON, SENDER, Scene

SCENE = Scene()
BENCH = SCENE.bench()
FILE = b"what the attachment unpacks to"
DIGESTS = {"a1": hashlib.sha256(FILE).hexdigest()}
DRAFT = Draft(sender=SENDER, recipients=("000.00.05.H53",), number=7, at=NOON)


def packet(scene: Scene = SCENE) -> etree._Element:
    """Return a packet signed by the sending agency."""
    enclosed = Enclosed(content_id="a1", name="a.pdf", description="", encoded=base64.b64encode(FILE).decode())
    root = frame(DRAFT, {}, enclosed)
    sign_envelope(root[0], root[0][0], {"a1": FILE}, scene.agency())
    return root


def codes(root: etree._Element, scene: Scene = SCENE) -> set[str]:
    """Return the defects of the packet's envelope signature and binding, read from its bytes."""
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    xml, binding = judge_envelope(lambda: parse_frame(content), DIGESTS, scene.bench())
    assert xml is not None
    return {*xml.finding.defects, *binding.finding.defects}


def find(root: etree._Element, name: str) -> etree._Element:
    """Return the first element with this local name."""
    return next(each for each in root.iter(etree.Element) if etree.QName(each).localname == name)


def test_a_signed_envelope_passes_and_binds() -> None:
    """Ours: the envelope by its Id, each attachment by its digest."""
    content = etree.tostring(packet())
    xml, binding = judge_envelope(lambda: parse_frame(content), DIGESTS, BENCH)

    assert xml is not None
    assert ((), ("a1",), (SENDER,)) == (xml.finding.defects, binding.bound, xml.organ_ids)


def test_an_elliptic_key_signs_as_well() -> None:
    """ECDSA writes r and s, one after the other."""
    root = packet()
    header, envelope = root[0][0], root[0]
    header.remove(find(root, "Signature"))
    sign_envelope(envelope, header, {"a1": FILE}, SCENE.person())

    assert set() == codes(root)


def test_a_changed_recipient_breaks_it() -> None:
    """The header is covered."""
    root = packet()
    find(find(root, "To"), "OrganId").text = "000.21.31.H53"

    assert {"HASH_FAILURE"} == codes(root)


def test_another_file_breaks_the_binding() -> None:
    """The signed digest is another file's."""
    xml, binding = judge_envelope(packet, {"a1": "00" * 32}, BENCH)

    assert xml is not None
    assert ((), ("ATTACHMENT_DIGEST_MISMATCH",)) == (xml.finding.defects, binding.finding.defects)


def test_an_attachment_that_nobody_signed_is_said() -> None:
    """A second file that no reference names is not bound."""
    _, binding = judge_envelope(packet, {**DIGESTS, "a2": "00" * 32}, BENCH)

    assert (("a1",), ("a2",)) == (binding.bound, binding.unbound)


def test_attachments_lie_outside_the_signature() -> None:
    """The envelope may be judged without reading what is attached."""
    root = packet()
    find(root, "ContentTransferEncoded").text = "AAAA"

    assert set() == codes(root)


def wrapped_in_object(root: etree._Element) -> None:
    """Move the signed envelope into the signature, put a forged one in its place."""
    envelope, signature = root[0], find(root, "Signature")
    forged = copy.deepcopy(envelope)
    del forged.attrib["Id"]
    find(find(forged, "To"), "OrganId").text = "000.21.31.H53"
    envelope[0].remove(signature)
    root.replace(envelope, forged)
    inner = find(forged, "Signature")
    etree.SubElement(inner, f"{{{DS}}}Object").append(envelope)


def wrapped_as_brother(root: etree._Element) -> None:
    """Put a forged envelope before the signed one."""
    forged = copy.deepcopy(root[0])
    del forged.attrib["Id"]
    forged[0].remove(find(forged, "Signature"))
    root.insert(0, forged)


def wrapped_behind(root: etree._Element) -> None:
    """Put a forged envelope behind the signed one."""
    wrapped_as_brother(root)
    root.append(root[0])


def same_id_twice(root: etree._Element) -> None:
    """Give another element the Id of the signed one."""
    find(root, "edXMLBody").set("Id", "envelope")


def signature_elsewhere(root: etree._Element) -> None:
    """Move the signature out of the header."""
    find(root, "edXMLBody").append(find(root, "Signature"))


def two_signatures(root: etree._Element) -> None:
    """Repeat the signature."""
    find(root, "edXMLHeader").append(copy.deepcopy(find(root, "Signature")))


def reference_to_a_leaf(root: etree._Element) -> None:
    """Sign a harmless element only."""
    find(root, "ToPlaces").set("Id", "leaf")
    find(root, "Reference").getroottree()
    next(root.iter(f"{{{DS}}}Reference")).set("URI", "#leaf")


def external_reference(root: etree._Element) -> None:
    """Refer to the network."""
    next(root.iter(f"{{{DS}}}Reference")).set("URI", "http://127.0.0.1:9/x")


def no_reference(root: etree._Element) -> None:
    """Sign nothing of the packet."""
    info = find(root, "SignedInfo")
    info.remove(next(root.iter(f"{{{DS}}}Reference")))


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        (wrapped_in_object, "XML_REF_NOT_EXPECTED"),
        (wrapped_as_brother, "XML_REF_NOT_EXPECTED"),
        (wrapped_behind, "XML_REF_NOT_EXPECTED"),
        (same_id_twice, "XML_DUPLICATE_ID"),
        (signature_elsewhere, "XML_REF_NOT_EXPECTED"),
        (two_signatures, "XML_REF_NOT_EXPECTED"),
        (reference_to_a_leaf, "XML_REF_NOT_EXPECTED"),
        (external_reference, "XML_REF_NOT_EXPECTED"),
        (no_reference, "XML_REF_NOT_EXPECTED"),
    ],
)
def test_wrapping_is_refused_whatever_the_policy(attack: Callable[[etree._Element], None], expected: str) -> None:
    """A reference that another reader might resolve elsewhere is an attack, also where the policy only warns."""
    root = packet()
    attack(root)
    content = etree.tostring(root)
    xml, binding = judge_envelope(lambda: parse_frame(content), DIGESTS, BENCH)

    assert expected in weigh_envelope(xml, binding, SENDER, BENCH.rule).defects


def resigned(root: etree._Element) -> None:
    """Sign the changed SignedInfo again, so that only the template can object."""
    find(root, "SignatureValue").text = base64.b64encode(
        sign_with(SCENE.agency().key, canonical(find(root, "SignedInfo")))
    ).decode()


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
    ],
)
def test_other_transforms_are_forbidden(algorithm: str) -> None:
    """XSLT and XPath decide what is signed: never run."""
    root = packet()
    list(root.iter(f"{{{DS}}}Transform"))[1].set("Algorithm", algorithm)
    resigned(root)

    assert {"XML_TRANSFORM_FORBIDDEN"} == codes(root)


@pytest.mark.parametrize("name", ["xmldsig#rsa-sha1", "xmldsig#hmac-sha1"])
def test_weak_and_symmetric_methods_are_refused(name: str) -> None:
    """RSA-SHA1 is weak; an HMAC keyed with a public key proves nothing."""
    root = packet()
    find(root, "SignatureMethod").set("Algorithm", f"http://www.w3.org/2000/09/{name}")

    assert {"ALGO_WEAK"} == codes(root)


def test_a_key_without_a_path_proves_nothing() -> None:
    """KeyInfo alone is never trusted."""
    assert {"NO_CERTIFICATE_CHAIN_FOUND"} == codes(packet(), SCENE.with_(trusted=False))


def test_an_envelope_without_a_signature_is_none() -> None:
    """Optional on input."""
    root = packet()
    root[0][0].remove(find(root, "Signature"))
    xml, binding = judge_envelope(lambda: root, DIGESTS, BENCH)

    assert (None, ("a1",)) == (xml, binding.unbound)
    assert () == weigh_envelope(xml, binding, SENDER, BENCH.rule).defects


def test_another_agencys_envelope_is_only_noted_by_default() -> None:
    """The PDF signatures decide; the envelope's signer is reported."""
    content = etree.tostring(packet(SCENE.with_(organ_id="000.00.05.H53")))
    xml, binding = judge_envelope(lambda: parse_frame(content), DIGESTS, BENCH)
    finding = weigh_envelope(xml, binding, SENDER, BENCH.rule)

    assert ((), ("SIGNER_NOT_SENDER_AGENCY",)) == (finding.defects, finding.warnings)


def test_the_frame_is_ours() -> None:
    """The namespace of the composed packet is the standard's."""
    assert f"{{{NS}}}edXML" == packet().tag
