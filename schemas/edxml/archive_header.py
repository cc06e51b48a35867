"""The local header of a zip entry (APPNOTE.TXT 4.3.7)."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from schemas.edxml.faults import PacketFaultError

HEADER = struct.Struct("<4sHHHHHIIIHH")
SIGNATURE = b"PK\x03\x04"
STORED, DEFLATED = 0, 8
ENCRYPTED, DESCRIPTOR, STRONG, UTF_8, MASKED = 0x0001, 0x0008, 0x0040, 0x0800, 0x2000
IN_ZIP64 = 0xFFFFFFFF
ZIP64_EXTRA = 0x0001
_EXTRA = struct.Struct("<HH")
_SIZES = struct.Struct("<QQ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the local header says."""

    raw_name: bytes
    name: str
    flagged: bool
    deflated: bool
    described: bool
    """Sizes stand behind the content."""

    stored_bytes: int
    """Of a file that is not compressed."""


def header_of(fixed: bytes, read: Callable[[int], bytes]) -> Header:
    """Read the header; `read` gives the next so many bytes."""
    signature, _, flags, method, _, _, _, packed, size, name_size, extra_size = HEADER.unpack(fixed)
    if signature != SIGNATURE:
        raise _unreadable("không phải tệp zip chứa đúng một tệp")
    if flags & (ENCRYPTED | STRONG | MASKED):
        raise _unreadable("tệp nén có mật khẩu")
    if method not in (STORED, DEFLATED):
        raise _unreadable("kiểu nén không được hỗ trợ")
    raw_name, extra = read(name_size), read(extra_size)
    if method == STORED and packed == IN_ZIP64 == size:
        size, packed = _zip64_sizes(extra)
    if method == STORED and (packed != size or (flags & DESCRIPTOR and not size)):
        raise _unreadable("không biết độ dài của tệp bên trong")
    name, flagged = _name(raw_name, flagged=bool(flags & UTF_8))
    return Header(
        raw_name=raw_name,
        name=name,
        flagged=flagged,
        deflated=method == DEFLATED,
        described=bool(flags & DESCRIPTOR),
        stored_bytes=size,
    )


def extra_field(extra: bytes, wanted: int) -> bytes:
    """Return the content of an extra field, empty where there is none."""
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, size = _EXTRA.unpack_from(extra, at)
        if kind == wanted:
            return extra[at + _EXTRA.size : at + _EXTRA.size + size]
        at += _EXTRA.size + size
    return b""


def _zip64_sizes(extra: bytes) -> tuple[int, int]:
    field = extra_field(extra, ZIP64_EXTRA)
    if len(field) < _SIZES.size:
        raise _unreadable("không biết độ dài của tệp bên trong")
    size, packed = _SIZES.unpack_from(field)
    return size, packed


def _name(raw: bytes, *, flagged: bool) -> tuple[str, bool]:
    """Return a name and whether its encoding is the one that the flag says: UTF-8, else the PC's code page 437."""
    try:
        return raw.decode("utf-8"), flagged or raw.isascii()
    except UnicodeDecodeError:
        if flagged:
            raise _unreadable("tên tệp bên trong không phải UTF-8") from None
    return raw.decode("cp437"), True


def _unreadable(detail: str) -> PacketFaultError:
    return PacketFaultError("ATTACHMENT_UNREADABLE", "", detail)
