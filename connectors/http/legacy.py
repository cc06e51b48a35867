"""How the calls of the national axis are answered: JSON with `status`, `ErrorCode`, `ErrorDesc`, whatever else was asked for.

`ErrorCode` is a number that such clients know; our reason code and the sentence stand in `ErrorDesc`. Clients try again
after network errors and 5xx only, so a final no comes with 200 (401 for credentials), and what may pass later with 503.
"""

from typing import Any

from connectors.http.answers import Json
from connectors.http.problems import RefusedError

BAD_FILE, WRONG_SECRET, NO_RECEIVER, NO_SENDER, INTERNAL, PROCESSING, NOT_EDXML, CLOSED = (
    "10", "15", "18", "19", "20", "21", "22", "23"
)  # fmt: skip
NUMBERS = {
    "CREDENTIALS_MISSING": WRONG_SECRET,
    "CREDENTIALS_WRONG": WRONG_SECRET,
    "REQUEST_STALE": WRONG_SECRET,
    "REQUEST_REPEATED": WRONG_SECRET,
    "SENDER_UNKNOWN": NO_SENDER,
    "SENDER_NOT_ALLOWED": NO_SENDER,
    "AGENCY_NOT_YOURS": NO_SENDER,
    "RECIPIENT_UNKNOWN": NO_RECEIVER,
    "RECIPIENT_AMBIGUOUS": NO_RECEIVER,
    "RECIPIENT_NO_ENDPOINT": NO_RECEIVER,
    "RECIPIENT_CLOSED": CLOSED,
    "NOT_EDXML": NOT_EDXML,
    "XML_NOT_WELL_FORMED": NOT_EDXML,
    "DTD_FORBIDDEN": NOT_EDXML,
    "DIGEST_MISMATCH": BAD_FILE,
    "LENGTH_MISMATCH": BAD_FILE,
    "REQUEST_TOO_LARGE": BAD_FILE,
    "INTERNAL_ERROR": INTERNAL,
    "AXIS_NOT_READY": INTERNAL,
    "TOO_MANY_REQUESTS": INTERNAL,
    "DIRECTORY_BY_OPERATOR": INTERNAL,
}
"""Reason code -> number; any other is 21."""

SAID_BY_HTTP = frozenset({400, 401, 408, 413, 415, 431})
"""Statuses that such a client meets before it would read an answer; they are kept."""

LATER = 503


def ok(**said: Any) -> Json:
    """Return a yes."""
    return Json({"status": "OK", "ErrorCode": "0", "ErrorDesc": "", **said})


def problem(refused: RefusedError) -> Json:
    """Return a no."""
    said = {"status": "FAIL", "ErrorCode": NUMBERS.get(refused.code, PROCESSING), "ErrorDesc": describe(refused)}
    later = refused.status >= 500 or refused.status == 429  # noqa: PLR2004 - of HTTP
    status = LATER if later else refused.status if refused.status in SAID_BY_HTTP else 200
    return Json(said, status, headers=refused.headers)


def describe(refused: RefusedError) -> str:
    """Return reason code, element and sentence as one text."""
    element = f" [{refused.element}]" if refused.element else ""
    return f"{refused.code}{element}: {refused.sentence}"
