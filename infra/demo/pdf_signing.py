"""PDF signatures by pyHanko at a given moment, each an incremental update (PAdES, EN 319 142-1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from infra.pki import Credential, PrivateKey, sign_with
from infra.pki.issue import RSA_BITS

RESERVED = 8_192
"""Bytes kept for a CMS with chain and time-stamp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One signature to put under a document."""

    credential: Credential
    field: str
    at: datetime
    """Claimed signing time, and the time-stamp's where none other is given."""

    tsa: Credential | None = None
    """Adds an RFC 3161 token by this authority (RSA)."""

    stamped_at: datetime | None = None
    pades: bool = True
    """False: `adbe.pkcs7.detached`, what older signing tools write."""


class AtMoment(signers.PdfSigner):
    """A signer whose clock stands still."""

    moment: datetime

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002 - pyHanko's signature
    ) -> signers.pdf_signer.PdfSigningSession:
        """Begin a session at that moment."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session


class _OpenKey(signers.Signer):
    """Signs with a key that is loaded already: loading an RSA key costs ten times a signature."""

    key: PrivateKey

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: FBT001, FBT002 - pyHanko's signature
    ) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(digest_algorithm)
        return bytes(RSA_BITS // 8) if dry_run else sign_with(self.key, data)


def sign_pdf(pdf: bytes, hands: Sequence[Hand]) -> bytes:
    """Sign one after the other; not inside a running event loop (pyHanko starts its own)."""
    for hand in hands:
        pdf = _sign(pdf, hand)
    return pdf


def _sign(pdf: bytes, hand: Hand) -> bytes:
    signer = _OpenKey(
        signing_cert=certificate_of(hand.credential.certificate),
        cert_registry=store_of(hand.credential.chain),
    )
    signer.key = hand.credential.key
    subfilter = SigSeedSubFilter.PADES if hand.pades else SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    meta = signers.PdfSignatureMetadata(field_name=hand.field, md_algorithm="sha256", subfilter=subfilter)
    pdf_signer = AtMoment(
        meta, signer=signer, timestamper=stamper_of(hand.tsa, hand.stamped_at or hand.at) if hand.tsa else None
    )
    pdf_signer.moment = hand.at
    out = BytesIO()
    pdf_signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=2 * RESERVED, output=out)
    return out.getvalue()


def stamper_of(tsa: Credential, at: datetime | None) -> DummyTimeStamper:
    """Return a time-stamping authority whose clock stands still."""
    return DummyTimeStamper(tsa_cert=certificate_of(tsa.certificate), tsa_key=key_of(tsa), fixed_dt=at)


def store_of(certificates: Iterable[x509.Certificate]) -> SimpleCertificateStore:
    """Return certificates as pyHanko wants them for a chain."""
    store: SimpleCertificateStore = SimpleCertificateStore.from_certs(  # type: ignore[no-untyped-call] # pyHanko's
        [certificate_of(each) for each in certificates]
    )
    return store


def certificate_of(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """Return a certificate as asn1crypto has it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def key_of(credential: Credential) -> keys.PrivateKeyInfo:
    """Return a key as asn1crypto has it."""
    der = credential.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return keys.PrivateKeyInfo.load(der)
