"""Attacks through the signature method: what is taken for a key, and what for a signature."""

import base64
import hmac

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.demo.xmldsig import canonical, sign_envelope
from tests.vectors.attacks.letters import (
    CONTENT_ID,
    Element,
    divert,
    document,
    find,
    in_signature,
    letter,
    posted,
    reference_letter,
    signature,
    unsigned,
)
from tests.vectors.attacks.messages import agency
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_VALUE

INVALID, UNTRUSTED = "XML_SIGNATURE_INVALID", "XML_SIGNER_UNTRUSTED"
CONFUSION = "key confusion"


def keyed(secret: bytes, name: str, *, forged: bool) -> File:
    """Return a packet for somebody else whose value is a MAC under something that everybody knows."""

    def change(root: Element) -> None:
        divert(root[0])
        root[0][0].remove(signature(root))
        sign_envelope(root[0], root[0][0], {CONTENT_ID: document()}, agency())
        in_signature(root, "SignatureMethod")[0].set("Algorithm", f"http://www.w3.org/2001/04/xmldsig-more#{name}")
        mac = hmac.digest(secret, canonical(find(signature(root), "SignedInfo")), "sha256")
        in_signature(root, "SignatureValue")[0].text = base64.b64encode(mac).decode()

    return letter(change, forged=forged)


def public(encoding: Encoding) -> bytes:
    """Return the agency's public key, which everybody has."""
    return agency().key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


@attack(CONFUSION, "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE", "ALGO_WEAK", INVALID)
def a_mac_under_the_public_key(*, forged: bool) -> File:
    """SignatureMethod hmac-sha256, secret = the agency's public key (DER).

    INDETERMINATE, solely because a MAC under a public key is anybody's.
    """
    return keyed(public(Encoding.DER), "hmac-sha256", forged=forged)


@attack(CONFUSION, "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE", "ALGO_WEAK", INVALID)
def a_mac_under_the_public_key_as_text(*, forged: bool) -> File:
    """SignatureMethod hmac-sha256, secret = the agency's public key (PEM).

    INDETERMINATE, solely because a MAC under a public key is anybody's.
    """
    return keyed(public(Encoding.PEM), "hmac-sha256", forged=forged)


@attack(CONFUSION, BAD_VALUE, "SIG_CRYPTO_FAILURE", INVALID)
def a_mac_that_calls_itself_a_signature(*, forged: bool) -> File:
    """SignatureMethod rsa-sha256, value = a MAC under the agency's public key.

    TOTAL_FAILED, solely because the value is no RSA signature.
    """
    return keyed(public(Encoding.DER), "rsa-sha256", forged=forged)


def by_method(name: str, *, forged: bool) -> File:
    """Return a packet that names another method."""
    return reference_letter(lambda root: in_signature(root, "SignatureMethod")[0].set("Algorithm", name), forged=forged)


@attack(CONFUSION, BAD_VALUE, "SIG_CRYPTO_FAILURE", INVALID)
def an_elliptic_method_with_an_rsa_key(*, forged: bool) -> File:
    """SignatureMethod ecdsa-sha256 beside an RSA certificate.

    TOTAL_FAILED, solely because method and key are of two kinds.
    """
    return by_method("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", forged=forged)


@attack(CONFUSION, "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE", "ALGO_WEAK", INVALID)
def rsa_with_sha1(*, forged: bool) -> File:
    """SignatureMethod rsa-sha1.

    INDETERMINATE, solely because of SHA-1.
    """
    return by_method("http://www.w3.org/2000/09/xmldsig#rsa-sha1", forged=forged)


@attack(CONFUSION, "INDETERMINATE/CRYPTO_CONSTRAINTS_FAILURE", "ALGO_WEAK", INVALID)
def a_method_that_nobody_knows(*, forged: bool) -> File:
    """SignatureMethod urn:none.

    INDETERMINATE, solely because the method is unknown: none is not taken for "nothing to check".
    """
    return by_method("urn:none", forged=forged)


@attack(CONFUSION, BAD_VALUE, "SIG_CRYPTO_FAILURE", INVALID)
def an_empty_value(*, forged: bool) -> File:
    """SignatureValue "".

    TOTAL_FAILED, solely because there is no value.
    """

    def change(root: Element) -> None:
        in_signature(root, "SignatureValue")[0].text = ""

    return letter(change, forged=forged)


@attack(CONFUSION, BAD_VALUE, "SIG_CRYPTO_FAILURE", INVALID)
def r_and_s_are_zero(*, forged: bool) -> File:
    """ECDSA value of 64 zero bytes by the competent person's certificate.

    TOTAL_FAILED, solely because zero fits nothing.
    """
    root = unsigned()
    from tests.vectors.attacks.messages import person  # noqa: PLC0415 - only here

    sign_envelope(root[0], root[0][0], {CONTENT_ID: document()}, person())
    if forged:
        in_signature(root, "SignatureValue")[0].text = base64.b64encode(bytes(64)).decode()
    return posted(root)
