"""Reads `Bussiness`: whether the packet is new or recalls, updates or replaces earlier documents, which, and for whom."""

from dataclasses import dataclass

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.header import document_id, organ_id, whole
from schemas.edxml.notes import Note
from schemas.edxml.tree import Element, text_at, text_of
from schemas.events import Replaced

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

    receivers: tuple[str, ...] = ()
    receiver_types: tuple[int, ...] = ()
    """Whom an update adds or drops: code and ReceiverType, in the packet's order."""

    replaced: tuple[Replaced, ...] = ()


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
    replaced = _replaced(element, notes) if kind == REPLACE else ()
    receivers = _receivers(element, notes) if kind == UPDATE else {}
    return Business(
        kind=kind,
        reason=reason,
        paper=paper,
        related=_related(kind, element, own_id, replaced, notes),
        receivers=tuple(receivers),
        receiver_types=tuple(receivers.values()),
        replaced=replaced,
    )


def _related(
    kind: int, element: Element | None, own_id: str, replaced: tuple[Replaced, ...], notes: list[Note]
) -> tuple[str, ...]:
    if kind == NEW or element is None:
        return ()
    if kind == REPLACE:
        return tuple(each.document_id for each in replaced)
    named = text_at(element, "DocumentId")
    if kind == UPDATE:
        return (document_id(named, "Bussiness/DocumentId", notes),)
    if named and document_id(named, "Bussiness/DocumentId", notes) != own_id:
        raise PacketFaultError("BAD_VALUE", "Bussiness/DocumentId", "thu hồi hai văn bản khác nhau trong một gói tin")
    return (own_id,)


def _replaced(element: Element | None, notes: list[Note]) -> tuple[Replaced, ...]:
    """Return each older document once, with all codes for which it is replaced; where one entry names nobody, everybody is meant."""
    entries = element.findall("ReplacementInfoList/ReplacementInfo") if element is not None else []
    found: dict[str, list[tuple[str, ...]]] = {}
    for each in entries:
        older_id = document_id(text_at(each, "DocumentId"), "ReplacementInfo/DocumentId", notes)
        written = [text_of(code) for code in each.iterfind("OrganIdList/OrganId")]
        codes = tuple(organ_id(code, "OrganIdList/OrganId", notes) for code in written if code)
        found.setdefault(older_id, []).append(codes)
    if not found:
        raise PacketFaultError("MISSING_FIELD", "ReplacementInfo/DocumentId")
    return tuple(
        Replaced(document_id=older_id, organ_ids=_all_of(lists) if all(lists) else ())
        for older_id, lists in found.items()
    )


def _all_of(lists: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for codes in lists for code in codes))


def _receivers(element: Element | None, notes: list[Note]) -> dict[str, int]:
    """Return code -> ReceiverType; a packet that says `DocumentReceiver` 0 changes no receivers, whatever it lists."""
    changed = element.find("BussinessDocumentInfo") if element is not None else None
    if changed is None or text_at(changed, "DocumentReceiver") == "0":
        return {}
    found: dict[str, int] = {}
    for each in changed.iterfind("ReceiverList/Receiver"):
        if not text_at(each, "OrganId") and not text_at(each, "ReceiverType"):
            continue  # an empty frame, as some tools leave it
        code = organ_id(text_at(each, "OrganId"), "Receiver/OrganId", notes)
        written = text_at(each, "ReceiverType")
        if not written:
            raise PacketFaultError("MISSING_FIELD", "Receiver/ReceiverType")
        kind = whole(written, "Receiver/ReceiverType", notes)
        if found.setdefault(code, kind) != kind:
            raise PacketFaultError("BAD_VALUE", "Receiver/ReceiverType", f"hai loại cho một nơi nhận, {code}")
    return found
