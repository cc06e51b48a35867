"""Reads `Bussiness`: whether the packet is new or recalls, updates or replaces earlier documents, and which."""

from dataclasses import dataclass

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.header import document_id, whole
from schemas.edxml.notes import Note
from schemas.edxml.tree import Element, text_at, text_of

NEW, RECALL, UPDATE, REPLACE = range(4)
KINDS = range(4)
YES = {"": False, "0": False, "1": True, "false": False, "true": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What the sender wants."""

    kind: int = NEW
    reason: str = ""
    paper: bool = False
    related: tuple[str, ...] = ()
    """Normalised ids of the documents it is about."""


def read_business(element: Element | None, own_id: str, notes: list[Note]) -> Business:
    """Read; `own_id`: the packet's own document id, normalised."""
    written = text_at(element, "BussinessDocType")
    if not written:
        notes.append(Note.BUSINESS_MISSING)
    kind = whole(written, "BussinessDocType", notes, allowed=KINDS)
    reason = text_at(element, "BussinessDocReason")
    if kind != NEW and not reason:
        raise PacketFaultError("MISSING_FIELD", "BussinessDocReason")
    paper = YES.get(text_at(element, "Paper").lower())
    if paper is None:
        raise PacketFaultError("BAD_VALUE", "Paper", "chỉ nhận 0 hoặc 1")
    return Business(kind=kind, reason=reason, paper=paper, related=_related(kind, element, own_id, notes))


def _related(kind: int, element: Element | None, own_id: str, notes: list[Note]) -> tuple[str, ...]:
    if kind == NEW or element is None:
        return ()
    if kind == REPLACE:
        ids = [
            document_id(text_of(each), "ReplacementInfo/DocumentId", notes)
            for each in element.iterfind("ReplacementInfoList/ReplacementInfo/DocumentId")
        ]
        if not ids:
            raise PacketFaultError("MISSING_FIELD", "ReplacementInfo/DocumentId")
        return tuple(dict.fromkeys(ids))
    named = text_at(element, "DocumentId")
    if kind == UPDATE:
        return (document_id(named, "Bussiness/DocumentId", notes),)
    if named and document_id(named, "Bussiness/DocumentId", notes) != own_id:
        raise PacketFaultError("BAD_VALUE", "Bussiness/DocumentId", "thu hồi hai văn bản khác nhau trong một gói tin")
    return (own_id,)
