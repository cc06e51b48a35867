"""Reads what a request says in its path, query, headers and JSON body; what cannot be meant is refused with its name."""

import json
import re
from typing import Any

from starlette.requests import Request

from connectors.http import spool
from connectors.http.clients import Limits
from connectors.http.problems import RefusedError
from schemas.ids import clean_code, code_form, expand_short, is_sha256, normalise_document_id, split_delivery_id

MOST_JSON = 64 * 1024
KEY = re.compile(r"[\x21-\x7e]{1,200}")
"""Printable ASCII without blanks, quotes of a structured field (draft-ietf-httpapi-idempotency-key-header) included."""

WAIT = re.compile(r"\bwait=([0-9]{1,3})\b", re.ASCII)
MOST_SECONDS = 30.0
"""A client may ask to wait for (RFC 7240)."""


def malformed(element: str, detail: str = "") -> RefusedError:
    """Return the refusal of a value."""
    return RefusedError("REQUEST_MALFORMED", 400, element=element, detail=detail)


def digest(text: str, element: str = "digest") -> str:
    """Return a SHA-256 in small hex digits."""
    if not is_sha256(text.lower()):
        raise malformed(element, "SHA-256, 64 hex")
    return text.lower()


def document_id(text: str) -> str:
    """Return a normalised document id."""
    try:
        return normalise_document_id(text)
    except ValueError:
        raise malformed("document_id", "OrganId,yyyy/MM/dd,number/notation, UUID") from None


def delivery_id(text: str) -> str:
    """Return a delivery id."""
    try:
        split_delivery_id(text)
    except ValueError:
        raise malformed("delivery_id") from None
    return text


def agency(text: str) -> str:
    """Return an agency's code as the register writes it."""
    code = clean_code(text)
    if code_form(code) is None:
        raise malformed("agency", "000.00.17.H53")
    return expand_short(code) or code


def number(request: Request, name: str, *, otherwise: int, most: int) -> int:
    """Return a whole number of the query, from 1 on."""
    text = request.query_params.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):  # noqa: PLR2004 - digits of a number that fits
        raise malformed(name, f"1…{most}")
    return int(text)


def idempotency_key(request: Request) -> str:
    """Return the Idempotency-Key, empty if there is none."""
    key = request.headers.get("idempotency-key")
    if key is not None and not KEY.fullmatch(key):
        raise malformed("Idempotency-Key", "1…200 ASCII")
    return key or ""


def wait_seconds(request: Request) -> float:
    """Return how long the client would wait for an outcome (`Prefer: wait=10`)."""
    found = WAIT.search(request.headers.get("prefer", ""))
    return min(MOST_SECONDS, float(found[1])) if found else 0.0


def require_media_type(request: Request, *allowed: str) -> None:
    """Refuse a body of another type; none said is taken as the first."""
    said = request.headers.get("content-type", allowed[0]).partition(";")[0].strip().lower()
    if said not in allowed:
        raise RefusedError("MEDIA_TYPE_NOT_TAKEN", 415, element="Content-Type", detail=", ".join(allowed))


async def json_object(request: Request, limits: Limits, *names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the JSON object of a body with just these members; an empty body is an empty object."""
    require_media_type(request, "application/json")
    body = await spool.small(request, most=MOST_JSON, limits=limits)
    try:
        found: Any = json.loads(body, object_pairs_hook=_once) if body.strip() else {}
    except (ValueError, RecursionError):
        raise malformed("body", "JSON") from None
    if not isinstance(found, dict):
        raise malformed("body", "JSON object")
    for name in names:
        if name not in found:
            raise malformed(name)
    for name in found:
        if name not in (*names, *optional):
            raise malformed(name)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; a member that comes twice says two things (RFC 8259 lets each reader choose)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found


def words(value: object, element: str, *, most: int = 500, needed: bool = True) -> str:
    """Return a text of a JSON body: printable, not too long, not empty where it is needed."""
    if not isinstance(value, str) or len(value) > most or (needed and not value.strip()):
        raise malformed(element)
    if any(not each.isprintable() for each in value):
        raise malformed(element)
    return value.strip()
