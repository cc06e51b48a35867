"""Reads what a document's packet says of itself into an `Envelope`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from schemas.edxml.business import read_business
from schemas.edxml.faults import PacketFaultError
from schemas.edxml.header import check_required, child, document_id, note_long_values, organ_id, whole
from schemas.edxml.moments import HERE, read_day, read_moment, write_day
from schemas.edxml.notes import Note
from schemas.edxml.tree import Element, text_at, text_of
from schemas.events import Envelope
from schemas.ids import code_form, expand_short, split_document_id

MAX_IN_EVENT = 512 * 1024
"""Bytes of everything that travels on in an event; a record of Kafka holds a megabyte."""

TYPES = (1, 2)
"""DocumentType/Type: legal, administrative; anything else is the number in the list."""

PRIORITIES = range(5)
TOLERATED_AHEAD = timedelta(days=1)
"""A promulgation date may lie so far in the future."""


def read_document(outer: Element, required: Mapping[str, bool], now: datetime, notes: list[Note]) -> Envelope:
    """Return the envelope, its notes apart; raise `PacketFaultError`. `outer`: edXMLHeader."""
    header = child(outer, "MessageHeader")
    check_required(header, required)
    own_id = document_id(text_at(header, "DocumentId"), "MessageHeader/DocumentId", notes)
    type_code = whole(text_at(header, "DocumentType/Type"), "DocumentType/Type", notes)
    if type_code not in TYPES:
        notes.append(Note.TYPE_IS_ORDINAL)
    business = read_business(outer.find("TraceHeaderList/Bussiness"), own_id, notes)
    envelope = Envelope(
        document_id=own_id,
        sender=organ_id(text_at(header, "From/OrganId"), "From/OrganId", notes),
        recipients=_recipients(header, notes),
        business_type=business.kind,
        priority=whole(text_at(header, "OtherInfo/Priority"), "OtherInfo/Priority", notes, allowed=PRIORITIES),
        number=text_at(header, "Code/CodeNumber"),
        notation=text_at(header, "Code/CodeNotation"),
        promulgated_on=_promulgated_on(header, now, notes),
        due_on=read_day(text_at(header, "DueDate"), "DueDate", notes),
        type_code=type_code,
        type_name=text_at(header, "DocumentType/TypeName"),
        subject=text_at(header, "Subject"),
        paper=business.paper,
        business_reason=business.reason,
        related=business.related,
        receivers=business.receivers,
        receiver_types=business.receiver_types,
        replaced=business.replaced,
    )
    _note_what_is_unusual(header, envelope, notes)
    _check_size(envelope)
    return envelope


def read_trace(outer: Element, notes: list[Note]) -> tuple[datetime, ...]:
    """Return the moments of the hops, those that can be read."""
    stamps = outer.iterfind("TraceHeaderList/TraceHeader/Timestamp")
    moments = (read_moment(text_of(each), notes) for each in stamps)
    return tuple(moment for moment in moments if moment is not None)


def _recipients(header: Element, notes: list[Note]) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    for each in header.iterfind("To"):
        code = organ_id(text_at(each, "OrganId"), "To/OrganId", notes)
        if code in codes:
            raise PacketFaultError("DUPLICATE_RECEIVER", "To/OrganId", code)
        codes[code] = None
    if not codes:
        raise PacketFaultError("MISSING_FIELD", "To")
    return tuple(codes)


def _promulgated_on(header: Element, now: datetime, notes: list[Note]) -> date | None:
    element = "PromulgationInfo/PromulgationDate"
    day = read_day(text_at(header, element), element, notes)
    if day is not None and day > now.astimezone(HERE).date() + TOLERATED_AHEAD:
        raise PacketFaultError("DATE_IN_FUTURE", element, write_day(day))
    return day


def _note_what_is_unusual(header: Element, envelope: Envelope, notes: list[Note]) -> None:
    if any(not "".join(each.itertext()).strip() for each in header.iterfind("ResponseFor")):
        notes.append(Note.RESPONSE_FOR_EMPTY)
    parts = split_document_id(envelope.document_id)
    if parts is not None and (
        _differ(parts.organ_id, envelope.sender)
        or parts.number_notation != f"{envelope.number}/{envelope.notation}"
        or parts.promulgated_on != envelope.promulgated_on
    ):
        notes.append(Note.DOCUMENT_ID_DIFFERS)
    note_long_values(header, notes)


def _differ(one: str, other: str) -> bool:
    """Tell whether two codes of the same form name two agencies; whether two forms do, only the directory knows."""
    full = [expand_short(code) or code for code in (one, other)]
    return full[0] != full[1] and code_form(full[0]) == code_form(full[1])


def _check_size(envelope: Envelope) -> None:
    texts = {
        "Subject": envelope.subject,
        "Code/CodeNumber": envelope.number,
        "Code/CodeNotation": envelope.notation,
        "DocumentType/TypeName": envelope.type_name,
        "BussinessDocReason": envelope.business_reason,
        "To": " ".join(envelope.recipients),
        "ReplacementInfoList": " ".join(" ".join((each.document_id, *each.organ_ids)) for each in envelope.replaced),
        "ReceiverList": " ".join(envelope.receivers),
    }
    sizes = {element: len(text.encode()) for element, text in texts.items()}
    if sum(sizes.values()) > MAX_IN_EVENT:
        raise PacketFaultError("RESOURCE_LIMIT", max(sizes, key=sizes.__getitem__), "phần mô tả văn bản quá dài")
