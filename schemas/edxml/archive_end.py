"""The end of a zip: data descriptor, directory, end records (APPNOTE.TXT 4.3.9 to 4.3.16); it must tell of the one file."""

import struct
from dataclasses import dataclass

from schemas.edxml.archive_header import DEFLATED, IN_ZIP64, STORED, Header
from schemas.edxml.faults import PacketFaultError

ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")
END = struct.Struct("<4sHHHHIIH")
END_64 = struct.Struct("<4sQHHIIQQQQ")
LOCATOR_64 = struct.Struct("<4sIQI")
DESCRIPTOR_SIZES = (0, 12, 16, 20, 24)
"""With and without a signature, with 4 and 8 byte sizes; some tools promise one and write none."""

MANY = 0xFFFF
ONE_FILE = "tệp nén phải chứa đúng một tệp và không có gì khác"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What was unpacked."""

    end: int
    """Where in the archive the content ended."""

    packed: int
    size: int
    crc: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Directory:
    begin: int
    """In the tail."""

    size: int
    entries: int


def check_end(tail: bytes, header: Header, packed: Packed) -> None:
    """Raise `PacketFaultError` unless what stands behind the content speaks of it and of nothing else."""
    try:
        directory = _directory(tail, packed.end)
        if directory.entries != 1 or directory.begin not in (DESCRIPTOR_SIZES if header.described else (0,)):
            raise _unreadable(ONE_FILE)
        _check_entry(tail, directory, header, packed)
    except struct.error as exc:
        raise _unreadable("tệp nén bị cắt cụt") from exc


def _directory(tail: bytes, base: int) -> _Directory:
    at = tail.rfind(b"PK\x05\x06")
    if at < 0:
        raise _unreadable("tệp nén bị cắt cụt")
    _, disk, directory_disk, here, entries, size, offset, comment = END.unpack_from(tail, at)
    if at + END.size + comment != len(tail) or disk not in (0, MANY) or directory_disk not in (0, MANY):
        raise _unreadable(ONE_FILE)
    end = at
    if tail[at - LOCATOR_64.size : at].startswith(b"PK\x06\x07"):
        _, _, record, _ = LOCATOR_64.unpack_from(tail, at - LOCATOR_64.size)
        end = record - base
        if end + END_64.size + LOCATOR_64.size != at or end < 0:
            raise _unreadable(ONE_FILE)
        signature, _, _, _, _, _, here, entries, size, offset = END_64.unpack_from(tail, end)
        if signature != b"PK\x06\x06":
            raise _unreadable(ONE_FILE)
    if here != entries or offset - base + size != end or offset < base:
        raise _unreadable(ONE_FILE)
    return _Directory(begin=offset - base, size=size, entries=entries)


def _check_entry(tail: bytes, directory: _Directory, header: Header, packed: Packed) -> None:
    (
        signature, _, _, _, method, _, _, crc, packed_size, size, name_size, extra_size, comment_size, _, _, _, offset,
    ) = ENTRY.unpack_from(tail, directory.begin)  # fmt: skip
    name = tail[directory.begin + ENTRY.size :][:name_size]
    whole = ENTRY.size + name_size + extra_size + comment_size
    if (signature, whole, name) != (b"PK\x01\x02", directory.size, header.raw_name):
        raise _unreadable(ONE_FILE)
    if method != (DEFLATED if header.deflated else STORED) or offset not in (0, IN_ZIP64):
        raise _unreadable(ONE_FILE)
    if crc != packed.crc or packed_size not in (packed.packed, IN_ZIP64) or size not in (packed.size, IN_ZIP64):
        raise _unreadable("dữ liệu nén bị hỏng")


def _unreadable(detail: str) -> PacketFaultError:
    return PacketFaultError("ATTACHMENT_UNREADABLE", "", detail)
