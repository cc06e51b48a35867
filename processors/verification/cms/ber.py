"""Indefinite lengths (BER, X.690 §8.1.3.6) written as definite ones.

ISO 32000-1 §12.8.3.3.1 asks for DER, and the signing tools built on Bouncy Castle (PDFBox among them) write their outer
elements with indefinite lengths all the same. What was signed is not touched: attributes and certificates are DER by themselves.
"""

from processors.verification.cms.der import length_of
from processors.verification.defects import NotStrictError

CONSTRUCTED = 0x20
INDEFINITE = 0x80
END = b"\x00\x00"
STRING = 0x04
"""OCTET STRING; a constructed one is written in pieces (X.690 §8.7.3)."""

MANY_TAGS = 0x1F
"""A tag number that takes more bytes (X.690 §8.1.2.4): no signed message has any."""

DEEPEST = 32
LENGTH_OCTETS = 4


def definite(ber: bytes) -> tuple[bytes, int]:
    """Return the first value with definite lengths only, and how many bytes it took; raises `NotStrictError`.

    Any other freedom of BER (lengths longer than needed, values in another form) stays refused.
    """
    return _value(ber, 0, len(ber), 0)


def _value(data: bytes, at: int, limit: int, depth: int) -> tuple[bytes, int]:
    """Return the value that begins at `at`, and where it ends."""
    if at + 2 > limit or depth > DEEPEST or data[at] & MANY_TAGS == MANY_TAGS:
        raise NotStrictError
    tag = data[at]
    if not tag & CONSTRUCTED:
        start, end = _definite_length(data, at, limit)
        return data[at:end], end
    if data[at + 1] == INDEFINITE:
        parts, end = _until_end(data, at + 2, limit, depth)
    else:
        start, end = _definite_length(data, at, limit)
        parts = _until(data, start, end, depth)
    if tag == CONSTRUCTED | STRING:
        tag, parts = STRING, [_piece(each) for each in parts]
    held = b"".join(parts)
    return bytes([tag]) + length_of(len(held)) + held, end


def _definite_length(data: bytes, at: int, limit: int) -> tuple[int, int]:
    """Return where the contents begin and end."""
    first = data[at + 1]
    octets = first & 0x7F if first & 0x80 else 0
    start = at + 2 + octets
    size = int.from_bytes(data[at + 2 : start], "big") if octets else first
    if octets > LENGTH_OCTETS or start > limit or length_of(size) != data[at + 1 : start] or start + size > limit:
        raise NotStrictError
    return start, start + size


def _until(data: bytes, at: int, end: int, depth: int) -> list[bytes]:
    parts = []
    while at < end:
        part, at = _value(data, at, end, depth + 1)
        parts.append(part)
    return parts


def _until_end(data: bytes, at: int, limit: int, depth: int) -> tuple[list[bytes], int]:
    parts = []
    while data[at : at + 2] != END:
        part, at = _value(data, at, limit, depth + 1)
        parts.append(part)
    return parts, at + 2


def _piece(part: bytes) -> bytes:
    """Return the contents of one piece of a string."""
    if part[0] != STRING:
        raise NotStrictError
    start, end = _definite_length(part, 0, len(part))
    return part[start:end]
