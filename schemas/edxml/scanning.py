"""Reads a packet once, chunk by chunk: its digest, its frame for the XML parser, and where each attachment's text lies.

The text of every `ContentTransferEncoded` is cut out and a number put in its place, so the parser never sees it. What a
parser would only notice when it is too late (depth, names, long values, comments inside values, a DTD) is refused here.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from schemas.edxml.cutting import Cutter
from schemas.edxml.faults import PacketFaultError
from schemas.edxml.limits import Limits

CHUNK = 256 * 1024

Spans = tuple[tuple[int, int], ...]
"""Where bytes lie in the packet file: from, to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A packet without what its attachments hold."""

    content: bytes
    """XML without declaration; the text of the n-th `ContentTransferEncoded` is n, from 0."""

    root_name_end: int
    """Where in `content` the name of the root ends."""

    cuts: tuple[Spans, ...]
    """The base64 text of each attachment in the packet file."""

    leading: bool
    """Something that does not belong there stood before the declaration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A packet file, read to its end."""

    sha256: str
    size: int
    frame: Frame | None
    fault: PacketFaultError | None


def scan(path: Path, limits: Limits, chunk_bytes: int = CHUNK) -> Scanned:
    """Read a file to its end in bounded memory; raise OSError where it cannot be read."""
    cutter, digest, size = Cutter(limits), hashlib.sha256(), 0
    fault: PacketFaultError | None = None
    with path.open("rb") as file:
        while chunk := file.read(chunk_bytes):
            digest.update(chunk)
            size += len(chunk)
            if fault is None:
                fault = _too_big(size, limits) or _feed(cutter, chunk)
    fault = fault or _end(cutter)
    return Scanned(sha256=digest.hexdigest(), size=size, frame=None if fault else _frame(cutter), fault=fault)


def _too_big(size: int, limits: Limits) -> PacketFaultError | None:
    if size <= limits.packet_bytes:
        return None
    return PacketFaultError("RESOURCE_LIMIT", "", f"gói tin lớn hơn {limits.packet_bytes} byte")


def _feed(cutter: Cutter, chunk: bytes) -> PacketFaultError | None:
    try:
        cutter.feed(chunk)
    except PacketFaultError as exc:
        return exc
    return None


def _end(cutter: Cutter) -> PacketFaultError | None:
    try:
        cutter.close()
    except PacketFaultError as exc:
        return exc
    return None


def _frame(cutter: Cutter) -> Frame:
    return Frame(
        content=bytes(cutter.frame), root_name_end=cutter.root_name_end, cuts=tuple(cutter.cuts), leading=cutter.leading
    )
