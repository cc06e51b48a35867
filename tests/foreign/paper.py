"""A PDF written by hand and signed twice by incremental updates (`adbe.pkcs7.detached`), with no tool of ours."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from tests.foreign.house import House, Signer

ROOM = 12_000
"""Hexadecimal digits kept for a message."""

RANGE = b"[0 AAAAAAAAAA BBBBBBBBBB CCCCCCCCCC]"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    PAGE + b" >>",
)


def signed_paper(house: House, organ_id: str, text: str) -> bytes:
    """Return a page signed by the agency's official and then by the agency."""
    stream = b"BT (" + text.encode("ascii") + b") Tj ET"
    objects = [*OBJECTS, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)]
    pdf, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in offsets)
    pdf += table + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(pdf)
    for nth, person in enumerate((True, False)):
        pdf = _signed(pdf, nth, house.signer(organ_id, person=person), house.sub)
    return pdf


def _signed(pdf: bytes, nth: int, signer: Signer, above: Signer) -> bytes:
    before = pdf.rsplit(b"startxref\n", 1)[1].split(b"\n")[0]
    widget, value = 5 + 2 * nth, 6 + 2 * nth
    fields = b" ".join(b"%d 0 R" % each for each in range(5, widget + 1, 2))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [" + fields + b"] >> >>",
        3: PAGE + b" /Annots [" + fields + b"] >>",
        widget: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig%d) /F 132 /Rect [0 0 0 0] /P 3 0 R /V %d 0 R >>" % (nth, value),
        value: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange " + RANGE
        + b" /Contents <" + b"0" * ROOM + b"> >>",
    }  # fmt: skip
    table = b"xref\n"
    for number, body in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n" % (value + 1, before, len(pdf))
    pdf += table + trailer
    begin = pdf.rindex(b"/Contents <" + b"0" * ROOM) + len(b"/Contents ")
    end = begin + ROOM + 2
    covered = b"[0 %d %d %d]" % (begin, end, len(pdf) - end)
    pdf = pdf.replace(RANGE, covered + b" " * (len(RANGE) - len(covered)))
    message = (
        PKCS7SignatureBuilder()
        .set_data(pdf[:begin] + pdf[end:])
        .add_signer(signer.certificate, signer.key, hashes.SHA256())
        .add_certificate(above.certificate)
        .sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoCapabilities])
    )
    return pdf[: begin + 1] + message.hex().encode().ljust(ROOM, b"0") + pdf[end - 1 :]
