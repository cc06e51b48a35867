"""Attacks through transforms: how the bytes that are meant are turned about before they are hashed."""

from lxml import etree

from infra.demo.xmldsig import DS, EXCLUSIVE
from tests.vectors.attacks.letters import (
    Element,
    in_signature,
    reference_letter,
)
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM

INVALID = "XML_SIGNATURE_INVALID"
TRANSFORMS = "forbidden transforms"

W3 = "http://www.w3.org"

INCLUSIVE = f"{W3}/TR/2001/REC-xml-c14n-20010315"

ENVELOPED = f"{DS}enveloped-signature"


def transformed(*algorithms: str, inside: str = "", forged: bool) -> File:
    """Return a packet whose first reference has these transforms; `inside`: what stands in the first of them."""

    def change(root: Element) -> None:
        held = in_signature(root, "Transforms")[0]
        for each in list(held):
            held.remove(each)
        for number, algorithm in enumerate(algorithms):
            one = etree.SubElement(held, f"{{{DS}}}Transform", {"Algorithm": algorithm})
            if inside and not number:
                one.append(etree.fromstring(inside))

    return reference_letter(change, forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def xslt(*, forged: bool) -> File:
    """Transform xslt [ stylesheet that prints a constant ].

    TOTAL_FAILED, solely because a style sheet decides what is hashed: it is never run.
    """
    sheet = f'<s:stylesheet xmlns:s="{W3}/1999/XSL/Transform" version="1.0"/>'
    return transformed(f"{W3}/TR/1999/REC-xslt-19991116", EXCLUSIVE, inside=sheet, forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def an_xslt_without_a_sheet(*, forged: bool) -> File:
    """Transform xslt.

    TOTAL_FAILED, solely because of the algorithm's name.
    """
    return transformed(f"{W3}/TR/1999/REC-xslt-19991116", EXCLUSIVE, forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def xpath(*, forged: bool) -> File:
    """Transform xpath [ XPath: not(ancestor-or-self::To) ].

    TOTAL_FAILED, solely because the expression takes the recipients out of what is hashed.
    """
    chosen = f'<XPath xmlns="{DS}">not(ancestor-or-self::*[local-name()="To"])</XPath>'
    return transformed(f"{W3}/TR/1999/REC-xpath-19991116", EXCLUSIVE, inside=chosen, forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def xpath_filter(*, forged: bool) -> File:
    """Transform xmldsig-filter2.

    TOTAL_FAILED, solely because the filter chooses what is hashed.
    """
    return transformed(f"{W3}/2002/06/xmldsig-filter2", EXCLUSIVE, forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def base64_transform(*, forged: bool) -> File:
    """Transform base64.

    TOTAL_FAILED, solely because the text, not the element, would be hashed: elements in between would not count.
    """
    return transformed(f"{DS}base64", forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def enveloped_twice(*, forged: bool) -> File:
    """Transform enveloped-signature, enveloped-signature, exclusive C14N.

    TOTAL_FAILED, solely because the list is not one of the two that are understood.
    """
    return transformed(ENVELOPED, ENVELOPED, EXCLUSIVE, forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def enveloped_last(*, forged: bool) -> File:
    """Transform exclusive C14N, enveloped-signature.

    TOTAL_FAILED, solely because the order is turned about.
    """
    return transformed(EXCLUSIVE, ENVELOPED, forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def inclusive_with_comments(*, forged: bool) -> File:
    """Transform enveloped-signature, C14N 1.0 with comments.

    TOTAL_FAILED, solely because the canonical form is another one.
    """
    return transformed(ENVELOPED, f"{INCLUSIVE}#WithComments", forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def a_prefix_list(*, forged: bool) -> File:
    """Transform exclusive C14N [ InclusiveNamespaces PrefixList="#default" ] in first place.

    TOTAL_FAILED, solely because a parameter stands in the transform.
    """
    listed = f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="#default"/>'
    return transformed(EXCLUSIVE, inside=listed, forged=forged)


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def another_canonical_form_of_the_signature(*, forged: bool) -> File:
    """CanonicalizationMethod C14N 1.0.

    TOTAL_FAILED, solely because SignedInfo itself is to be read in another form.
    """
    return reference_letter(
        lambda root: in_signature(root, "CanonicalizationMethod")[0].set("Algorithm", INCLUSIVE), forged=forged
    )


@attack(TRANSFORMS, BAD_FORM, "XML_TRANSFORM_FORBIDDEN", INVALID)
def a_transform_of_an_attachment(*, forged: bool) -> File:
    """Reference cid:… [ Transform base64 ].

    TOTAL_FAILED, solely because an attachment is bound as it is, by no transform.
    """

    def change(root: Element) -> None:
        reference = in_signature(root, "Reference")[1]
        held = etree.Element(f"{{{DS}}}Transforms")
        etree.SubElement(held, f"{{{DS}}}Transform", {"Algorithm": f"{DS}base64"})
        reference.insert(0, held)

    return reference_letter(change, forged=forged)
