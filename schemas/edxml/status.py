"""Reads a status packet: who says what about which document, and to whom."""

import re
from dataclasses import dataclass
from datetime import datetime

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.header import child, document_id, organ_id
from schemas.edxml.moments import read_moment
from schemas.edxml.notes import Note
from schemas.edxml.tree import Element, text_at

TAKE_BACK = "13"
"""Said by the sender; all others are said by a recipient."""

NEEDS_REASON = ("02", TAKE_BACK)
MAX_REASON = 64 * 1024
"""Bytes of a description: it travels on in events."""

_CODE = re.compile(r"[0-9A-Za-z]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A status without what only the file knows."""

    document_id: str
    code: str
    said_by: str
    addressed_to: str
    said_at: datetime | None
    reason: str
    staff: str


def read_status(outer: Element, notes: list[Note]) -> Said:
    """Read; raise `PacketFaultError`. `outer`: edXMLHeader."""
    header = child(outer, "MessageHeader")
    code = _code(text_at(header, "StatusCode"), notes)
    about = _about(header, notes)
    if not text_at(about, "Code"):
        raise PacketFaultError("MISSING_FIELD", "ResponseFor/Code")
    reason = text_at(header, "Description")
    if len(reason.encode()) > MAX_REASON:
        raise PacketFaultError("RESOURCE_LIMIT", "Description", f"dài hơn {MAX_REASON} byte")
    if code in NEEDS_REASON and not reason:
        notes.append(Note.STATUS_REASON_MISSING)
    return Said(
        document_id=document_id(text_at(about, "DocumentId"), "ResponseFor/DocumentId", notes),
        code=code,
        said_by=organ_id(text_at(header, "From/OrganId"), "From/OrganId", notes),
        addressed_to=_addressed_to(about, code, notes),
        said_at=read_moment(text_at(header, "Timestamp"), notes),
        reason=reason,
        staff=text_at(header, "StaffInfo/Staff"),
    )


def _code(text: str, notes: list[Note]) -> str:
    if not text:
        raise PacketFaultError("MISSING_FIELD", "StatusCode")
    if not _CODE.fullmatch(text):
        raise PacketFaultError("BAD_VALUE", "StatusCode", f"“{text}” không phải mã trạng thái")
    if len(text) == 1 and text.isdigit():
        notes.append(Note.STATUS_CODE_PADDED)
        return f"0{text}"
    return text


def _about(header: Element, notes: list[Note]) -> Element:
    """Return the one block that says which document is meant; empty ones are met."""
    blocks = header.findall("ResponseFor")
    filled = [each for each in blocks if "".join(each.itertext()).strip()]
    if not filled:
        raise PacketFaultError("MISSING_FIELD", "ResponseFor")
    if len(filled) > 1:
        raise PacketFaultError("BAD_VALUE", "ResponseFor", "một bản tin trạng thái chỉ nói về một văn bản")
    if len(blocks) > 1:
        notes.append(Note.RESPONSE_FOR_EMPTY)
    return filled[0]


def _addressed_to(about: Element, code: str, notes: list[Note]) -> str:
    written = text_at(about, "OrganId")
    if written or code == TAKE_BACK:  # without it nobody knows whose delivery is asked back
        return organ_id(written, "ResponseFor/OrganId", notes)
    notes.append(Note.ADDRESSEE_MISSING)
    return ""
