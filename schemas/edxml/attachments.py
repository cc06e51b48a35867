"""An attached file: what is known of it after it was unpacked once, and a stream that unpacks it again from the packet."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from schemas.edxml.archive import open_member
from schemas.edxml.base64_text import decode
from schemas.edxml.faults import PacketFaultError
from schemas.edxml.limits import MEGABYTE, Limits
from schemas.edxml.scanning import Spans

ALWAYS_ALLOWED = MEGABYTE
"""Unpacked bytes below which no ratio is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an attachment's bytes lie in the packet file."""

    path: Path
    spans: Spans
    zipped: bool

    @property
    def packed_bytes(self) -> int:
        """What the base64 text holds at most."""
        return sum(end - begin for begin, end in self.spans) * 3 // 4

    def member(self, file: BinaryIO) -> "Content":
        """Begin to unpack; raise `PacketFaultError` where that cannot be."""
        decoded = decode(file, self.spans)
        if not self.zipped:
            return Content(name=None, flagged=True, chunks=decoded)
        member = open_member(decoded)
        return Content(name=member.name, flagged=member.flagged, chunks=member.chunks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A file that is being unpacked."""

    name: str | None
    """Inside the zip; None where there is no zip."""

    flagged: bool
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attached file."""

    content_id: str
    """ContentId without `cid:`."""

    name: str
    """Of the unpacked file: safe as a label, never used as a path."""

    media_type: str
    size: int
    """Bytes of the unpacked file."""

    sha256: str
    """Of the unpacked file, lower-case hex."""

    source: Source = field(repr=False, compare=False)

    def open(self) -> BinaryIO:
        """Unpack again, as it is read; the packet file must still be there. Raises OSError where it is gone or changed."""
        return io.BufferedReader(_Stream(self), io.DEFAULT_BUFFER_SIZE * 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What unpacking showed."""

    size: int
    sha256: str


def measure(content: Content, source: Source, limits: Limits, spare: int) -> Measured:
    """Unpack to the end and forget the bytes; raise `PacketFaultError` as soon as a limit is passed.

    `spare`: bytes that may still be unpacked from this packet.
    """
    allowed = min(limits.attachment_bytes, spare)
    if source.zipped:
        allowed = min(allowed, max(ALWAYS_ALLOWED, limits.zip_ratio * source.packed_bytes))
    digest, size = hashlib.sha256(), 0
    for chunk in content.chunks:
        size += len(chunk)
        if size > allowed:
            raise PacketFaultError("RESOURCE_LIMIT", "", f"giải nén được hơn {allowed} byte")
        digest.update(chunk)
    return Measured(size=size, sha256=digest.hexdigest())


class _Stream(io.RawIOBase):
    """Reads what was measured before, no more and no less."""

    def __init__(self, attachment: Attachment) -> None:
        self._file = attachment.source.path.open("rb")
        self._left = attachment.size
        self._chunks = iter(())  # type: Iterator[bytes]
        self._held = memoryview(b"")
        try:
            self._chunks = _guarded(lambda: attachment.source.member(self._file).chunks)
        except OSError:
            self._file.close()
            raise

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override] # typeshed's name for a buffer is 3.12's
        while not self._held:
            piece = next(self._chunks, None)
            if piece is None:
                if self._left:
                    raise OSError("the packet changed after it was read")
                return 0
            self._left -= len(piece)
            if self._left < 0:
                raise OSError("the packet changed after it was read")
            self._held = memoryview(piece)
        size = min(len(buffer), len(self._held))
        buffer[:size] = self._held[:size]
        self._held = self._held[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def _guarded(chunks: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    try:
        yield from chunks()
    except PacketFaultError as exc:
        raise OSError("the packet changed after it was read") from exc
