"""A small valid PDF of one page, written by hand (ISO 32000-1 §7.5), and a change that its signatures must notice."""

import unicodedata
from collections.abc import Sequence

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>"
LINE_HEIGHT = 20
MARK = b"Noi dung"
"""Begins the line that `tamper` changes."""


def one_page(lines: Sequence[str]) -> bytes:
    """Return a PDF of one A4 page with these lines, Vietnamese without its marks (a standard font has none)."""
    shown = b"".join(b"(" + _plain(line) + b") Tj 0 -%d Td " % LINE_HEIGHT for line in lines)
    content = b"BT /F1 12 Tf 72 770 Td " + shown + b"ET"
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
        FONT,
    ]
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(out)


def tamper(pdf: bytes) -> bytes:
    """Change one letter of the shown text; the file stays readable and its length the same."""
    at = pdf.index(MARK)
    return pdf[:at] + MARK.swapcase() + pdf[at + len(MARK) :]


def _plain(text: str) -> bytes:
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    ascii_text = bare.replace("đ", "d").replace("Đ", "D").encode("ascii", "replace")
    return ascii_text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
