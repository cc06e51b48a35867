"""Joins the manifest with what is attached, and unpacks every file once: names, digests, sizes, limits."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from schemas.edxml.attachments import Attachment, Source, measure
from schemas.edxml.faults import PacketFaultError
from schemas.edxml.file_names import agreed, check_safe, media_type_of
from schemas.edxml.limits import Limits
from schemas.edxml.notes import Note
from schemas.edxml.scanning import Spans
from schemas.edxml.tree import Element, text_at
from schemas.edxml.vocabulary import CONTENT

CID = "cid:"
NAME_WITHIN = 4096
"""Characters of base64 text that hold a zip's header with any name that is allowed."""

ZIP_TYPES = frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the packet file holds beside its frame."""

    path: Path
    cuts: tuple[Spans, ...]
    """The base64 text of each attachment, by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One file as manifest and attachment tell of it."""

    content_id: str
    manifest_name: str
    attachment_name: str
    declared: str
    """The type that is not zip's, where one is named."""

    source: Source


def listed(root: Element, held: Held, limits: Limits, notes: list[Note]) -> list[Listed]:
    """Return the files in the order of the manifest; raise `PacketFaultError` where the two lists do not agree."""
    envelope = root if root.tag == "edXMLEnvelope" else root.find("edXMLEnvelope")
    references = [] if envelope is None else envelope.findall("edXMLBody/edXMLManifest/Reference")
    attached = root.findall("AttachmentEncoded/Attachment")
    _check_places(root, attached, held.cuts)
    if not references:
        raise PacketFaultError("MISSING_FIELD", "edXMLManifest/Reference")
    if len(references) > limits.attachments:
        raise PacketFaultError("RESOURCE_LIMIT", "edXMLManifest", f"hơn {limits.attachments} tệp đính kèm")
    at_hand = {_content_id(each, "Attachment"): each for each in reversed(attached)}
    wanted = {_content_id(each, "Reference"): each for each in reversed(references)}
    if len(at_hand) < len(attached) or len(wanted) < len(references):
        raise PacketFaultError("BAD_VALUE", "ContentId", "hai tệp đính kèm mang cùng một mã")
    for content_id, attachment in at_hand.items():
        if content_id not in wanted:
            raise PacketFaultError(
                "ATTACHMENT_NAME_MISMATCH", _name(attachment, "Attachment"), "không có trong danh mục"
            )
    return [
        _joined(content_id, wanted[content_id], at_hand.get(content_id), held, notes) for content_id in reversed(wanted)
    ]


def unpacked(files: list[Listed], limits: Limits, notes: list[Note]) -> tuple[Attachment, ...]:
    """Unpack every file once; raise `PacketFaultError` at the first that cannot be carried."""
    for each in files:
        check_safe((each.manifest_name, each.attachment_name))
    spare, found = limits.unpacked_bytes, []
    with files[0].source.path.open("rb") as file:
        for each in files:
            found.append(_unpacked(each, file, limits, spare, notes))
            spare -= found[-1].size
    return tuple(found)


def inner_name(spans: Spans, path: Path, file: BinaryIO) -> str:
    """Return the name inside a zip, looking at its beginning only; empty where there is none or it cannot be read."""
    head = tuple((begin, min(end, begin + NAME_WITHIN)) for begin, end in spans[:1])
    try:
        return Source(path=path, spans=head, zipped=True).member(file).name or ""
    except PacketFaultError:
        return ""


def _check_places(root: Element, attached: list[Element], cuts: tuple[Spans, ...]) -> None:
    """Nothing may be attached but in its place: what one reader overlooks another would show."""
    proper = root.find("AttachmentEncoded")
    if any(block is not proper for block in root.iter("AttachmentEncoded")):
        raise PacketFaultError("BAD_VALUE", "AttachmentEncoded", "nằm sai chỗ")
    placed = [each.text for attachment in attached for each in attachment.findall(CONTENT) if each.text]
    if placed != [str(number) for number in range(len(cuts))]:
        raise PacketFaultError("BAD_VALUE", CONTENT, "nằm sai chỗ")


def _content_id(element: Element, where: str) -> str:
    content_id = _bare(text_at(element, "ContentId"))
    if not content_id:
        raise PacketFaultError("MISSING_FIELD", f"{where}/ContentId")
    return content_id


def _bare(content_id: str) -> str:
    return content_id[len(CID) :].strip() if content_id[: len(CID)].lower() == CID else content_id


def _name(element: Element, where: str) -> str:
    if element.find("AttachmentName") is None:
        raise PacketFaultError("MISSING_FIELD", f"{where}/AttachmentName")
    return text_at(element, "AttachmentName")


def _joined(content_id: str, reference: Element, attachment: Element | None, held: Held, notes: list[Note]) -> Listed:
    name = _name(reference, "Reference")
    content = None if attachment is None else attachment.find(CONTENT)
    if attachment is None or content is None:
        raise PacketFaultError("ATTACHMENT_MISSING", name or content_id)
    number = text_at(attachment, CONTENT)
    spans = held.cuts[int(number)] if number else ()
    if not spans:
        raise PacketFaultError("ATTACHMENT_UNREADABLE", name, "nội dung rỗng")
    if text_at(reference, "ContentId") != text_at(attachment, "ContentId"):
        notes.append(Note.CID_ONE_SIDED)
    types = [_media_type(text_at(each, "ContentType")) for each in (attachment, reference)]
    if all(types) and types[0] != types[1]:
        notes.append(Note.CONTENT_TYPE_DIFFERS)
    return Listed(
        content_id=content_id,
        manifest_name=name,
        attachment_name=_name(attachment, "Attachment"),
        declared=next((each for each in types if each and each not in ZIP_TYPES), ""),
        source=Source(path=held.path, spans=spans, zipped=(types[0] or types[1]) in ZIP_TYPES),
    )


def _media_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()


def _unpacked(each: Listed, file: BinaryIO, limits: Limits, spare: int, notes: list[Note]) -> Attachment:
    try:
        content = each.source.member(file)
        if content.name is not None:
            check_safe((content.name,))
        name = agreed(each.manifest_name, each.attachment_name, content.name, notes)
        measured = measure(content, each.source, limits, spare)
    except PacketFaultError as exc:
        raise PacketFaultError(exc.code, exc.element or each.manifest_name, exc.detail) from exc
    if not content.flagged:
        notes.append(Note.ZIP_NAME_UNFLAGGED)
    return Attachment(
        content_id=each.content_id,
        name=name,
        media_type=each.declared or media_type_of(name),
        size=measured.size,
        sha256=measured.sha256,
        source=each.source,
    )
