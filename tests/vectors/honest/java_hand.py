"""What PDFBox and Bouncy Castle write: the outer elements of a message with indefinite lengths (BER), and the fields that were there once more."""

import re
from collections.abc import Iterator

from processors.verification.cms.der import length_of
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import Ref
from tests.vectors.honest.old_hand import text

OUTER = frozenset({0x30, 0xA0})
"""Sequences and the places [0]; Bouncy Castle writes the set of signers as DER."""

LEVELS = 4
_GAP = re.compile(rb"/Contents <([0-9A-Fa-f]{512,})>")


def indefinite(der: bytes, levels: int = LEVELS) -> bytes:
    """Write the outer elements of a DER value with indefinite lengths."""
    return b"".join(_written(tag, held, levels) for tag, held in _elements(der))


def respelt(pdf: bytes) -> bytes:
    """Write the message of the last signature like that, in the place that it has."""
    *_, gap = _GAP.finditer(pdf)
    return pdf[: gap.start(1)] + _again(gap[1]) + pdf[gap.end(1) :]


def fields_again(objects: dict[Ref, bytes], read: StrictPdf, _: int) -> None:
    """Write every field that was there once more, as it was."""
    upto = read.last
    form = read.resolved(read.resolved(read.trailer(upto)["Root"], upto)["AcroForm"], upto)
    for each in read.resolved(form["Fields"], upto):
        objects[each] = text(read.resolved(each, upto))


def _again(digits: bytes) -> bytes:
    padded = bytes.fromhex(digits.decode())
    tag, held = next(_elements(padded))
    return indefinite(bytes([tag]) + length_of(len(held)) + held).hex().encode().ljust(len(digits), b"0")


def _written(tag: int, held: bytes, levels: int) -> bytes:
    if levels and tag in OUTER:
        return bytes([tag, 0x80]) + indefinite(held, levels - 1) + b"\x00\x00"
    return bytes([tag]) + length_of(len(held)) + held


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(der):
        octets = der[at + 1] & 0x7F if der[at + 1] & 0x80 else 0
        start = at + 2 + octets
        size = int.from_bytes(der[at + 2 : start], "big") if octets else der[at + 1]
        yield der[at], der[start : start + size]
        at = start + size
