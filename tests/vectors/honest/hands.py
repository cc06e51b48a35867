"""Ways in which offices sign, each a step from bytes to bytes; by pyHanko, with the scene's credentials."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import crl as asn1_crl
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign import signers
from pyhanko.sign.fields import (
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import TextStampStyle

from infra.demo.pdf_signing import AtMoment, certificate_of, key_of, stamper_of, store_of
from infra.pki import Credential
from tests.vectors.scene import Scene, authorities


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
    certify: MDPPerm | None = None
    lock: FieldMDPSpec | None = None
    digest: str = "sha256"
    separate_widget: bool = False
    existing: bool = False


def signed(pdf: bytes, way: Way) -> bytes:
    """Sign once."""
    signer = signers.SimpleSigner(
        signing_cert=certificate_of(way.credential.certificate),
        signing_key=key_of(way.credential),
        cert_registry=store_of(way.credential.chain),
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
            box=way.box,
            field_mdp_spec=way.lock,
            combine_annotation=not way.separate_widget,
        )
    style = None
    if way.box:
        style = TextStampStyle(stamp_text="Ký bởi: %(signer)s", background=picture() if way.picture else None)
    pdf_signer = AtMoment(
        meta,
        signer=signer,
        timestamper=stamper_of(way.tsa, way.stamped_at) if way.tsa else None,
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
    lists = scene.reference().crl
    assert lists is not None
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[certificate_of(each.own.certificate) for each in (root, sub)],
        crls=[asn1_crl.CertificateList.load(each.der) for each in lists.lists],
    )
    return _written(writer)


def with_document_stamp(pdf: bytes, scene: Scene, at: datetime) -> bytes:
    """Add a document time-stamp (PAdES B-LTA)."""
    writer, out = IncrementalPdfFileWriter(BytesIO(pdf)), BytesIO()
    maker = signers.PdfTimeStamper(stamper_of(scene.tsa(), at), field_name="DauThoiGian")
    maker.timestamp_pdf(writer, "sha256", bytes_reserved=16_384, output=out)
    return out.getvalue()


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call] # pyHanko's
    return out.getvalue()


def picture() -> PdfImage:
    """Return a seal as a picture."""
    image = Image.new("RGBA", (80, 80), (200, 0, 0, 90))
    return PdfImage(image, box=BoxConstraints(80, 80))
