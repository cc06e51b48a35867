"""Decodes the base64 text of an attachment straight out of the packet file, piece by piece."""

import binascii
from collections.abc import Iterator
from typing import BinaryIO

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.scanning import Spans

CHUNK = 192 * 1024
"""Characters decoded at once."""

_BLANKS = b" \t\r\n"
_BLANK_NUMBERS = "13 xD xd x0D x0d 10 xA xa x0A x0a 9 x9 32 x20"
_BLANK_REFERENCES = tuple(f"&#{number};".encode() for number in _BLANK_NUMBERS.split())
"""Blanks and line ends as some XML libraries write them."""

MAX_REFERENCE = 6


def decode(file: BinaryIO, spans: Spans) -> Iterator[bytes]:
    """Yield what the text holds; raise `PacketFaultError` (ATTACHMENT_UNREADABLE) for anything that is not base64."""
    held, padded, empty = b"", False, True
    for piece in _without_blanks(_pieces(file, spans)):
        if padded and piece:
            raise _unreadable()
        whole = held + piece
        cut = len(whole) // 4 * 4
        held = whole[cut:]
        if cut:
            empty = False
            yield _decoded(whole[:cut])
            padded = whole[cut - 1 : cut] == b"="
    if held or empty:
        raise _unreadable()


def _decoded(text: bytes) -> bytes:
    if text.endswith(b"==="):  # `binascii` takes padding behind whole groups for granted
        raise _unreadable()
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error as exc:
        raise _unreadable() from exc


def _pieces(file: BinaryIO, spans: Spans) -> Iterator[bytes]:
    for begin, end in spans:
        file.seek(begin)
        left = end - begin
        while left and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


def _without_blanks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Drop blanks and line ends, also those written as character references."""
    held = b""
    for piece in pieces:
        text = held + piece.translate(None, _BLANKS)
        held = b""
        if b"&" in text:
            for reference in _BLANK_REFERENCES:
                text = text.replace(reference, b"")
            last = text.rfind(b"&", -MAX_REFERENCE)
            if last >= 0:  # it may go on in the next piece
                text, held = text[:last], text[last:]
        if text:
            yield text
    if held:
        raise _unreadable()


def _unreadable() -> PacketFaultError:
    return PacketFaultError("ATTACHMENT_UNREADABLE", "", "nội dung không phải base64")
