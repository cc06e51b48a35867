"""Ways in which offices sign, each a step from bytes to bytes; by pyHanko, with the scene's credentials."""

from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign import signers
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import StaticContentStamp, TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from infra.pki import Credential
from tests.vectors.scene import HOUR, Scene, authorities


@dataclass(frozen=True, kw_only=True)
class Way:
    """How one signature is made."""

    field: str
    credential: Credential
    at: datetime
    pades: bool = True
    pss: bool = False
    tsa: Credential | None = None
    stamped_at: datetime | None = None
    box: tuple[int, int, int, int] | None = None
    picture: bool = False
    page: int = 0
    certify: MDPPerm | None = None
    lock: FieldMDPSpec | None = None
    digest: str = "sha256"
    separate_widget: bool = False
    existing: bool = False


class _AtMoment(signers.PdfSigner):
    moment: datetime

    def init_signing_session(
        self,
        pdf_out: Any,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002 - pyHanko's signature
    ) -> signers.pdf_signer.PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.moment
        return session


def signed(pdf: bytes, way: Way) -> bytes:
    """Sign once."""
    signer = signers.SimpleSigner(
        signing_cert=certificate(way.credential.certificate),
        signing_key=key(way.credential),
        cert_registry=store(*way.credential.chain),
        prefer_pss=way.pss,
    )
    meta = signers.PdfSignatureMetadata(
        field_name=way.field,
        md_algorithm=way.digest,
        subfilter=SigSeedSubFilter.PADES if way.pades else SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
        certify=way.certify is not None,
        docmdp_permissions=way.certify or MDPPerm.FILL_FORMS,
        reason="Phê duyệt",
        location="Hà Nội",
    )
    spec = None
    if not way.existing:
        spec = SigFieldSpec(
            way.field,
            on_page=way.page,
            box=way.box,
            field_mdp_spec=way.lock,
            combine_annotation=not way.separate_widget,
        )
    style = None
    if way.box:
        style = TextStampStyle(stamp_text="Ký bởi: %(signer)s", background=picture() if way.picture else None)
    pdf_signer = _AtMoment(
        meta,
        signer=signer,
        timestamper=_stamper(way.tsa, way.stamped_at) if way.tsa else None,
        stamp_style=style,
        new_field_spec=spec,
    )
    pdf_signer.moment = way.at
    out = BytesIO()
    pdf_signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=16_384, output=out)
    return out.getvalue()


def with_empty_fields(pdf: bytes, *names: str) -> bytes:
    """Put empty signature fields on the first page, as a document system prepares them."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    for at, name in enumerate(names):
        append_signature_field(writer, SigFieldSpec(name, box=(60 + 200 * at, 60, 240 + 200 * at, 140)))
    return _written(writer)


def with_store(pdf: bytes, scene: Scene) -> bytes:
    """Add a document security store with chain and lists (PAdES B-LT)."""
    root, sub, _ = authorities()
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[certificate(each.own.certificate) for each in (root, sub)],
        crls=[asn1_crl.CertificateList.load(each.der) for each in (scene.reference().crl or _none()).lists],
    )
    return _written(writer)


def with_document_stamp(pdf: bytes, scene: Scene, at: datetime) -> bytes:
    """Add a document time-stamp (PAdES B-LTA)."""
    writer, out = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    maker = signers.PdfTimeStamper(_stamper(scene.tsa(), at), field_name="DauThoiGian")
    maker.timestamp_pdf(writer, "sha256", bytes_reserved=16_384, output=out)
    return out.getvalue()


def _none() -> Any:
    raise LookupError("the scene has no lists")


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call] # pyHanko's
    return out.getvalue()


def _stamper(tsa: Credential, at: datetime | None) -> DummyTimeStamper:
    """Return a time-stamping authority of our own."""
    return DummyTimeStamper(tsa_cert=certificate(tsa.certificate), tsa_key=key(tsa), fixed_dt=at)


def picture() -> PdfImage:
    """Return a seal as a picture."""
    image = Image.new("RGBA", (80, 80), (200, 0, 0, 90))
    return PdfImage(image, box=BoxConstraints(80, 80))


def certificate(each: Any) -> asn1_x509.Certificate:
    """Return a certificate as asn1crypto has it."""
    return asn1_x509.Certificate.load(each.public_bytes(serialization.Encoding.DER))


def store(*certificates: Any) -> SimpleCertificateStore:
    """Return a store of certificates."""
    made: SimpleCertificateStore = SimpleCertificateStore.from_certs([certificate(each) for each in certificates])  # type: ignore[no-untyped-call] # pyHanko's
    return made


def key(credential: Credential) -> keys.PrivateKeyInfo:
    """Return a key as asn1crypto has it."""
    der = credential.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return keys.PrivateKeyInfo.load(der)


__all__ = ["HOUR", "FieldMDPAction", "FieldMDPSpec", "MDPPerm", "StaticContentStamp", "Way", "replace", "signed"]
