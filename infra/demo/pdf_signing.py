"""PDF signatures by pyHanko at a given moment, each an incremental update (PAdES, EN 319 142-1)."""

from collections.abc import Sequence
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


class _AtMoment(signers.PdfSigner):
    """A signer whose clock stands still."""

    moment: datetime

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002 - pyHanko's signature
    ) -> signers.pdf_signer.PdfSigningSession:
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
    stamper = None
    if hand.tsa:
        stamper = DummyTimeStamper(
            tsa_cert=_certificate(hand.tsa.certificate), tsa_key=_key(hand.tsa), fixed_dt=hand.stamped_at or hand.at
        )
    signer = _OpenKey(
        signing_cert=_certificate(hand.credential.certificate),
        cert_registry=SimpleCertificateStore.from_certs(  # type: ignore[no-untyped-call] # pyHanko's
            [_certificate(each) for each in hand.credential.chain]
        ),
    )
    signer.key = hand.credential.key
    subfilter = SigSeedSubFilter.PADES if hand.pades else SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    meta = signers.PdfSignatureMetadata(field_name=hand.field, md_algorithm="sha256", subfilter=subfilter)
    pdf_signer = _AtMoment(meta, signer=signer, timestamper=stamper)
    pdf_signer.moment = hand.at
    out = BytesIO()
    pdf_signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=2 * RESERVED, output=out)
    return out.getvalue()


def _certificate(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _key(credential: Credential) -> keys.PrivateKeyInfo:
    der = credential.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return keys.PrivateKeyInfo.load(der)
