"""A page in one revision with one signature, whose message is whatever a function makes of the bytes covered; and updates behind it."""

from collections.abc import Callable, Mapping

from infra.demo.pdf import FONT, PAGE
from tests.vectors.honest.pages import TEXT, stream, written

PLACE = b"/ByteRange [0 0000000000 0000000000 0000000000]"
ROOM = 8_192
"""Bytes kept for the message."""

CATALOG = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /SigFlags 3 >> >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
SHEET = PAGE.replace(b"/Type /Page ", b"/Type /Page /Annots [6 0 R] ")
FIELD = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (CoQuan) /V 7 0 R /P 3 0 R /F 132 /Rect [0 0 0 0] >>"

Message = Callable[[bytes], bytes]
Numbers = Callable[[int, int, int], tuple[int, int, int, int]]
"""Makes the four numbers of where the gap begins, where it ends and how much is behind it."""


def honestly(begin: int, resume: int, length: int) -> tuple[int, int, int, int]:
    """Leave out the gap and nothing else."""
    return 0, begin, resume, length


def value(*, room: int = ROOM, subfilter: bytes = b"ETSI.CAdES.detached", more: bytes = b"") -> bytes:
    """Return a signature dictionary with its places."""
    head = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /" + subfilter + b" " + PLACE
    return head + b" /Contents <" + b"0" * (2 * room) + b">" + more + b" >>"


def bodies_of(*, room: int = ROOM, catalog: bytes = CATALOG, more: bytes = b"") -> list[bytes]:
    """Return the objects of the page, its signature not filled in."""
    return [catalog, PAGES, SHEET, stream(TEXT), FONT, FIELD, value(room=room, more=more)]


def signed_page(message: Message, *, room: int = ROOM) -> bytes:
    """Write the page and sign it."""
    return filled(written(bodies_of(room=room)), message, room=room)


def filled(pdf: bytes, message: Message, *, room: int = ROOM, numbers: Numbers = honestly) -> bytes:
    """Fill the last place kept for a signature; the signer signs what the numbers say, whatever that is."""
    out = bytearray(pdf)
    begin = out.rindex(b"/Contents <" + b"0" * 64) + len(b"/Contents ")
    resume = begin + 2 * room + 2
    first, start, behind, length = numbers(begin, resume, len(out) - resume)
    at = out.rindex(PLACE)
    out[at : at + len(PLACE)] = (b"/ByteRange [%d %010d %010d %d" % (first, start, behind, length)).ljust(
        len(PLACE) - 1
    ) + b"]"
    der = message(bytes(out[first : first + start] + out[behind : behind + length]))
    assert len(der) <= room, len(der)
    out[begin + 1 : begin + 1 + 2 * len(der)] = der.hex().encode()
    return bytes(out)


def appended(
    pdf: bytes, objects: Mapping[int, bytes], *, trailer: bytes = b"", size: int = 40, freed: tuple[int, ...] = ()
) -> bytes:
    """Append a revision with a classic table."""
    out, rows = bytearray(pdf), b""
    for number in freed:
        rows += b"%d 1\n0000000000 00001 f \n" % number
    for number, body in objects.items():
        rows += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    previous = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    start = len(out)
    out += (
        b"xref\n"
        + rows
        + b"trailer\n<< /Size %d /Root 1 0 R /Prev %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, previous, trailer, start)
    )
    return bytes(out)
