"""A view of a PDF in which each checked /Contents is a short marker: the parser reads structure, not a megabyte of hex.

The byte check has proved that the gap is one hexadecimal string; the marker in its place (same length, same offsets)
then proves that the /Contents which the parser sees is the string in that gap and no other.
"""

import re
from collections.abc import Iterable
from io import BytesIO

from processors.verification.pdf.byteranges import SignedRange

_LONG = re.compile(rb"<[0-9A-Fa-f\x00\t\n\f\r ]{512,}+")
MARK = b"lienthong gap %d"


class MaskedPdf(BytesIO):
    """The file with blanks behind each marker, which are skipped in one step: pyHanko reads byte by byte."""

    def __init__(self, pdf: bytes, ranges: Iterable[SignedRange]) -> None:
        copy = bytearray(pdf)
        self._jumps: dict[int, int] = {}
        for number, each in enumerate(ranges):
            shown = b"<" + marker(number).hex().encode() + b">"
            if each.contents and not each.reasons and len(shown) < each.resume - each.start:
                copy[each.start : each.resume] = shown.ljust(each.resume - each.start)
                self._jumps[each.start + len(shown) + 1] = each.resume
        self._read_to = 0
        super().__init__(bytes(copy))

    def digits(self) -> int:
        """Count what stands in long hexadecimal strings outside the masked gaps: pyHanko takes half a microsecond and a hundred bytes for each."""
        with self.getbuffer() as view:
            return sum(len(found[0]) for found in _LONG.finditer(view))

    def read(self, size: int | None = -1, /) -> bytes:
        """Read; one blank that begins a masked gap stands for all of them, but not to who goes backwards: he would not come out."""
        found = super().read(size)
        end = self.tell()
        forward, self._read_to = end - len(found) == self._read_to, end
        if forward and size == 1 and found == b" ":
            self._read_to = self.seek(self._jumps.get(end, end))
        return found


def marker(number: int) -> bytes:
    """Return what stands in the gap of the range with this number."""
    return MARK % number
