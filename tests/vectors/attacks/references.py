"""Attacks through what SignedInfo says: which bytes are meant, how they are turned about before hashing, and by which digest.

In each the agency itself signed the SignedInfo that is shown, and every digest that can be made fits: only the form is wrong.
"""

import base64
import copy
import hashlib

from infra.demo.xmldsig import canonical, sign_envelope
from tests.vectors.attacks.letters import (
    CONTENT_ID,
    Element,
    document,
    find,
    honest,
    in_signature,
    posted,
    reference_letter,
    signature,
    unsigned,
)
from tests.vectors.attacks.messages import agency
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM

TARGETS = "references to other places"
INVALID = "XML_SIGNATURE_INVALID"


def to(uri: str | None, *, forged: bool) -> File:
    """Return a packet whose first reference leads elsewhere."""

    def change(root: Element) -> None:
        reference = in_signature(root, "Reference")[0]
        if uri is None:
            del reference.attrib["URI"]
        else:
            reference.set("URI", uri)

    return reference_letter(change, forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_reference_to_the_network(*, forged: bool) -> File:
    """Reference URI="http://127.0.0.1:9/x".

    TOTAL_FAILED, solely because the bytes would be fetched: nothing ever is.
    """
    return to("http://127.0.0.1:9/x", forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_reference_to_a_file(*, forged: bool) -> File:
    """Reference URI="file:///etc/hostname".

    TOTAL_FAILED, solely because the reference leads into this machine.
    """
    return to("file:///etc/hostname", forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_reference_by_pointer(*, forged: bool) -> File:
    """Reference URI="#xpointer(id('envelope'))".

    TOTAL_FAILED, solely because the place is said by an expression.
    """
    return to("#xpointer(id('envelope'))", forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_reference_without_uri(*, forged: bool) -> File:
    """Reference without URI.

    TOTAL_FAILED, solely because what is meant is left to the reader.
    """
    return to(None, forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_reference_to_nowhere(*, forged: bool) -> File:
    """Reference URI="#nobody".

    TOTAL_FAILED, solely because no element has that Id.
    """
    return to("#nobody", forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_reference_to_a_leaf(*, forged: bool) -> File:
    """ToPlaces Id="leaf", Reference URI="#leaf" with its digest.

    TOTAL_FAILED, solely because a harmless element is signed in the envelope's stead: the digest fits.
    """

    def change(root: Element) -> None:
        leaf = find(root, "ToPlaces")
        leaf.set("Id", "leaf")
        reference = in_signature(root, "Reference")[0]
        reference.set("URI", "#leaf")
        digest = hashlib.sha256(canonical(leaf)).digest()
        in_signature(root, "DigestValue")[0].text = base64.b64encode(digest).decode()

    return reference_letter(change, forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def no_reference(*, forged: bool) -> File:
    """SignedInfo [ CanonicalizationMethod ][ SignatureMethod ].

    TOTAL_FAILED, solely because nothing is signed.
    """

    def change(root: Element) -> None:
        for each in in_signature(root, "Reference"):
            find(signature(root), "SignedInfo").remove(each)

    return reference_letter(change, forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def attachments_only(*, forged: bool) -> File:
    """SignedInfo [ Reference cid:… ].

    TOTAL_FAILED, solely because the envelope itself is not referred to.
    """
    return reference_letter(
        lambda root: find(signature(root), "SignedInfo").remove(in_signature(root, "Reference")[0]), forged=forged
    )


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED", INVALID)
def a_hundred_and_thirty_references(*, forged: bool) -> File:
    """SignedInfo [ Reference #envelope ][ Reference cid:… ] × 128.

    TOTAL_FAILED, solely because there are more references than attachments can be.
    """

    def change(root: Element) -> None:
        last = in_signature(root, "Reference")[1]
        for _ in range(128):
            last.addnext(copy.deepcopy(last))

    return reference_letter(change, forged=forged)


@attack(TARGETS, BAD_FORM, "XML_REF_NOT_EXPECTED")
def a_recall_beside_what_is_signed(*, forged: bool) -> File:
    """Header [ MessageHeader, signed ][ TraceHeaderList [ Bussiness: new -> recall ] ]; in the twin the envelope is signed.

    TOTAL_FAILED, solely because what the packet is to do was not signed: the policy requires a signature, and this is half of one.
    """
    if not forged:
        return posted(honest())
    root = unsigned()
    covered = find(root, "MessageHeader")
    covered.set("Id", "header")
    sign_envelope(covered, root[0][0], {CONTENT_ID: document()}, agency())
    find(root, "BussinessDocType").text = "1"
    find(root, "BussinessDocReason").text = "Thu hồi"
    return posted(root)


@attack(TARGETS, "TOTAL_FAILED/HASH_FAILURE", "ATTACHMENT_DIGEST_MISMATCH")
def an_attachment_named_twice(*, forged: bool) -> File:
    """Reference cid:a (digest of the file), Reference cid:a (digest of another file).

    TOTAL_FAILED, solely because the attachment is bound to two files.
    """

    def change(root: Element) -> None:
        last = in_signature(root, "Reference")[1]
        other = copy.deepcopy(last)
        find(other, "DigestValue").text = base64.b64encode(bytes(32)).decode()
        last.addprevious(other)

    return reference_letter(change, forged=forged)
