"""Identifiers: agency codes in their three forms, document ids, and the keys made of them (domain: QCVN 102:2016, QĐ 20/2020).

Everything is normalised here and nowhere else; a raw id is never a file name, a URL or a topic key.
"""

import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date
from hashlib import sha1 as _sha1

NAMESPACE = uuid.UUID("6f1d3c1e-5b7a-5d0c-9a53-0f6a2f0b9d11")
"""Of every UUIDv5 of the axis; changing it would change every key and event id."""

MAX_CODE = 35
"""Characters of an agency code (QĐ 20/2020)."""

MAX_DOCUMENT_ID = 200

_NAMESPACE_BYTES = NAMESPACE.bytes
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_FORM_102 = re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}")
_FORM_QD20 = re.compile(r"[A-Z][A-Z0-9]{1,2}(\.[A-Z0-9]{2,3})*")
_FORM_SHORT = re.compile(r"([0-9]{2}\.){1,2}[A-Z][0-9]{2}")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/-]([0-9]{1,2})[/-]([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_KEY = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Tell whether a text is a SHA-256 as it is written everywhere here: 64 hexadecimal digits, lower case."""
    return _SHA256.fullmatch(text) is not None


def clean_code(text: str) -> str:
    """Return a code as it is looked up: NFC, zero-width characters dropped, trimmed, upper case."""
    if text.isascii():  # nothing to compose, nothing that nobody sees
        return text.strip().upper()
    return _composed(_composed(text).strip().upper())  # some capitals come apart


def _composed(text: str) -> str:
    """Return the text in NFC without invisible characters, which may stand between a letter and its mark."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def code_form(code: str) -> str | None:
    """Name the form of a cleaned code: `102`, `qd20` or `short`; None if it has none of them."""
    if len(code) > MAX_CODE:
        return None
    if _FORM_102.fullmatch(code):
        return "102"
    if _FORM_QD20.fullmatch(code):
        return "qd20"
    return "short" if _FORM_SHORT.fullmatch(code) else None


def expand_short(code: str) -> str | None:
    """Return the form of 102 of a short code (`05.H53` -> `000.00.05.H53`); None if it is not short."""
    if code_form(code) != "short":
        return None
    groups = code.split(".")
    padded = ["000", "00", "00"][: 4 - len(groups)] + groups
    return ".".join([padded[0].zfill(3), *padded[1:]])


def normalise_document_id(text: str) -> str:
    """Return `OrganId,yyyy-mm-dd,number/notation`, or a UUID in lower case; raise ValueError for anything else.

    NFC, trimmed, inner spaces removed around `,` and `/`; the notation keeps its case (domain: one key for all channels).
    """
    cleaned = _composed(text).strip()
    if not cleaned or len(cleaned) > MAX_DOCUMENT_ID or any(unicodedata.category(char) == "Cc" for char in cleaned):
        raise ValueError("empty, too long or with control characters")
    try:
        if len(cleaned) in (32, 36, 38):
            return str(uuid.UUID(cleaned))
    except ValueError:
        pass
    parts = [part.strip() for part in cleaned.split(",", 2)]
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - agency, date, number
        raise ValueError("not of the form OrganId,date,number/notation")
    organ_id, day, number = clean_code(parts[0]), _day(parts[1]), re.sub(r"\s*([/,])\s*", r"\1", parts[2])
    if not organ_id or not number.strip("/,"):
        raise ValueError("no agency or no number")
    normalised = f"{organ_id},{day.isoformat()},{number}"
    if len(normalised) > MAX_DOCUMENT_ID:
        raise ValueError("too long")
    return normalised


def _day(text: str) -> date:
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        raise ValueError("no date")
    return date(year, month, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIdParts:
    """The natural key's three parts."""

    organ_id: str
    promulgated_on: date
    number_notation: str


def split_document_id(normalised: str) -> DocumentIdParts | None:
    """Return the parts of a normalised id; None for a UUID."""
    parts = normalised.split(",", 2)
    if len(parts) != 3:  # noqa: PLR2004 - agency, date, number
        return None
    return DocumentIdParts(organ_id=parts[0], promulgated_on=date.fromisoformat(parts[1]), number_notation=parts[2])


def document_key(sender_organ_id: str, document_id: str) -> str:
    """Return the key of a document: 32 hex digits over resolved sender and normalised id (decision 1)."""
    return uuid.uuid5(NAMESPACE, f"{sender_organ_id}\n{document_id}").hex


def delivery_id(key: str, organ_id: str) -> str:
    """Return the key of one (document, recipient): safe in file names and URLs."""
    return f"{key}-{organ_id}"


def split_delivery_id(text: str) -> tuple[str, str]:
    """Return (document key, organ_id); raise ValueError if it is none."""
    key, dash, organ_id = text.partition("-")
    if not dash or not _KEY.fullmatch(key) or code_form(organ_id) is None:
        raise ValueError("not a delivery id")
    return key, organ_id


def event_id(*parts: str) -> str:
    """Return a deterministic event id over its parts, so that a replay repeats it."""
    digest = bytearray(_sha1(_NAMESPACE_BYTES + "\n".join(parts).encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50  # RFC 9562 §5.5, as `uuid.uuid5` makes it, in half its time
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
