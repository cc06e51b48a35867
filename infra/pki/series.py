"""Which revocation lists succeed each other (RFC 5280 §5.2.3, §5.2.5): those of one issuer, one key and one part of its certificates.

An issuer may have several series at once: for distribution points of their own, for users or authorities only, in the name of
others (indirect), and, while its key is changed, under two keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SHOWN = 4
"""Bytes of a key's identifier that people are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What lists of one series have in common."""

    issuer: bytes
    """Name, DER."""

    key: bytes
    """The key that signed, by SHA-256, or what the list says of it (authorityKeyIdentifier)."""

    scope: bytes
    """Issuing distribution point; empty: every certificate of the issuer."""

    @property
    def sha256(self) -> str:
        """A name for files, lower-case hex."""
        parts = (self.issuer, self.key, self.scope)
        return sha256(b"".join(len(each).to_bytes(4, "big") + each for each in parts)).hexdigest()


def series_of(crl: x509.CertificateRevocationList, signer: x509.Certificate | None = None) -> Series:
    """Return a list's series; `signer`: whose key it was checked with. Raises what `cryptography` raises on malformed extensions."""
    key = key_of(signer) if signer else _identifier(crl)
    return Series(issuer=crl.issuer.public_bytes(), key=key, scope=_scope(crl))


def key_of(certificate: x509.Certificate) -> bytes:
    """Return a public key's SHA-256: a certificate that was made again over the same key changes nothing."""
    return sha256(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def point_of(crl: x509.CertificateRevocationList) -> x509.IssuingDistributionPoint | None:
    """Return what part of the issuer's certificates a list is for; None: all of them."""
    try:
        return crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return None


def in_words(crl: x509.CertificateRevocationList) -> str:
    """Say which series of its issuer a list belongs to, for people: key, addresses, kinds; empty: nothing tells it apart."""
    return ", ".join(_words(crl))


def _words(crl: x509.CertificateRevocationList) -> Iterator[str]:
    identifier = _key_identifier(crl)
    if identifier:
        yield f"key {identifier[:SHOWN].hex()}"
    point = point_of(crl)
    if point is None:
        return
    yield from sorted(str(each.value) for each in point.full_name or ())
    if point.relative_name:
        yield point.relative_name.rfc4514_string()
    for said, word in (
        (point.only_contains_user_certs, "users"),
        (point.only_contains_ca_certs, "authorities"),
        (point.only_contains_attribute_certs, "attributes"),
        (point.only_some_reasons, "some reasons"),
        (point.indirect_crl, "indirect"),
    ):
        if said:
            yield word


def _scope(crl: x509.CertificateRevocationList) -> bytes:
    """Encode the scope; the order in which its names are written says nothing."""
    point = point_of(crl)
    if point is None:
        return b""
    return x509.IssuingDistributionPoint(
        full_name=sorted(set(point.full_name), key=repr) if point.full_name else None,
        relative_name=point.relative_name,
        only_contains_user_certs=point.only_contains_user_certs,
        only_contains_ca_certs=point.only_contains_ca_certs,
        only_some_reasons=point.only_some_reasons,
        indirect_crl=point.indirect_crl,
        only_contains_attribute_certs=point.only_contains_attribute_certs,
    ).public_bytes()


def _key_identifier(crl: x509.CertificateRevocationList) -> bytes | None:
    held = _authority_key(crl)
    return held.key_identifier if held else None


def _identifier(crl: x509.CertificateRevocationList) -> bytes:
    held = _authority_key(crl)
    return (held.key_identifier or held.public_bytes()) if held else b""


def _authority_key(crl: x509.CertificateRevocationList) -> x509.AuthorityKeyIdentifier | None:
    try:
        return crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except x509.ExtensionNotFound:
        return None
