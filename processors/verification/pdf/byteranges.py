"""Step 2, strict bytes: what each PDF signature covers, read from the raw file before any PDF parser sees it.

ISO 32000-1 §12.8.1 with nothing left to interpretation: `/ByteRange [0 a b c]`, the gap [a, b) is exactly `<hex>`,
hex is one DER value and zero padding, and a + c reach the end of the file or of a complete revision.
pyHanko compares lengths only, so a range hashed over part of the padding would leave the last bytes unsigned.
"""

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from processors.verification.cms.ber import INDEFINITE, LENGTH_OCTETS, definite
from processors.verification.defects import NotStrictError
from processors.verification.limits import MAX_CONTENTS, MAX_SIGNATURES
from processors.verification.pdf.syntax import WHITE

_RANGE = re.compile(
    rb"/ByteRange[\x00\t\n\f\r ]*\[[\x00\t\n\f\r ]*(\d{1,10})[\x00\t\n\f\r ]+(\d{1,10})[\x00\t\n\f\r ]+(\d{1,10})[\x00\t\n\f\r ]+(\d{1,10})[\x00\t\n\f\r ]*\]"
)
_NAME = b"/ByteRange"
_TAIL = re.compile(rb"%%EOF[\r\n \t]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRange:
    """One /ByteRange of the file with what is wrong with it."""

    start: int
    """End of the first part: where `<` of /Contents stands."""

    resume: int
    """Begin of the second part: one past `>`."""

    end: int
    """One past the last byte covered."""

    contents: bytes
    """The message as it is written, without its padding; empty if it could not be read."""

    reasons: tuple[str, ...]
    """Codes of the structure group; empty = sound."""

    @property
    def as_written(self) -> tuple[int, int, int, int]:
        """The four numbers."""
        return (0, self.start, self.resume, self.end - self.resume)


@dataclass(frozen=True, slots=True)
class SignedRanges:
    """All of a file's, in the order of what they cover."""

    ranges: tuple[SignedRange, ...]
    found: int
    """How often the name /ByteRange stands in the file: no signature may be left unjudged."""

    tail: int
    """Bytes after the last range that are more than white space; 0 = the last signature reaches the end of the file."""

    def matching(self, numbers: Sequence[int]) -> SignedRange | None:
        """Return the range with these four numbers, None if the file has no such."""
        return next((each for each in self.ranges if each.as_written == tuple(numbers)), None)

    @property
    def gaps(self) -> Mapping[int, int]:
        """Where each sound gap begins and ends: one hexadecimal string that need not be read again."""
        return {each.start: each.resume for each in self.ranges if not each.reasons}


def read_ranges(pdf: bytes) -> SignedRanges:
    """Find and judge every /ByteRange of the raw bytes."""
    named = list(_found(pdf))
    if len(named) > MAX_SIGNATURES:  # a hostile file shows one gap a hundred thousand times
        return SignedRanges((), len(named), 0)
    matches = [match for at in named if (match := _RANGE.match(pdf, at))]
    rough = [_judge(pdf, *(int(number) for number in match.groups())) for match in matches]
    rough.sort(key=lambda each: each.end)
    ranges = []
    reached = 0
    for each in rough:
        # RFC-less common sense: a later signature covers all of an earlier one, its /Contents included.
        collides = each.start < reached
        ranges.append(_with(each, "BYTERANGE_COLLISION") if collides else each)
        reached = max(reached, each.end)
    tail = len(pdf[reached:].strip(WHITE)) if ranges else 0
    return SignedRanges(tuple(ranges), len(named), tail)


def _found(pdf: bytes) -> Iterator[int]:
    """Yield where the name stands; a search for bytes is several times faster than one for a pattern."""
    at = pdf.find(_NAME)
    while at >= 0:
        yield at
        at = pdf.find(_NAME, at + len(_NAME))


def _with(found: SignedRange, reason: str) -> SignedRange:
    return SignedRange(
        start=found.start, resume=found.resume, end=found.end, contents=found.contents, reasons=(*found.reasons, reason)
    )


def _judge(pdf: bytes, zero: int, start: int, resume: int, length: int) -> SignedRange:
    end = resume + length
    reasons = []
    contents = b""
    if zero != 0 or not 0 < start < resume or end > len(pdf) or resume - start > 2 * MAX_CONTENTS + 2:
        reasons.append("BYTERANGE_INVALID")
    elif pdf[start : start + 1] != b"<" or pdf[resume - 1 : resume] != b">":
        reasons.append("GAP_NOT_CONTENTS")
    else:
        held = _unhexed(pdf[start + 1 : resume - 1])
        if held is None:
            reasons.append("GAP_NOT_CONTENTS")
        else:
            contents, padded = _message(held)
            if not padded:
                reasons.append("CONTENTS_TRAILING_DATA")
        if end != len(pdf) and not _TAIL.search(pdf[max(resume, end - 32) : end]):
            reasons.append("BYTERANGE_INVALID")
    return SignedRange(start=start, resume=resume, end=end, contents=contents, reasons=tuple(reasons))


def _unhexed(digits: bytes) -> bytes | None:
    """Return what pairs of hexadecimal digits mean; None if there is anything else between them."""
    try:
        return binascii.unhexlify(digits)
    except binascii.Error:
        return None


def _message(padded: bytes) -> tuple[bytes, bool]:
    """Return the value at the front as it is written, and whether nothing but zero bytes follows it."""
    if len(padded) < 2 or padded[0] != 0x30:  # noqa: PLR2004 - SEQUENCE, X.690 §8.9
        return b"", False
    end = _end_of(padded)
    return padded[:end], 0 < end <= len(padded) and not padded[end:].strip(b"\x00")


def _end_of(padded: bytes) -> int:
    """Return where the value ends, 0 if it has no end."""
    first = padded[1]
    if first == INDEFINITE:
        try:
            return definite(padded)[1]
        except NotStrictError:
            return 0
    octets = first & 0x7F if first & 0x80 else 0
    if octets > LENGTH_OCTETS or len(padded) < 2 + octets:
        return 0
    size = int.from_bytes(padded[2 : 2 + octets], "big") if octets else first
    return 2 + octets + size
