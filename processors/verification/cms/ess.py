"""The signing-certificate attribute (RFC 2634, RFC 5035): which certificate the signer meant."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from cryptography.hazmat import asn1

from processors.verification.cms.der import decoded, der_of
from processors.verification.cms.structures import (
    EssCertificate,
    EssCertificateV2,
    SigningCertificate,
    SigningCertificateV2,
)
from processors.verification.defects import DefectError, NotStrictError
from processors.verification.trust.certificates import Certificate

SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
DIGESTS: Mapping[str, str] = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


def names(attributes: Mapping[str, asn1.TLV], certificate: Certificate) -> bool:
    """Tell whether the attribute is there; raise `DefectError` where it names another certificate."""
    newer, older = attributes.get(SIGNING_CERTIFICATE_V2), attributes.get(SIGNING_CERTIFICATE)
    if newer is None and older is None:
        return False
    if newer is not None:
        _compare(*_newer(der_of(newer)), certificate)
    if older is not None:  # where both are there, both must mean the same certificate
        _compare(_older(der_of(older)), "sha1", certificate)
    return True


def _compare(first: EssCertificate | EssCertificateV2, digest: str, certificate: Certificate) -> None:
    if hashlib.new(digest, certificate.der, usedforsecurity=False).digest() != first.value:
        raise DefectError("NO_SIGNING_CERTIFICATE_FOUND")
    named = first.issuer_serial
    if named is not None:
        same = named.serial == certificate.serial
        if not same or der_of(named.issuer.directory) != certificate.issuer_der:
            raise NotStrictError  # or spelt in another way: the general reader knows


@lru_cache(maxsize=1_024)
def _newer(der: bytes) -> tuple[EssCertificateV2, str]:
    listed = decoded(SigningCertificateV2, der).certificates
    digest = DIGESTS.get(listed[0].digest.algorithm.dotted_string) if listed and listed[0].digest else "sha256"
    if not listed or digest is None:
        raise NotStrictError
    return listed[0], digest


@lru_cache(maxsize=1_024)
def _older(der: bytes) -> EssCertificate:
    listed = decoded(SigningCertificate, der).certificates
    if not listed:
        raise NotStrictError
    return listed[0]
