"""Parses a frame into a tree with the standard's names, whatever namespace or spelling the sender used.

The parser is expat: lxml keeps every name it ever saw for as long as its thread lives, so one sender of ever new names would
fill the memory of a process for good; expat forgets. A DTD never gets here: `cutting` refuses it.
"""

from collections import Counter
from xml.etree import ElementTree as ET

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.notes import Note
from schemas.edxml.scanning import Frame
from schemas.edxml.vocabulary import NS, OLD_NAMESPACES, REPEATED, SINGLE, SPELLINGS, XLINK

Element = ET.Element

UNBOUND_PREFIX = 27
"""XML_ERROR_UNBOUND_PREFIX of expat."""


def parse(frame: Frame, notes: list[Note]) -> tuple[Element, bytes]:
    """Return the root with standard names, and the bytes it was parsed from.

    The prefix `xlink` is declared where it is used without; no other is. Raises `PacketFaultError` for what is not
    well-formed or not edXML.
    """
    root, content = _parse(frame, notes)
    for element in root.iter():
        element.tag = _standard_name(element.tag, notes)
    if root.tag not in ("edXML", "edXMLEnvelope"):
        raise PacketFaultError("NOT_EDXML", root.tag.rpartition("}")[2])
    for parent in root.iter():
        if len(parent) > 1:
            _check_single(parent)
    return root, content


def text_of(element: Element | None) -> str:
    """Return a value without blanks around it, empty where there is none."""
    if element is None:
        return ""
    if len(element):
        raise PacketFaultError("BAD_VALUE", element.tag, "có thẻ bên trong giá trị")
    return (element.text or "").strip()


def text_at(parent: Element | None, path: str) -> str:
    """Return the value at a path, empty where there is none."""
    return "" if parent is None else text_of(parent.find(path))


def _parse(frame: Frame, notes: list[Note]) -> tuple[Element, bytes]:
    try:
        return _parsed(frame.content), frame.content
    except ET.ParseError as exc:
        if exc.code != UNBOUND_PREFIX or b"xlink:" not in frame.content:
            raise _not_well_formed(exc) from exc
    at = frame.root_name_end
    repaired = frame.content[:at] + f' xmlns:xlink="{XLINK}"'.encode() + frame.content[at:]
    try:
        root = _parsed(repaired)
    except ET.ParseError as exc:
        raise _not_well_formed(exc) from exc
    notes.append(Note.XLINK_UNBOUND)
    return root, repaired


def _parsed(content: bytes) -> Element:
    parser = ET.XMLParser(encoding="utf-8")  # noqa: S314 - no DTD and no entities get here, and the frame is bounded
    parser.feed(content)
    return parser.close()


def _not_well_formed(exc: ET.ParseError) -> PacketFaultError:
    line, column = exc.position
    return PacketFaultError("XML_NOT_WELL_FORMED", "", f"dòng {line}, cột {column + 1}")


def _standard_name(tag: str, notes: list[Note]) -> str:
    """Return the local name of an element of edXML; what has another namespace keeps it and is nobody's business."""
    namespace, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    if namespace in OLD_NAMESPACES:
        notes.append(Note.OLD_NAMESPACE)
    elif not namespace:
        notes.append(Note.NO_NAMESPACE)
    elif namespace != NS:
        return tag
    name, note = SPELLINGS.get(local, (local, None))
    if note is not None:
        notes.append(note)
    return name


def _check_single(parent: Element) -> None:
    names = [child.tag for child in parent]
    if len(set(names)) == len(names):
        return
    for name, times in Counter(names).items():
        local = name.rpartition("}")[2]
        if times > 1 and local in SINGLE and (parent.tag, name) not in REPEATED:
            raise PacketFaultError("BAD_VALUE", f"{parent.tag}/{local}", "thành phần chỉ được có một lần")
