"""Opens a packet for judging: its XML frame, its attachments by digest, and what it says of itself.

The frame is parsed here a second time, because a signature is over XML and not over the values that the reader took out of
it; both read the same places of the frame, which `xml_template` insists on.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from lxml import etree

from processors.verification.defects import DefectError
from processors.verification.limits import MAX_ENVELOPE
from schemas.edxml import Limits, Refusal, StatusPacket, read_packet
from schemas.reference import Reference

_ELEMENT = re.compile(rb"<[A-Za-z_:\x80-\xff]")
PDF_MARK = b"%PDF-"
PDF_MARK_WITHIN = 1024
"""Readers accept the mark in the first kilobyte."""

LEADING = b"\xef\xbb\xbf\x00\t\n\r "
"""Bytes that the reader skips before the declaration."""

BYTE_ORDER = b"\xff\xfe"
"""Begins a text in UTF-16."""


class Attachment(Protocol):
    """What is needed of an attachment as the reader cut it out."""

    @property
    def content_id(self) -> str:
        """ContentId without `cid:`."""

    @property
    def name(self) -> str:
        """Name in the manifest."""

    @property
    def size(self) -> int:
        """Bytes of the unpacked file."""

    @property
    def sha256(self) -> str:
        """Of the unpacked file, lower-case hex."""

    def open(self) -> BinaryIO:
        """Open the unpacked file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One attachment, unpacked."""

    content_id: str
    name: str
    sha256: str
    size: int
    read: Callable[[], bytes]
    is_pdf: bool
    is_xml: bool
    """It may be: its first character is `<`, or not yet in sight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A packet that can be read."""

    content: bytes
    """The packet's XML as the reader parsed it, without what its attachments hold."""

    parts: tuple[Part, ...]
    sender: str
    type_name: str
    priority: int
    sha256: str
    """Of the packet as it came."""

    def frame(self) -> etree._Element:
        """Parse it again, with signatures in mind; raise lxml's errors or `DefectError`."""
        return parse_frame(self.content)

    def sender_organ_id(self, reference: Reference, at: datetime) -> str:
        """Return the resolved sender; the code as addressed where there is no directory or it does not know."""
        if reference.directory is None:
            return self.sender
        resolved = reference.directory.resolve(self.sender, at.date())
        return resolved.agency.organ_id if resolved.agency else self.sender


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPacket:
    """A packet that the reader refuses."""

    code: str
    element: str
    sha256: str


def parse_frame(content: bytes) -> etree._Element:
    """Parse a packet without what its attachments hold, as the reader leaves it; a signature is over XML, not over values."""
    if len(content) > MAX_ENVELOPE:
        raise DefectError("RESOURCE_LIMIT")
    begin = _ELEMENT.search(content)
    if begin and content.find(b"<!DOCTYPE", 0, begin.start()) >= 0:  # before libxml2 reads any of it
        raise DefectError("DTD_FORBIDDEN")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=False
    )
    root = etree.fromstring(content.lstrip(LEADING), parser)
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr] # missing in the stubs
        raise DefectError("DTD_FORBIDDEN")
    return root


@contextmanager
def open_packet(path: Path, *, limits: Limits, now: datetime, reference: Reference) -> Iterator[Opened | RefusedPacket]:
    """Read a packet; what it unpacks lives as long as the block."""
    packet = read_packet(path, limits=limits, now=now, secrecy=reference.secrecy)
    if isinstance(packet, Refusal):
        yield RefusedPacket(code=packet.code, element=packet.element, sha256=packet.sha256)
        return
    if isinstance(packet, StatusPacket):
        yield RefusedPacket(code="NO_SIGNATURE_FOUND", element="StatusCode", sha256=packet.sha256)
        return
    yield Opened(
        content=packet.frame,
        parts=tuple(_part(each) for each in packet.attachments),
        sender=packet.envelope.sender,
        type_name=packet.envelope.type_name,
        priority=packet.envelope.priority,
        sha256=packet.sha256,
    )


def alone(content: bytes, name: str) -> Part:
    """Return an XML file that comes by itself."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Part(
        content_id="", name=name, size=len(content), sha256=sha256, read=lambda: content, is_pdf=False, is_xml=True
    )


def _part(attachment: Attachment) -> Part:
    def read() -> bytes:
        with attachment.open() as stream:
            return stream.read()

    with attachment.open() as stream:
        head = stream.read(PDF_MARK_WITHIN)
    behind_blanks = head.lstrip(LEADING + BYTE_ORDER)[:1]
    return Part(
        content_id=attachment.content_id,
        name=attachment.name,
        size=attachment.size,
        sha256=attachment.sha256,
        read=read,
        is_pdf=PDF_MARK in head,
        is_xml=behind_blanks in (b"", b"<"),
    )
