"""Certificates and CRLs as values: an authority issues, a credential signs. After RFC 5280 and RFC 3161 §2.3."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
RSA_BITS = 2048
"""The least that TT 15/2025 allows."""


def new_key(kind: str = "ec") -> PrivateKey:
    """Make a key: `rsa` (RSA-2048, some 50 ms) or `ec` (P-256, at once)."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    return ec.generate_private_key(ec.SECP256R1())


def sign_with(key: PrivateKey, message: bytes) -> bytes:
    """Sign with SHA-256: PKCS#1 v1.5 for RSA, DER ECDSA for P-256."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def organization_name(name: str, *, organ_id: str = "") -> x509.Name:
    """Return the subject of an agency or an authority; `organ_id` goes into organizationIdentifier (2.5.4.97)."""
    return _name(common=name, organization=name, organ_id=organ_id)


def person_name(name: str, *, organization: str, organ_id: str) -> x509.Name:
    """Return the subject of a person who signs for an agency: surname and given name tell it from an agency's."""
    surname, _, given = name.partition(" ")
    own = [x509.NameAttribute(NameOID.SURNAME, surname), x509.NameAttribute(NameOID.GIVEN_NAME, given or surname)]
    return x509.Name([*_name(common=name, organization=organization, organ_id=organ_id), *own])


MAX_NAME = 64
"""RFC 5280, ub-common-name and ub-organization-name."""


def _name(*, common: str, organization: str, organ_id: str) -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:MAX_NAME]),
        x509.NameAttribute(NameOID.COMMON_NAME, common[:MAX_NAME]),
    ]
    if organ_id:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, organ_id))
    return x509.Name(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A certificate with its key, and the certificates between it and the anchor."""

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def pem(self) -> bytes:
        """Return key and certificates in one PEM file; keep it private."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return key + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (self.certificate, *self.chain))

    @classmethod
    def from_pem(cls, pem: bytes) -> "Credential":
        """Read what `pem` wrote."""
        key = serialization.load_pem_private_key(pem, None)
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            message = f"neither an RSA nor an EC key: {type(key).__name__}"
            raise TypeError(message)
        certificate, *chain = x509.load_pem_x509_certificates(pem)
        return cls(certificate=certificate, key=key, chain=tuple(chain))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a certificate may be used for."""

    ca: bool = False
    time_stamping: bool = False
    signing: bool = True
    """Without it, a leaf has no key usage that fits a document signature."""

    critical: bool = True
    """Of the extended key usage: RFC 3161 wants it critical."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A CA: issues certificates and revocation lists."""

    own: Credential
    root: bool = False
    usage: Usage = field(default_factory=lambda: Usage(ca=True))

    @classmethod
    def make_root(
        cls, name: str, *, not_before: datetime, not_after: datetime, key: PrivateKey | None = None
    ) -> "Authority":
        """Make a self-signed CA."""
        key = key or new_key("rsa")
        subject = organization_name(name)
        certificate = _certificate(
            subject,
            key,
            issuer=subject,
            issuer_key=key,
            usage=Usage(ca=True),
            not_before=not_before,
            not_after=not_after,
            serial=1,
        )
        return cls(own=Credential(certificate=certificate, key=key), root=True)

    def issue(
        self,
        subject: x509.Name,
        *,
        not_before: datetime,
        not_after: datetime,
        key: PrivateKey | None = None,
        serial: int | None = None,
        usage: Usage = Usage(),
    ) -> Credential:
        """Issue a certificate for `subject` (a new P-256 key unless one is given)."""
        key = key or new_key()
        certificate = _certificate(
            subject,
            key,
            issuer=self.own.certificate.subject,
            issuer_key=self.own.key,
            usage=usage,
            not_before=not_before,
            not_after=not_after,
            serial=serial or x509.random_serial_number(),
        )
        above = () if self.root else (self.own.certificate, *self.own.chain)
        return Credential(certificate=certificate, key=key, chain=above)

    def subordinate(
        self, name: str, *, not_before: datetime, not_after: datetime, key: PrivateKey | None = None
    ) -> "Authority":
        """Issue a CA certificate."""
        own = self.issue(
            organization_name(name),
            key=key or new_key("rsa"),
            usage=Usage(ca=True),
            not_before=not_before,
            not_after=not_after,
        )
        return Authority(own=own)

    def crl(
        self,
        *,
        number: int,
        this_update: datetime,
        next_update: datetime,
        revoked: Mapping[int, datetime] | None = None,
    ) -> bytes:
        """Issue a CRL (DER) listing serial -> revocation moment."""
        reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
        entries = [
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(moment)
            .add_extension(reason, critical=False)
            .build()
            for serial, moment in sorted((revoked or {}).items())
        ]
        builder = (
            x509.CertificateRevocationListBuilder(revoked_certificates=entries)  # one by one it copies them each time
            .issuer_name(self.own.certificate.subject)
            .last_update(this_update)
            .next_update(next_update)
            .add_extension(x509.CRLNumber(number), critical=False)
            .add_extension(_authority_key(self.own.key), critical=False)
        )
        return builder.sign(self.own.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _authority_key(key: PrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _key_usage(usage: Usage) -> x509.KeyUsage:
    leaf = usage.signing and not usage.ca
    return x509.KeyUsage(
        digital_signature=leaf,
        content_commitment=leaf and not usage.time_stamping,
        key_encipherment=not usage.ca and not usage.signing,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=usage.ca,
        crl_sign=usage.ca,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate(
    subject: x509.Name,
    key: PrivateKey,
    *,
    issuer: x509.Name,
    issuer_key: PrivateKey,
    usage: Usage,
    not_before: datetime,
    not_after: datetime,
    serial: int,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=usage.ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_authority_key(issuer_key), critical=False)
        .add_extension(_key_usage(usage), critical=True)
    )
    if usage.time_stamping:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=usage.critical
        )
    return builder.sign(issuer_key, hashes.SHA256())
