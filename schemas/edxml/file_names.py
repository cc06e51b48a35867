"""Names of attached files: which are unsafe, and whether those in manifest, attachment and zip agree. None is ever a path."""

import unicodedata
from collections.abc import Iterable

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.notes import Note

MAX_NAME = 255
"""Bytes in UTF-8: the limit of common file systems."""

ZIP = ".zip"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xml": "application/xml",
    "csv": "text/csv",
    "txt": "text/plain",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
ANY = "application/octet-stream"

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{name}{number}" for name in ("com", "lpt") for number in "0123456789¹²³"]
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def unsafe(name: str) -> bool:
    """Tell whether a name could be more than a name, or look like another one."""
    name = unicodedata.normalize("NFC", name)
    return (
        not name.strip()
        or len(name.encode("utf-8", "surrogatepass")) > MAX_NAME
        or ".." in name
        or name[-1] in ". "
        or name.partition(".")[0].strip().casefold() in _DEVICES
        or any(char in "/\\:" or char in _BIDI or unicodedata.category(char) in _UNPRINTABLE for char in name)
    )


def check_safe(names: Iterable[str]) -> None:
    """Raise `PacketFaultError` naming the first unsafe name."""
    for name in names:
        if unsafe(name):
            raise PacketFaultError("ATTACHMENT_NAME_UNSAFE", name)


def agreed(manifest: str, attachment: str, inside: str | None, notes: list[Note]) -> str:
    """Return the one name that all places agree on; `inside`: in the zip, None where there is none."""
    outer = {unicodedata.normalize("NFC", each) for each in (manifest, attachment)}
    if inside is None:
        if len(outer) == 1:
            return outer.pop()
        raise PacketFaultError("ATTACHMENT_NAME_MISMATCH", manifest, attachment)
    inner = unicodedata.normalize("NFC", inside)
    for name in outer - {inner}:
        if not name.startswith(inner) or name[len(inner) :].lower() != ZIP:
            raise PacketFaultError("ATTACHMENT_NAME_MISMATCH", manifest, f"{attachment} / {inside}")
        notes.append(Note.ZIP_SUFFIX)
    return inner


def media_type_of(name: str) -> str:
    """Guess the type of a file that was zipped, by its name."""
    return MEDIA_TYPES.get(name.rpartition(".")[2].lower(), ANY)
