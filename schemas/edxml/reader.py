"""Reads a packet file: a document, a status, or why neither; whatever the bytes are, nothing else comes out.

(1) the whole file once: digest, limits, attachments cut out  (2) the frame into a tree with the standard's names  (3) secret
words  (4) what the packet says of itself  (5) every file unpacked once: names, sizes, digests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from schemas.contents import contents_of
from schemas.edxml.document import read_document, read_trace
from schemas.edxml.enclosed import Held, listed, unpacked
from schemas.edxml.faults import PacketFaultError
from schemas.edxml.header import child, document_id, is_status, organ_id, outer_header
from schemas.edxml.limits import Limits
from schemas.edxml.notes import Note
from schemas.edxml.packets import DocumentPacket, Refusal, StatusPacket
from schemas.edxml.scanning import Frame, Scanned, scan
from schemas.edxml.secret_words import check_secret_words
from schemas.edxml.status import read_status
from schemas.edxml.tree import Element, parse, text_at
from schemas.edxml.vocabulary import REQUIRED
from schemas.reference.secrecy import SecrecyRules


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One packet under way."""

    path: Path
    scanned: Scanned
    limits: Limits
    now: datetime
    secrecy: SecrecyRules | None
    required: Mapping[str, bool]
    notes: list[Note] = field(default_factory=list)
    root: Element | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Each note once, in the order met."""
        return tuple(dict.fromkeys(str(note) for note in self.notes))


def read_packet(
    path: Path,
    *,
    limits: Limits,
    now: datetime,
    secrecy: SecrecyRules | None,
    required: Mapping[str, bool] = REQUIRED,
) -> DocumentPacket | StatusPacket | Refusal:
    """Read a file; `now` is the axis clock's. Raises OSError only where the file cannot be read."""
    scanned = scan(path, limits)
    reading = _Reading(path=path, scanned=scanned, limits=limits, now=now, secrecy=secrecy, required=required)
    if scanned.frame is None:
        return _refused(scanned.fault or PacketFaultError("NOT_EDXML"), reading)
    try:
        return _read(reading, scanned.frame)
    except PacketFaultError as exc:
        return _refused(exc, reading)


def _read(reading: _Reading, frame: Frame) -> DocumentPacket | StatusPacket:
    if frame.leading:
        reading.notes.append(Note.LEADING_BYTES)
    root, content = parse(frame, reading.notes)
    reading.root = root
    if reading.secrecy is not None:
        check_secret_words(root, frame.cuts, reading.path, reading.secrecy)
    if root.tag == "edXMLEnvelope":
        reading.notes.append(Note.ENVELOPE_ROOT)
    outer = outer_header(root)
    if is_status(child(outer, "MessageHeader")):
        return _status(reading, frame, outer)
    return _document(reading, replace(frame, content=content), root, outer)


def _status(reading: _Reading, frame: Frame, outer: Element) -> StatusPacket:
    if frame.cuts:
        raise PacketFaultError("BAD_VALUE", "AttachmentEncoded", "bản tin trạng thái không mang tệp đính kèm")
    said = read_status(outer, reading.notes)
    return StatusPacket(
        document_id=said.document_id,
        code=said.code,
        said_by=said.said_by,
        addressed_to=said.addressed_to,
        said_at=said.said_at,
        reason=said.reason,
        staff=said.staff,
        notes=reading.named,
        sha256=reading.scanned.sha256,
        size=reading.scanned.size,
    )


def _document(reading: _Reading, frame: Frame, root: Element, outer: Element) -> DocumentPacket:
    notes = reading.notes
    envelope = read_document(outer, reading.required, reading.now, notes)
    traced_at = read_trace(outer, notes)
    files = listed(root, Held(path=reading.path, cuts=frame.cuts), reading.limits, notes)
    attachments = unpacked(files, reading.limits, notes)
    return DocumentPacket(
        envelope=replace(
            envelope, notes=reading.named, contents_sha256=contents_of(each.sha256 for each in attachments)
        ),
        attachments=attachments,
        sha256=reading.scanned.sha256,
        size=reading.scanned.size,
        traced_at=traced_at,
        frame=frame.content,
    )


def _refused(fault: PacketFaultError, reading: _Reading) -> Refusal:
    header = _only_header(reading.root)
    about_status = header is not None and header.find("StatusCode") is not None
    return Refusal(
        code=fault.code,
        element=fault.element,
        detail=fault.detail,
        document_id=_tried(header, "ResponseFor/DocumentId" if about_status else "DocumentId"),
        sender=_tried(header, "From/OrganId"),
        about_status=about_status,
        sha256=reading.scanned.sha256,
        size=reading.scanned.size,
    )


def _only_header(root: Element | None) -> Element | None:
    """Return the header of a packet that is refused, if it can be told without doubt."""
    if root is None:
        return None
    headers = root.findall("edXMLEnvelope/edXMLHeader/MessageHeader") or root.findall("edXMLHeader/MessageHeader")
    return headers[0] if len(headers) == 1 else None


def _tried(header: Element | None, path: str) -> str:
    if header is None or len(header.findall(path)) != 1:
        return ""
    try:
        return (organ_id if path.startswith("From") else document_id)(text_at(header, path), path, [])
    except PacketFaultError:
        return ""
