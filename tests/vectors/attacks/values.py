"""Attacks with signature values at the edge of the mathematics (SEC 1, RFC 8017)."""

from dataclasses import replace
from typing import Any

from asn1crypto.core import OctetString
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from tests.vectors.attacks.messages import HONEST, agency, one, page, person
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_VALUE

VALUES = "signature values at the edge"


def _elliptic(change: Any) -> File:
    key = person().key
    assert isinstance(key, ec.EllipticCurvePrivateKey)

    def value(to_sign: bytes) -> bytes:
        signed: bytes = change(*decode_dss_signature(key.sign(to_sign, ec.ECDSA(hashes.SHA256()))))
        return signed

    return page(replace(HONEST, credential=person(), value=value))


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256's base point (SEC 2)."""


@attack(VALUES, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def r_and_s_are_zero(*, forged: bool) -> File:
    """ECDSA { r 0, s 0 } (CVE-2022-21449).

    TOTAL_FAILED, solely because zero fits every message where nobody looks.
    """
    return _elliptic(lambda r, s: encode_dss_signature(0, 0) if forged else encode_dss_signature(r, s))


@attack(VALUES, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def r_and_s_are_the_order(*, forged: bool) -> File:
    """ECDSA { r n, s n }: zero in disguise.

    TOTAL_FAILED, solely because both must be smaller than the order.
    """
    return _elliptic(lambda r, s: encode_dss_signature(ORDER, ORDER) if forged else encode_dss_signature(r, s))


@attack(VALUES, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def s_lies_beyond_the_order(*, forged: bool) -> File:
    """ECDSA { r, s + n }.

    TOTAL_FAILED, solely because the same number is written in another way.
    """
    return _elliptic(lambda r, s: encode_dss_signature(r, s + ORDER) if forged else encode_dss_signature(r, s))


@attack(VALUES, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def something_behind_r_and_s(*, forged: bool) -> File:
    """ECDSA { r, s } 05 00.

    TOTAL_FAILED, solely because the value has a tail.
    """
    return _elliptic(lambda r, s: encode_dss_signature(r, s) + (OctetString(b"x").dump() if forged else b""))


@attack(VALUES, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def a_value_of_zeros(*, forged: bool) -> File:
    """signature = 256 zero bytes (RSA).

    TOTAL_FAILED, solely because zero is no signature.
    """
    return one(forged=forged, value=lambda _: bytes(256))


@attack(VALUES, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def an_empty_value(*, forged: bool) -> File:
    """signature = nothing.

    TOTAL_FAILED, solely because there is no value.
    """
    return one(forged=forged, value=lambda _: b"")


@attack(VALUES, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def a_value_with_a_zero_before_it(*, forged: bool) -> File:
    """signature = 00 and the 256 bytes of the honest value.

    TOTAL_FAILED, solely because RFC 8017 §8.2.2 wants exactly as many bytes as the modulus has.
    """
    key = agency().key
    assert isinstance(key, rsa.RSAPrivateKey)
    return one(forged=forged, value=lambda to_sign: b"\0" + key.sign(to_sign, padding.PKCS1v15(), hashes.SHA256()))


@attack(VALUES, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def a_value_larger_than_the_modulus(*, forged: bool) -> File:
    """signature = s + n: the same residue.

    TOTAL_FAILED, solely because the number must be smaller than the modulus.
    """
    key = agency().key
    assert isinstance(key, rsa.RSAPrivateKey)

    def larger(to_sign: bytes) -> bytes:
        value = int.from_bytes(key.sign(to_sign, padding.PKCS1v15(), hashes.SHA256()), "big")
        return (value + key.public_key().public_numbers().n).to_bytes(257, "big")

    return one(forged=forged, value=larger)
