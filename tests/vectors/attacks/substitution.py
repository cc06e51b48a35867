"""Attacks on the signed message from outside: whose certificate it is, how it is encoded, and what certificates it brings (RFC 5652, X.690)."""

import hashlib
from dataclasses import replace

from asn1crypto import cms, core, tsp

from infra.demo.pdf_signing import certificate_of
from infra.pki import Credential, organization_name
from tests.vectors.attacks.messages import (
    HONEST,
    agency,
    attribute,
    names,
    one,
    page,
    person,
    without,
)
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.honest.java_hand import indefinite
from tests.vectors.scene import NOON, YEAR, authorities, rsa_key

SUBSTITUTION = "certificate substitution"

ENCODING = "encoding of the message"

CERTIFICATES = "certificates in the message"


@attack(SUBSTITUTION, "INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND", "NO_SIGNING_CERTIFICATE_FOUND")
def the_attribute_means_another_certificate(*, forged: bool) -> File:
    """sid -> agency; signingCertificateV2 -> person.

    INDETERMINATE, solely because the signer meant another certificate than the message names.
    """
    return one(
        forged=forged,
        attributes=lambda held: [*without("signing_certificate_v2", held), names(person().certificate)],
    )


@attack(SUBSTITUTION, "INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND", "NO_SIGNING_CERTIFICATE_FOUND")
def the_older_attribute_means_another_certificate(*, forged: bool) -> File:
    """sid -> agency; signingCertificateV2 -> agency; signingCertificate (RFC 2634) -> person; the twin's means the agency, too.

    INDETERMINATE, solely because two attributes of one signer mean two certificates.
    """
    meant = person() if forged else agency()
    digest = hashlib.sha1(certificate_of(meant.certificate).dump(), usedforsecurity=False).digest()
    older = attribute("signing_certificate", tsp.SigningCertificate({"certs": [{"cert_hash": digest}]}))
    return page(replace(HONEST, attributes=lambda held: [*held, older]))


def same_key_again() -> Credential:
    """Return a second certificate over the agency's key, with another agency's code."""
    return authorities()[1].issue(
        organization_name("Cơ quan khác", organ_id="000.00.05.H53"),
        not_before=NOON - YEAR,
        not_after=NOON + YEAR,
        key=rsa_key("agency"),
        serial=2_001,
    )


@attack(SUBSTITUTION, "INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND", "NO_SIGNING_CERTIFICATE_FOUND")
def another_certificate_of_the_same_key(*, forged: bool) -> File:
    """The message of certificate A (key k) with sid and certificate B (key k, another agency).

    INDETERMINATE, solely because the signed attribute means A: the value fits B's key as well.
    """
    other = same_key_again()
    return one(forged=forged, named=other.certificate, certificates=(other.certificate, *other.chain))


@attack(SUBSTITUTION, "INDETERMINATE/NO_SIGNING_CERTIFICATE_FOUND", "NO_SIGNING_CERTIFICATE_FOUND")
def the_signer_is_not_in_the_message(*, forged: bool) -> File:
    """certificates [ sub ].

    INDETERMINATE, solely because the signer's certificate is not there and nothing is fetched.
    """
    return one(forged=forged, certificates=agency().chain)


@attack(SUBSTITUTION, "TOTAL_FAILED/SIG_CRYPTO_FAILURE", "SIG_CRYPTO_FAILURE")
def signed_by_another_key(*, forged: bool) -> File:
    """certificates [ agency ]; the value is by the key of somebody else.

    TOTAL_FAILED, solely because the certificate shown is not of the key that signed.
    """
    other = replace(
        HONEST, credential=Credential(certificate=agency().certificate, key=rsa_key("thief"), chain=agency().chain)
    )
    return page(other if forged else HONEST)


@attack(ENCODING, BAD_FORM, "CONTENTS_TRAILING_DATA")
def bytes_behind_the_message(*, forged: bool) -> File:
    """Contents <[ ContentInfo ] 04 01 00 0000…>.

    TOTAL_FAILED, solely because more than zeros follow the value: room for a second message.
    """
    return one(forged=forged, spelt=lambda der: der + b"\x04\x01\x00")


@attack(ENCODING, BAD_FORM, "FORMAT_FAILURE")
def an_element_too_many(*, forged: bool) -> File:
    """ContentInfo [ signedData ][ content ][ OCTET STRING ].

    TOTAL_FAILED, solely because the outer sequence holds a third element.
    """

    def longer(der: bytes) -> bytes:
        assert der[:2] == b"\x30\x82"
        body = der[4:] + b"\x04\x01\x00"
        return b"\x30\x82" + len(body).to_bytes(2, "big") + body

    return one(forged=forged, spelt=longer)


@attack(ENCODING, BAD_FORM, "CONTENTS_TRAILING_DATA")
def bytes_behind_an_indefinite_length(*, forged: bool) -> File:
    """Contents <[ 30 80 … 00 00 ] 04 01 00 0000…>; the twin has 30 80 … 00 00 (BER) and nothing behind it.

    TOTAL_FAILED, solely because more than zeros follow the end of the value.
    """
    return page(replace(HONEST, spelt=lambda der: indefinite(der) + (b"\x04\x01\x00" if forged else b"")))


@attack(ENCODING, BAD_FORM, "CONTENTS_TRAILING_DATA")
def an_indefinite_length_without_end(*, forged: bool) -> File:
    """30 80 [ 30 80 … 01 FF 00 ]: an element that reaches over the end of the value; the twin has the end in its place.

    TOTAL_FAILED, solely because the value has no end.
    """

    def endless(der: bytes) -> bytes:
        spelt = indefinite(der)
        return spelt[:-2] + b"\x04\x83\xff\xff\xff" if forged else spelt

    return page(replace(HONEST, spelt=endless))


@attack(ENCODING, BAD_FORM, "FORMAT_FAILURE")
def an_indefinite_length_of_what_is_not_made_of_elements(*, forged: bool) -> File:
    """30 82 nnnn [ 06 80 signedData 00 00 ][ … ]; the twin has indefinite lengths where BER allows them.

    TOTAL_FAILED, solely because X.690 §8.1.3.2 leaves an object identifier no such length.
    """

    def opened(der: bytes) -> bytes:
        if not forged:
            return indefinite(der)
        body = b"\x06\x80" + der[6:15] + b"\x00\x00" + der[15:]
        return b"\x30\x82" + len(body).to_bytes(2, "big") + body

    return page(replace(HONEST, spelt=opened))


@attack(ENCODING, BAD_FORM, "FORMAT_FAILURE")
def a_length_longer_than_needed(*, forged: bool) -> File:
    """30 84 0000nnnn … (BER).

    TOTAL_FAILED, solely because the length is not written in its shortest form.
    """
    return one(forged=forged, spelt=lambda der: b"\x30\x84\x00\x00" + der[2:])


@attack(ENCODING, BAD_FORM, "FORMAT_FAILURE")
def another_kind_of_message(*, forged: bool) -> File:
    """ContentInfo [ envelopedData ][ … ].

    TOTAL_FAILED, solely because the message calls itself encrypted, not signed.
    """

    def renamed(der: bytes) -> bytes:
        old, new = (
            core.ObjectIdentifier("1.2.840.113549.1.7.2").dump(),
            core.ObjectIdentifier("1.2.840.113549.1.7.3").dump(),
        )
        return der.replace(old, new, 1)

    return one(forged=forged, spelt=renamed)


@attack(CERTIFICATES, "INDETERMINATE/POLICY_PROCESSING_ERROR", "RESOURCE_LIMIT")
def thirteen_certificates(*, forged: bool) -> File:
    """certificates [ agency, sub, 11 others ]; the twin has 10 others.

    INDETERMINATE, solely because there is one certificate more than the limit of twelve.
    """
    others = [same_name(number).certificate for number in range(11 if forged else 10)]
    held = (agency().certificate, *agency().chain, *others)
    return page(replace(HONEST, certificates=held), room=32_768)


def same_name(number: int, *, size: int = 0) -> Credential:
    """Return a further certificate; `size`: bytes that its name is blown up by."""
    return authorities()[1].issue(
        organization_name(f"{number}", organ_id="x" * size or "y"),
        not_before=NOON - YEAR,
        not_after=NOON + YEAR,
        key=rsa_key("agency"),
        serial=3_000 + number,
    )


@attack(CERTIFICATES, "INDETERMINATE/POLICY_PROCESSING_ERROR", "RESOURCE_LIMIT")
def seventy_kilobytes_of_certificates(*, forged: bool) -> File:
    """certificates [ agency, sub, one of 70 kB ]; the twin's third has 50 kB.

    INDETERMINATE, solely because the certificates are larger than 64 kB together.
    """
    third = same_name(1, size=70_000 if forged else 50_000)
    held = (agency().certificate, *agency().chain, third.certificate)
    return page(replace(HONEST, certificates=held), room=80_000)


@attack(CERTIFICATES, BAD_FORM, "FORMAT_FAILURE")
def a_certificate_that_is_none(*, forged: bool) -> File:
    """certificates [ agency, sub, SEQUENCE { 1 } ].

    TOTAL_FAILED, solely because a third certificate cannot be read.
    """

    def broken(signed: cms.SignedData) -> None:
        held = [each.dump() for each in signed["certificates"]]
        body = b"".join(held) + b"\x30\x03\x02\x01\x01"
        signed["certificates"] = cms.CertificateSet.load(b"\x31\x82" + len(body).to_bytes(2, "big") + body)

    return one(forged=forged, signed=broken)
