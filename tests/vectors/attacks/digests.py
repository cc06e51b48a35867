"""Attacks through digests of references, and through what canonical XML leaves out."""

import base64

from lxml import etree

from infra.demo.xmldsig import DS, SHA256
from tests.vectors.attacks.letters import (
    Element,
    divert,
    find,
    in_signature,
    letter,
    reference_letter,
)
from tests.vectors.attacks.transforms import W3
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM

INVALID = "XML_SIGNATURE_INVALID"
DIGESTS = "weak digests of references"

COMMENTS = "comments under canonicalisation"


def digested(algorithm: str, value: bytes, *, forged: bool) -> File:
    """Return a packet whose first digest is by another algorithm."""

    def change(root: Element) -> None:
        in_signature(root, "DigestMethod")[0].set("Algorithm", algorithm)
        in_signature(root, "DigestValue")[0].text = base64.b64encode(value).decode()

    return reference_letter(change, forged=forged)


@attack(DIGESTS, "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE", "ALGO_WEAK", INVALID)
def a_digest_of_md5(*, forged: bool) -> File:
    """DigestMethod md5.

    INDETERMINATE, solely because of MD5.
    """
    return digested(f"{W3}/2001/04/xmldsig-more#md5", bytes(16), forged=forged)


@attack(DIGESTS, "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE", "ALGO_WEAK", INVALID)
def a_digest_of_sha1(*, forged: bool) -> File:
    """DigestMethod sha1.

    INDETERMINATE, solely because of SHA-1.
    """
    return digested(f"{DS}sha1", bytes(20), forged=forged)


@attack(DIGESTS, BAD_FORM, "BAD_VALUE", alone="FORMAT_FAILURE")
def a_digest_hidden_by_a_comment(*, forged: bool) -> File:
    """DigestValue "AAAA"<!-- --> "BBBB".

    TOTAL_FAILED, solely because a reader that takes the first text takes another digest than one that takes all.
    """

    def change(root: Element) -> None:
        value = in_signature(root, "DigestValue")[0]
        comment = etree.Comment(" ")
        comment.tail, value.text = value.text, ""
        value.append(comment)

    return reference_letter(change, forged=forged)


@attack(DIGESTS, BAD_FORM, "FORMAT_FAILURE", INVALID)
def two_digests(*, forged: bool) -> File:
    """Reference [ DigestMethod ][ DigestValue ][ DigestMethod ][ DigestValue of another file ].

    TOTAL_FAILED, solely because a reference has two digests.
    """

    def change(root: Element) -> None:
        reference = in_signature(root, "Reference")[0]
        etree.SubElement(reference, f"{{{DS}}}DigestMethod", {"Algorithm": SHA256})
        etree.SubElement(reference, f"{{{DS}}}DigestValue").text = base64.b64encode(bytes(32)).decode()

    return reference_letter(change, forged=forged)


@attack(COMMENTS, BAD_FORM, "BAD_VALUE")
def a_comment_that_divides_a_value(*, forged: bool) -> File:
    """To/OrganId "000.00.05"<!-- -->".H53": canonical XML drops the comment, so the digest stays (Ludwig 2018).

    TOTAL_FAILED, solely because a reader that stops at the comment reads another recipient.
    """

    def change(root: Element) -> None:
        code = find(find(root, "To"), "OrganId")
        text = code.text or ""
        comment = etree.Comment(" ")
        code.text, comment.tail = text[:9], text[9:]
        code.append(comment)

    return letter(change, forged=forged)


@attack(COMMENTS, BAD_FORM, "BAD_VALUE", alone="HASH_FAILURE")
def an_instruction_that_divides_a_value(*, forged: bool) -> File:
    """To/OrganId "000.00.05"<?x?>".H53".

    TOTAL_FAILED, solely because an instruction belongs to what is hashed.
    """

    def change(root: Element) -> None:
        code = find(find(root, "To"), "OrganId")
        text = code.text or ""
        instruction = etree.ProcessingInstruction("x")
        code.text, instruction.tail = text[:9], text[9:]
        code.append(instruction)

    return letter(change, forged=forged)


@attack(COMMENTS, "TOTAL_FAILED/HASH_FAILURE", "HASH_FAILURE", INVALID)
def another_recipient(*, forged: bool) -> File:
    """To/OrganId exchanged after signing.

    TOTAL_FAILED, solely because the recipient is not the one that was signed.
    """
    return letter(divert, forged=forged)
