"""Who refers to an object is found out without reading most of them: nothing may hide a reference from that."""

import pytest

from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.users import users_of
from tests.vectors.attacks.paper import CATALOG, PAGES, SHEET
from tests.vectors.honest.pages import TEXT, stream, written

HIDDEN = {
    "plain": b"<< /A 20 0 R >>",
    "in a list": b"<< /A [1 20 0 R] /B << >> >>",
    "a list by itself": b"[20 0 R]",
    "blanks and line ends": b"<< /A 20\r\n0\tR >>",
    "leading zeros": b"<< /A 0020 0 R >>",
    "behind the end in a string": b"<< /A (>> endobj) /B 20 0 R >>",
    "behind the end in a comment": b"<< /A << >> % >>endobj\n /B 20 0 R >>",
    "behind a name like the end": b"<< /A << >> /endobj 20 0 R >>",
    "in a stream's dictionary": stream(b"x", b"/A 20 0 R"),
    "behind a string like a stream": b"<< /A (stream\n) /B 20 0 R >>",
    "behind four kilobytes": b"<< /A [" + b"1 " * 2_100 + b"] /B 20 0 R >>",
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_reference_is_found(how: str) -> None:
    """One object refers to number 20, written as the name says."""
    pdf = StrictPdf(written([CATALOG, PAGES, SHEET, stream(TEXT), b"<< /Type /Font >>", HIDDEN[how]]))

    assert 1 == users_of(pdf, pdf.last)[20]


def test_a_string_is_no_reference() -> None:
    """What only looks like a reference counts for nothing."""
    pdf = StrictPdf(written([CATALOG, PAGES, SHEET, stream(TEXT), b"<< /Type /Font >>", b"<< /A (20 0 R) >>"]))

    assert 0 == users_of(pdf, pdf.last)[20]
