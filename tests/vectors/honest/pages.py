"""Unsigned PDFs as offices have them, each written in another way; deterministic."""

import random
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO

import pikepdf
from PIL import Image

from infra.demo.pdf import FONT, PAGE, one_page

LINES = ["UY BAN NHAN DAN", "Noi dung: thu"]
PAGES: dict[str, Callable[[], bytes]] = {}


def page(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Register a kind of file under its function's name; each is made once."""
    kept = cache(make)
    PAGES[make.__name__] = kept
    return kept


def written(bodies: Sequence[bytes], *, trailer: bytes = b"", version: bytes = b"1.7", eol: bytes = b"\n") -> bytes:
    """Write objects 1, 2, … with a classic table; the first is the catalog."""
    out = bytearray(b"%PDF-" + version + eol + b"%\xe2\xe3\xcf\xd3" + eol)
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj" % number + eol + body + eol + b"endobj" + eol
    start = len(out)
    end = b" \n" if eol == b"\n" else b"\r\n"
    out += b"xref" + eol + b"0 %d" % (len(bodies) + 1) + eol + b"0000000000 65535 f" + end
    out += b"".join(b"%010d 00000 n" % offset + end for offset in offsets)
    out += b"trailer" + eol + b"<< /Size %d /Root 1 0 R %s >>" % (len(bodies) + 1, trailer) + eol
    return bytes(out + b"startxref" + eol + b"%d" % start + eol + b"%%EOF" + eol)


def stream(content: bytes, dictionary: bytes = b"") -> bytes:
    """Return a stream object's body."""
    return b"<< /Length %d %s >>\nstream\n" % (len(content), dictionary) + content + b"\nendstream"


TEXT = b"BT /F1 12 Tf 72 770 Td (UY BAN NHAN DAN) Tj ET"


def several(count: int, filling: int = 0) -> list[bytes]:
    """Return the objects of a document of some pages; `filling`: bytes that do not compress, as an embedded font is."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * each) for each in range(count))
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count), FONT]
    for each in range(count):
        number = 5 + 2 * each
        bodies += [
            PAGE.replace(b"/Contents 4 0 R", b"/Contents %d 0 R" % number).replace(b"5 0 R >> >>", b"3 0 R >> >>")
        ]
        bodies += [stream(TEXT + b"\n% " + random.Random(each).randbytes(filling).hex().encode())]
    return bodies


@page
def plain() -> bytes:
    """One page, one table."""
    return one_page(LINES)


@page
def three_pages() -> bytes:
    """Three pages, 200 kB."""
    return written(several(3, 33_000))


@page
def carriage_returns() -> bytes:
    """Line ends of Windows, version 1.4."""
    return written(several(1), version=b"1.4", eol=b"\r\n")


@page
def many_pages() -> bytes:
    """120 pages."""
    return written(several(120, 200))


@page
def with_information() -> bytes:
    """An information dictionary, a file identifier, strings with brackets and escapes."""
    info = rb"<< /Title (Cong van \(so 1\) (ban chinh)) /Producer (Office) /CreationDate (D:20261101080000+07'00') >>"
    return written(
        [*several(1), info],
        trailer=b"/Info 6 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]",
    )


@page
def with_metadata() -> bytes:
    """XMP metadata with a title."""
    xmp = (
        b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
        b'"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        b'xmlns:xmp="http://ns.adobe.com/xap/1.0/"><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Cong van</rdf:li></rdf:Alt></dc:title>'
        b'<xmp:CreateDate>2026-11-01T08:00:00+07:00</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
    bodies = several(1)
    bodies[0] = b"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R /Lang (vi) >>"
    return written([*bodies, stream(xmp, b"/Type /Metadata /Subtype /XML")])


@page
def with_links() -> bytes:
    """A page with a link; its annotations are an object of their own."""
    bodies = several(1)
    bodies[3] = bodies[3].replace(b"/Type /Page ", b"/Type /Page /Annots 6 0 R ")
    link = b"<< /Type /Annot /Subtype /Link /Rect [72 700 200 720] /Border [0 0 0] /A << /S /URI /URI (https://example.vn) >> >>"
    return written([*bodies, b"[7 0 R]", link])


@page
def with_text_fields() -> bytes:
    """A form with a text field."""
    bodies = several(1)
    bodies[0] = (
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /DA (/F1 12 Tf 0 g) /DR << /Font << /F1 3 0 R >> >> >> >>"
    )
    bodies[3] = bodies[3].replace(b"/Type /Page ", b"/Type /Page /Annots [6 0 R] ")
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (So) /V (12) /Rect [72 700 200 720] /P 4 0 R >>"
    return written([*bodies, field])


@page
def tagged() -> bytes:
    """A structure tree, as word processors write it."""
    bodies = several(1)
    bodies[0] = (
        b"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 6 0 R /ViewerPreferences << /DisplayDocTitle true >> >>"
    )
    return written(
        [
            *bodies,
            b"<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>",
            b"<< /Type /StructElem /S /Document /P 6 0 R >>",
            b"<< /Nums [] >>",
        ]
    )


@page
def edited_before() -> bytes:
    """A page whose text was replaced by an update before anybody signed."""
    out = BytesIO()
    from pyhanko.pdf_utils import generic  # noqa: PLC0415 - only here
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - only here

    writer = IncrementalPdfFileWriter(BytesIO(one_page(LINES)))
    kid = writer.root["/Pages"]["/Kids"].raw_get(0)
    kid.get_object()[generic.pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=TEXT))
    writer.mark_update(kid.reference)
    writer.write(out)  # type: ignore[no-untyped-call] # pyHanko's
    return out.getvalue()


def saved(pdf: bytes, **options: object) -> bytes:
    """Write a file again by qpdf."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.save(out, deterministic_id=True, **options)  # type: ignore[arg-type] # passed on
    return out.getvalue()


@page
def object_streams() -> bytes:
    """Objects in streams, a stream as the table."""
    return saved(written(several(12, 900)), object_stream_mode=pikepdf.ObjectStreamMode.generate, min_version="1.5")


@page
def linearized() -> bytes:
    """Written for the web: two tables, the first of them at the front."""
    return saved(written(several(6, 900)), linearize=True)


@page
def linearized_streams() -> bytes:
    """The same with objects in streams."""
    return saved(
        written(several(6, 900)),
        linearize=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        min_version="1.5",
    )


@page
def scanned() -> bytes:
    """Two scanned pages."""
    return _scans(2, 60_000)


@page
def scanned_large() -> bytes:
    """A scan of more than 20 MB."""
    return _scans(3, 7_200_000)


def _scans(count: int, size: int) -> bytes:
    bodies = several(count)
    for each in range(count):
        picture = BytesIO()
        chance = random.Random(each)
        Image.frombytes("L", (200, size // 200), chance.randbytes(size // 200 * 200)).save(picture, "JPEG", quality=95)
        data = picture.getvalue()
        bodies.append(
            stream(
                data,
                b"/Type /XObject /Subtype /Image /Width 200 /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
                % (size // 200),
            )
        )
        number = len(bodies)
        bodies[3 + 2 * each] = bodies[3 + 2 * each].replace(b"/Font", b"/XObject << /Im %d 0 R >> /Font" % number)
        bodies[4 + 2 * each] = stream(b"q 500 0 0 700 40 40 cm /Im Do Q")
    return written(bodies)


@page
def hybrid() -> bytes:
    """A table for old readers and a stream beside it for new ones, which shows an object that the table hides (§7.5.8.4)."""
    whole = written([*several(1), b"null"])
    start = whole.rindex(b"xref\n0 ")
    body = bytearray(whole[:start])
    packed = b"8 0 << /Extra (an) >>"
    container = len(body)
    body += b"6 0 obj\n" + stream(packed, b"/Type /ObjStm /N 1 /First 4") + b"\nendobj\n"
    rows = bytes([2, 0, 6, 0])
    beside = len(body)
    body += b"7 0 obj\n" + stream(rows, b"/Type /XRef /Size 9 /W [1 2 1] /Index [8 1]") + b"\nendobj\n"
    offsets = [whole.index(b"%d 0 obj" % number) for number in range(1, 6)]
    table = b"xref\n0 9\n0000000008 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % each for each in [*offsets, container, beside]
    )
    at = len(body)
    body += table + b"0000000000 00000 f \ntrailer\n<< /Size 9 /Root 1 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        beside,
        at,
    )
    return bytes(body)
