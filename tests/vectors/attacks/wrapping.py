"""XML signature wrapping: what was signed is moved, and what a reader takes lies elsewhere (McIntosh and Austel 2005, Somorovsky 2012).

Each shape leaves the signature value good for a verifier that looks the element up by its Id. The envelope goes to another recipient.
"""

import copy

from lxml import etree

from infra.demo.xmldsig import DS
from schemas.edxml.vocabulary import NS
from tests.vectors.attacks.letters import THIEF, Element, divert, find, letter, signature
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM

WRAPPING = "XML signature wrapping"
INVALID = "XML_SIGNATURE_INVALID"
"""The summary beside each code of an envelope's signature."""


def _forged(root: Element, *, signed_id: str = "") -> Element:
    """Return a copy of the envelope that goes to somebody else, under another Id or none."""
    copied = copy.deepcopy(root[0])
    divert(copied)
    del copied.attrib["Id"]
    if signed_id:
        copied.set("Id", signed_id)
    return copied


def _into_object(root: Element) -> None:
    envelope = root[0]
    forged = _forged(root)
    envelope[0].remove(signature(envelope))
    root.replace(envelope, forged)
    etree.SubElement(signature(forged), f"{{{DS}}}Object").append(envelope)


@attack(WRAPPING, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def inside_the_signature(*, forged: bool) -> File:
    """edXML [ envelope to thief [ header [ Signature [ Object [ envelope #envelope, signed ] ] ] ] ].

    TOTAL_FAILED, solely because the signed envelope stands inside the signature and not at its place.
    """
    return letter(_into_object, forged=forged)


def _into_wrapper(root: Element) -> None:
    envelope = root[0]
    forged = _forged(root)
    envelope[0].remove(signature(envelope))
    root.replace(envelope, forged)
    etree.SubElement(find(forged, "edXMLHeader"), "{urn:wrapper}Wrapper").append(envelope)


@attack(WRAPPING, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def inside_a_wrapper_in_the_header(*, forged: bool) -> File:
    """edXML [ envelope to thief [ header [ Signature ][ Wrapper [ envelope #envelope, signed ] ] ] ].

    TOTAL_FAILED, solely because the signed envelope stands in an element that readers skip.
    """
    return letter(_into_wrapper, forged=forged)


def _before(root: Element) -> None:
    forged = _forged(root)
    forged[0].remove(signature(forged))
    root.insert(0, forged)


@attack(WRAPPING, BAD_FORM, "BAD_VALUE", alone="XML_REF_NOT_EXPECTED")
def a_brother_before(*, forged: bool) -> File:
    """edXML [ envelope to thief ][ envelope #envelope, signed ].

    TOTAL_FAILED, solely because a reader that takes the first envelope takes the wrong one.
    """
    return letter(_before, forged=forged)


def _behind(root: Element) -> None:
    forged = _forged(root)
    forged[0].remove(signature(forged))
    root.insert(1, forged)


@attack(WRAPPING, BAD_FORM, "BAD_VALUE", alone="XML_REF_NOT_EXPECTED")
def a_brother_behind(*, forged: bool) -> File:
    """edXML [ envelope #envelope, signed ][ envelope to thief ].

    TOTAL_FAILED, solely because a reader that takes the last envelope takes the wrong one.
    """
    return letter(_behind, forged=forged)


def _around(root: Element) -> None:
    envelope = root[0]
    forged = _forged(root)
    forged[0].remove(signature(forged))
    root.replace(envelope, forged)
    forged.append(envelope)


@attack(WRAPPING, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def an_ancestor_around(*, forged: bool) -> File:
    """edXML [ envelope to thief [ header ][ envelope #envelope, signed [ header [ Signature ] ] ] ].

    TOTAL_FAILED, solely because a forged envelope was put around the signed one.
    """
    return letter(_around, forged=forged)


def _into_body(root: Element) -> None:
    envelope = root[0]
    forged = _forged(root)
    moved = signature(envelope)
    envelope[0].remove(moved)
    forged[0].remove(signature(forged))
    forged[0].append(moved)
    root.replace(envelope, forged)
    find(forged, "edXMLBody").append(envelope)


@attack(WRAPPING, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def inside_the_body(*, forged: bool) -> File:
    """edXML [ envelope to thief [ header [ Signature ] ][ body [ envelope #envelope, signed ] ] ].

    TOTAL_FAILED, solely because the signed envelope was moved into the body.
    """
    return letter(_into_body, forged=forged)


def _another_root(root: Element) -> None:
    envelope = root[0]
    forged = _forged(root)
    forged[0].remove(signature(forged))
    root.replace(envelope, forged)
    etree.SubElement(root, "{urn:wrapper}Wrapper").append(envelope)


@attack(WRAPPING, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def beside_the_envelope(*, forged: bool) -> File:
    """edXML [ envelope to thief ][ attachments ][ Wrapper [ envelope #envelope, signed [ … Signature ] ] ].

    TOTAL_FAILED, solely because signature and signed envelope stand together where nobody reads.
    """
    return letter(_another_root, forged=forged)


def _second_header(root: Element) -> None:
    header = find(root, "MessageHeader")
    forged = copy.deepcopy(header)
    find(find(forged, "To"), "OrganId").text = THIEF
    outer = etree.Element("{urn:wrapper}Object")
    outer.append(forged)
    signature(root).append(outer)


@attack(WRAPPING, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_header_inside_the_signature(*, forged: bool) -> File:
    """envelope [ header [ MessageHeader, signed ][ Signature [ Object [ MessageHeader to thief ] ] ] ].

    TOTAL_FAILED, solely because the signature itself, which nothing covers, carries a header that a search by name finds.
    """
    return letter(_second_header, forged=forged)


def _other_namespace(root: Element) -> None:
    forged = _forged(root)
    forged[0].remove(signature(forged))
    for each in forged.iter(etree.Element):
        each.tag = each.tag.replace(NS, "http://www.e-doc.vn/Schema/")
    root.insert(0, forged)


@attack(WRAPPING, BAD_FORM, "BAD_VALUE", alone="XML_REF_NOT_EXPECTED")
def a_brother_of_another_namespace(*, forged: bool) -> File:
    """edXML [ old:edXMLEnvelope to thief ][ edXML:edXMLEnvelope #envelope, signed ].

    TOTAL_FAILED, solely because a reader that knows local names only takes the wrong envelope.
    """
    return letter(_other_namespace, forged=forged)


def _two_signatures(root: Element) -> None:
    find(root, "edXMLHeader").append(copy.deepcopy(signature(root)))


@attack(WRAPPING, BAD_FORM, "BAD_VALUE", alone="XML_REF_NOT_EXPECTED")
def two_signatures(*, forged: bool) -> File:
    """header [ Signature ][ Signature ].

    TOTAL_FAILED, solely because there are two, though both hold: which one counts is a matter of taste.
    """
    return letter(_two_signatures, forged=forged)


def _moved_signature(root: Element) -> None:
    find(root, "edXMLBody").append(signature(root))


@attack(WRAPPING, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def the_signature_in_the_body(*, forged: bool) -> File:
    """envelope [ header ][ body [ Signature ] ].

    TOTAL_FAILED, solely because the signature stands at another place, though the digest without it is the same.
    """
    return letter(_moved_signature, forged=forged)


@attack(WRAPPING, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_signature_around_the_packet(*, forged: bool) -> File:
    """edXML [ envelope [ header ] ][ attachments ][ Signature ].

    TOTAL_FAILED, solely because the signature lies outside the envelope.
    """
    return letter(lambda root: root.append(signature(root)), forged=forged)
