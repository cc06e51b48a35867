"""The elements of an XML signature, read strictly: one of each, nothing inside a value, no parameters of a transform."""

from dataclasses import dataclass
from typing import Protocol, cast

from lxml import etree

from processors.verification.defects import DefectError
from processors.verification.xmldsig.vocabulary import DIGESTS, DS, IDS

_VALUED = etree.XPath("//@*[. = $wanted]")
"""Every attribute with this value. libxml2 looks through all of them thirty times faster than through elements with a condition."""


class _Attribute(Protocol):
    """What lxml selects of an attribute."""

    attrname: str

    def getparent(self) -> etree._Element:
        """Return the element that has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One reference of SignedInfo."""

    uri: str
    digest_name: str
    digest_value: str
    """Base64 as written."""


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def one(parent: etree._Element, name: str, namespace: str = DS) -> etree._Element:
    """Return the one child with this name."""
    found = parent.findall(f"{{{namespace}}}{name}")
    if len(found) != 1:
        raise DefectError("FORMAT_FAILURE")
    return found[0]


def algorithm(element: etree._Element) -> str:
    """Return the algorithm that an element names."""
    return str(element.get("Algorithm") or "")


def text(element: etree._Element) -> str:
    """Return a value without its blanks."""
    if len(element):  # a comment or an element inside would hide a part of the value
        raise DefectError("FORMAT_FAILURE")
    return "".join((element.text or "").split())


def transforms(reference: etree._Element) -> tuple[str, ...]:
    """Return the transforms of a reference."""
    held = reference.find(f"{{{DS}}}Transforms")
    if held is None:
        return ()
    if any(local(each) != "Transform" or len(each) for each in held):
        raise DefectError("XML_TRANSFORM_FORBIDDEN")
    return tuple(algorithm(each) for each in held)


def digest_of(element: etree._Element) -> tuple[str, str]:
    """Return the digest that an element tells: its algorithm as `hashlib` names it, and its value in base64 as written."""
    name = DIGESTS.get(algorithm(one(element, "DigestMethod")))
    if name is None:
        raise DefectError("ALGO_WEAK")
    return name, text(one(element, "DigestValue"))


def reference_of(element: etree._Element) -> Reference:
    """Return what a reference says."""
    name, value = digest_of(element)
    return Reference(uri=element.get("URI") or "", digest_name=name, digest_value=value)


def answering_to(root: etree._Element, wanted: str) -> etree._Element:
    """Return the one element with this Id, whatever the attribute is called."""
    valued = cast("list[_Attribute]", _VALUED(root, wanted=wanted))
    named = [each.getparent() for each in valued if each.attrname in IDS]
    if len(named) > 1:
        raise DefectError("XML_DUPLICATE_ID")
    if not named:
        raise DefectError("XML_REF_NOT_EXPECTED")
    return named[0]
