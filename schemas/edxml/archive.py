"""Unpacks a zip with exactly one entry from a stream, front to back, and insists that its directory at the end agrees.

`zipfile` needs the whole archive and trusts the directory; other readers trust the local header. Here both must say the same,
and nothing may lie before, between or behind, so that no two readers see two files.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.edxml.archive_end import Packed, check_end
from schemas.edxml.archive_header import HEADER, Header, header_of
from schemas.edxml.faults import PacketFaultError

STEP = 64 * 1024
"""Bytes unpacked at once, so that a bomb is noticed before it is in memory."""

MAX_TAIL = 128 * 1024
"""Bytes behind the file's content: one directory entry and a comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The one file in the archive."""

    name: str
    flagged: bool
    """False for a name in UTF-8 that is not marked as such."""

    chunks: Iterator[bytes]
    """The content; raises `PacketFaultError` where the archive is not sound."""


class Feed:
    """Hands out packed bytes in the pieces that are asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self.taken = 0

    def some(self) -> bytes:
        """Return what comes next, empty at the end."""
        piece = self._held or next(self._pieces, b"")
        self._held = b""
        self.taken += len(piece)
        return piece

    def exactly(self, size: int) -> bytes:
        """Return so many bytes."""
        out = b""
        while len(out) < size:
            piece = self.some()
            if not piece:
                raise unreadable("tệp nén bị cắt cụt")
            out += piece
        self.back(out[size:])
        return out[:size]

    def back(self, piece: bytes) -> None:
        """Take back what was handed out last."""
        self._held = piece + self._held
        self.taken -= len(piece)

    def rest(self) -> bytes:
        """Return everything up to the end, which must be near."""
        out = b""
        while piece := self.some():
            out += piece
            if len(out) > MAX_TAIL:
                raise unreadable("tệp nén không phải chứa đúng một tệp")
        return out


def open_member(pieces: Iterator[bytes]) -> Member:
    """Read the beginning of an archive."""
    feed = Feed(pieces)
    header = header_of(feed.exactly(HEADER.size), feed.exactly)
    return Member(name=header.name, flagged=header.flagged, chunks=_content(feed, header))


def _content(feed: Feed, header: Header) -> Iterator[bytes]:
    begin, crc, size = feed.taken, 0, 0
    for chunk in _inflated(feed) if header.deflated else _stored(feed, header.stored_bytes):
        crc, size = zlib.crc32(chunk, crc), size + len(chunk)
        yield chunk
    packed = Packed(end=feed.taken, packed=feed.taken - begin, size=size, crc=crc)
    check_end(feed.rest(), header, packed)


def _stored(feed: Feed, size: int) -> Iterator[bytes]:
    while size:
        piece = feed.some()
        if not piece:
            raise unreadable("tệp nén bị cắt cụt")
        if len(piece) > size:
            feed.back(piece[size:])
            piece = piece[:size]
        size -= len(piece)
        yield piece


def _inflated(feed: Feed) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while not inflate.eof:
        piece = inflate.unconsumed_tail or feed.some()
        if not piece:
            raise unreadable("tệp nén bị cắt cụt")
        try:
            chunk = inflate.decompress(piece, STEP)
        except zlib.error as exc:
            raise unreadable("dữ liệu nén bị hỏng") from exc
        if chunk:
            yield chunk
    feed.back(inflate.unused_data)


def unreadable(detail: str) -> PacketFaultError:
    """Say why an archive cannot be read."""
    return PacketFaultError("ATTACHMENT_UNREADABLE", "", detail)
