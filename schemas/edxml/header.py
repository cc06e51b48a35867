"""Reads values out of a MessageHeader: codes, ids, whole numbers; what is missing, wrong or only unusual."""

import unicodedata
from collections.abc import Mapping, Sequence

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.moments import PLACEHOLDERS
from schemas.edxml.notes import Note
from schemas.edxml.tree import Element, text_at, text_of
from schemas.edxml.vocabulary import LONGEST
from schemas.ids import clean_code, code_form, normalise_document_id

MAX_CODE = 64
"""Characters of an agency code as addressed: no form has more than 35, aliases may."""

MAX_DIGITS = 4


def outer_header(root: Element) -> Element:
    """Return the edXMLHeader; raise `PacketFaultError` where the frame lacks it."""
    return child(root if root.tag == "edXMLEnvelope" else child(root, "edXMLEnvelope"), "edXMLHeader")


def child(element: Element, name: str) -> Element:
    """Return a child that must be there."""
    found = element.find(name)
    if found is None:
        raise PacketFaultError("MISSING_FIELD", name)
    return found


def is_status(header: Element) -> bool:
    """Tell whether the packet is a status; raise `PacketFaultError` for one that could be read as both."""
    code = text_at(header, "StatusCode")
    if code and header.find("To") is not None:
        raise PacketFaultError("BAD_VALUE", "StatusCode", "bản tin trạng thái không có nơi nhận")
    return bool(code) or (header.find("StatusCode") is not None and header.find("To") is None)


def check_required(header: Element, required: Mapping[str, bool]) -> None:
    """Raise `PacketFaultError` naming the first element that is missing, or empty where it must hold something."""
    for path, filled in required.items():
        first, _, rest = path.partition("/")
        parents: Sequence[Element | None] = header.findall(first) or (None,)
        for parent in parents:
            element = parent.find(rest) if rest and parent is not None else parent
            if element is None or (filled and not text_of(element)):
                raise PacketFaultError("MISSING_FIELD", path if rest else f"MessageHeader/{path}")


def organ_id(text: str, element: str, notes: list[Note]) -> str:
    """Return a code as addressed, cleaned; expansion and look-up are the router's."""
    code = clean_code(text)
    if not code:
        raise PacketFaultError("MISSING_FIELD", element)
    if len(code) > MAX_CODE or any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in code):
        raise PacketFaultError("BAD_VALUE", element, "mã cơ quan không hợp lệ")
    form = code_form(code)
    if form in ("short", None):
        notes.append(Note.ORGAN_ID_SHORT if form else Note.ORGAN_ID_UNKNOWN_FORM)
    return code


def document_id(text: str, element: str, notes: list[Note]) -> str:
    """Return a normalised document id."""
    if not text:
        raise PacketFaultError("MISSING_FIELD", element)
    try:
        normalised = normalise_document_id(text)
    except ValueError as exc:
        raise PacketFaultError("BAD_VALUE", element, f"“{text}” không phải mã định danh văn bản") from exc
    day = text.split(",")[1].strip() if text.count(",") > 1 else ""
    if day and not day[:4].isdigit():
        notes.append(Note.DATE_DMY)
    return normalised


def whole(text: str, element: str, notes: list[Note], *, allowed: range | None = None) -> int:
    """Return a whole number, 0 for an empty value or a placeholder."""
    if text in PLACEHOLDERS:
        notes.append(Note.PLACEHOLDER)
    if text in ("", *PLACEHOLDERS):
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise PacketFaultError("BAD_VALUE", element, f"“{text}” không phải số")
    if allowed is not None and int(text) not in allowed:
        raise PacketFaultError("BAD_VALUE", element, f"“{text}” nằm ngoài {allowed[0]}…{allowed[-1]}")
    return int(text)


def note_long_values(header: Element, notes: list[Note]) -> None:
    """Note values that are longer than the standard has them; none is cut."""
    for element in header.iter():
        longest = LONGEST.get(element.tag)
        if longest is not None and len(element.text or "") > longest and len((element.text or "").strip()) > longest:
            notes.append(Note.VALUE_TOO_LONG)
            return
