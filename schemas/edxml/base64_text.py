"""Decodes the base64 text of an attachment straight out of the packet file, piece by piece."""

import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.scanning import Spans

CHUNK = 192 * 1024
"""Characters decoded at once."""

_BLANKS = b" \t\r\n"
_BLANK_REFERENCE = re.compile(rb"&#(?:0*(?:9|10|13|32)|x0*(?:9|[Aa]|[Dd]|20));")
"""Line ends as some XML libraries write them."""

MAX_REFERENCE = 16


def decode(file: BinaryIO, spans: Spans) -> Iterator[bytes]:
    """Yield what the text holds; raise `PacketFaultError` (ATTACHMENT_UNREADABLE) for anything that is not base64."""
    held, padded = b"", False
    for piece in _without_blanks(_pieces(file, spans)):
        if padded and piece:
            raise _unreadable()
        whole = held + piece
        cut = len(whole) // 4 * 4
        held = whole[cut:]
        if cut:
            yield _decoded(whole[:cut])
            padded = whole[cut - 1 : cut] == b"="
    if held:
        raise _unreadable()


def _decoded(text: bytes) -> bytes:
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
            text = _BLANK_REFERENCE.sub(b"", text)
            last = text.rfind(b"&")
            if len(text) - MAX_REFERENCE < last and last >= 0:
                text, held = text[:last], text[last:]
        if text:
            yield text
    if held:
        raise _unreadable()


def _unreadable() -> PacketFaultError:
    return PacketFaultError("ATTACHMENT_UNREADABLE", "", "nội dung không phải base64")
