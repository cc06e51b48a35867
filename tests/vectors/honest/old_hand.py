"""A signing tool of its own, as older ones write: catalog, form, page and information are written again, the CMS is plain PKCS#7."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7

from infra.pki import Credential
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import Hex, Name, Ref
from tests.vectors.honest.pages import stream

RESERVED = 6_000
ROOM = 9
"""Numbers kept for the objects of an update."""

PLACE = b"/ByteRange [0 0000000000 0000000000 0000000000]"


def text(value: object) -> bytes:
    """Write a value as PDF has it."""
    if isinstance(value, dict):
        return (
            b"<< " + b" ".join(b"/" + key.encode("latin-1") + b" " + text(each) for key, each in value.items()) + b" >>"
        )
    if isinstance(value, list):
        return b"[" + b" ".join(map(text, value)) + b"]"
    return next(write(value) for kind, write in WRITTEN if isinstance(value, kind))


WRITTEN: tuple[tuple[type, Callable[[Any], bytes]], ...] = (
    (Ref, lambda value: b"%d %d R" % value),
    (Name, lambda value: b"/" + value.encode("latin-1")),
    (Hex, lambda value: b"<" + value.hex().encode() + b">"),
    (bytes, lambda value: b"(" + re.sub(rb"([()\\])", rb"\\\1", value) + b")"),
    (bool, lambda value: b"true" if value else b"false"),
    (object, lambda value: b"null" if value is None else str(value).encode()),
)


@dataclass(frozen=True, kw_only=True)
class Trick:
    """What a dishonest hand does besides signing."""

    objects: Callable[[dict[Ref, bytes], StrictPdf, int], None] = lambda *_: None
    """Changes the objects of the update; `free`: a number that nobody uses."""

    between: bytes = b""
    """Bytes that no table lists."""

    pointed: Mapping[int, int] = field(default_factory=dict)
    """Object -> an offset that the table gives for it."""

    freed: tuple[int, ...] = ()
    trailer: Mapping[str, object] = field(default_factory=dict)


NO_TRICK = Trick()


def signed(
    pdf: bytes,
    credential: Credential,
    name: bytes,
    moment: bytes,
    *,
    box: tuple[int, ...] = (0, 0, 0, 0),
    trick: Trick = NO_TRICK,
) -> bytes:
    """Sign once, with a classic table; `moment` as PDF writes it."""
    read = StrictPdf(pdf)
    trailer, upto = read.trailer(read.last), read.last
    root = trailer["Root"]
    catalog = dict(read.resolved(root, upto))
    size = trailer["Size"]
    form, widget, value, shown = (Ref(size + each, 0) for each in range(4))
    kept = catalog.get("AcroForm")
    held = dict(read.resolved(kept, upto) or {})
    fields = list(read.resolved(held.get("Fields"), upto) or [])
    form = kept if isinstance(kept, Ref) else form
    page = _first_page(read, read.resolved(catalog["Pages"], upto), catalog["Pages"])
    sheet = dict(read.resolved(page, upto))
    own = {
        "Type": Name("Annot"), "Subtype": Name("Widget"), "FT": Name("Sig"), "T": name, "V": value, "P": page, "F": 132,
        "Rect": list(box), "AP": {"N": shown}, "DR": {},
    }  # fmt: skip
    objects = {
        root: text({**catalog, "AcroForm": form}),
        form: text({**held, "Fields": [*fields, widget], "SigFlags": 3}),
        page: text({**sheet, "Annots": [*(read.resolved(sheet.get("Annots"), upto) or []), widget]}),
        widget: text(own),
        shown: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 100 100]"),
        value: b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached " + PLACE + b" /M (" + moment + b") /Contents <"
        + b"0" * (2 * RESERVED) + b"> >>",
    }  # fmt: skip
    info = trailer.get("Info")
    if info is not None:
        objects[info] = text({**read.resolved(info, upto), "ModDate": moment})
    trick.objects(objects, read, size + 4)
    return _closed(pdf, read, objects, credential, trick)


def _first_page(read: StrictPdf, node: dict[str, object], ref: Ref) -> Ref:
    kids = node.get("Kids")
    while isinstance(kids, list):
        ref = kids[0]
        kids = read.resolved(ref, read.last).get("Kids")
    return ref


def _closed(pdf: bytes, read: StrictPdf, objects: dict[Ref, bytes], credential: Credential, trick: Trick) -> bytes:
    out = bytearray(pdf if pdf.endswith(b"\n") else pdf + b"\n")
    rows: list[tuple[Ref, int]] = [(Ref(number, 0), offset) for number, offset in trick.pointed.items()]
    for ref, body in sorted(objects.items()):
        rows.append((ref, len(out)))
        out += b"%d %d obj\n" % ref + body + b"\nendobj\n"
    out += trick.between
    start = len(out)
    out += b"xref\n" + b"".join(b"%d 1\n0000000000 00001 f \n" % number for number in trick.freed)
    out += b"".join(b"%d 1\n%010d %05d n \n" % (ref.number, offset, ref.generation) for ref, offset in rows)
    trailer = {key: each for key, each in read.trailer(read.last).items() if key in ("Root", "Info", "ID")}
    out += (
        b"trailer\n"
        + text(
            {
                **trailer,
                "Size": read.trailer(read.last)["Size"] + ROOM,
                "Prev": read.sections[-1].start,
                **trick.trailer,
            }
        )
        + b"\nstartxref\n%d\n%%%%EOF\n" % start
    )
    begin = out.index(b"/Contents <" + b"0" * 64, len(pdf)) + len(b"/Contents ")
    resume = begin + 2 * RESERVED + 2
    numbers = b"/ByteRange [0 %010d %010d %010d]" % (begin, resume, len(out) - resume)
    at = out.index(PLACE, len(pdf))
    out[at : at + len(PLACE)] = numbers
    builder = pkcs7.PKCS7SignatureBuilder().set_data(bytes(out[:begin] + out[resume:]))
    builder = builder.add_signer(credential.certificate, credential.key, hashes.SHA256())
    for each in credential.chain:
        builder = builder.add_certificate(each)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
    der = builder.sign(serialization.Encoding.DER, options)
    out[begin + 1 : begin + 1 + 2 * len(der)] = der.hex().encode()
    return bytes(out)
