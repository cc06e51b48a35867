"""The JSON that the calls take and give, as JSON Schema; members that are not named here may come as well."""

from collections.abc import Mapping
from typing import Any

from connectors.http.calls import Answer, Parameter

SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DIGEST = {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
BYTES: Mapping[str, Any] = {}
"""Whatever bytes."""

DELIVERY_ID = {"type": "string", "pattern": r"^[0-9a-f]{32}-[0-9A-Z.]{3,35}$"}
CODE = {"enum": ["01", "02", "03", "04", "05", "06", "13", "15", "16"]}
WORDS = {"type": "string", "minLength": 1, "maxLength": 200, "description": "printable"}
REASON = {"type": "string", "maxLength": 500, "description": "printable"}


def listed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a list of."""
    return {"type": "array", "items": schema}


def members(
    needed: Mapping[str, Any], optional: Mapping[str, Any] | None = None, *, closed: bool = False
) -> dict[str, Any]:
    """Return an object with these members."""
    said: dict[str, Any] = {"type": "object", "required": sorted(needed), "properties": {**needed, **(optional or {})}}
    return said | ({"additionalProperties": False} if closed else {})


def whole(most: int) -> dict[str, Any]:
    """Return a number from 1 on."""
    return {"type": "integer", "minimum": 1, "maximum": most}


PLAIN = {"type": "object"}
PACKET = Answer(says="the packet's bytes", schema=BYTES, media_type="application/octet-stream")
HANDED = members(
    {
        "digest": SHA256,
        "status_url": TEXT,
        "state": TEXT,
        "document_id": TEXT,
        "owes": listed(PLAIN),
        "documents": listed(PLAIN),
    },
    {"refusal": {"type": ["object", "null"]}, "receipt": {"type": ["object", "null"]}},
)
FORECAST = members(
    {
        "ok": {"type": "boolean"},
        "digest": SHA256,
        "document_id": TEXT,
        "verdict": {"type": ["object", "null"]},
        "deliveries": listed(PLAIN),
        "refusals": listed(PLAIN),
        "deadlines": listed(PLAIN),
        "notes": listed(TEXT),
    }
)
STORIES = members({"document_id": TEXT, "documents": listed(PLAIN)})
WAITING = members({"delivery_id": DELIVERY_ID, "organ_id": TEXT, "sender": TEXT, "content_url": TEXT})
INBOX = members({"waiting": WHOLE, "items": listed(WAITING)})
LEASED = members({"seconds": WHOLE, "items": listed(WAITING)})
LEASE = members({}, {"limit": whole(500), "seconds": whole(3600), "agency": TEXT}, closed=True)
CONFIRM = members({"sha256": DIGEST}, closed=True)
CONFIRMED = members({"delivery_id": DELIVERY_ID, "sha256": SHA256, "taken": {"enum": ["now", "before"]}})
SAY = members({"code": CODE, "by": WORDS}, {"reason": REASON}, closed=True)
SAID = members({"delivery_id": DELIVERY_ID, "code": CODE, "digest": SHA256, "taken": {"type": "boolean"}})
OWED = members({"at": TEXT, "items": listed(members({"who": TEXT, "what": TEXT}))})
EVENTS = members(
    {
        "events": listed(members({"event": TEXT, "event_id": TEXT, "at": TEXT})),
        "next": TEXT,
        "more": {"type": "boolean"},
    }
)

AGENCY = Parameter(name="agency", says="one of the client's agencies; all of them otherwise", schema=TEXT)
WAIT = Parameter(name="Prefer", says="`wait=N`: seconds, at most 30 (RFC 7240)", schema=TEXT, where="header")
KEY = Parameter(
    name="Idempotency-Key",
    says="the same key answers the first outcome",
    schema={"type": "string", "pattern": "^[!-~]{1,200}$"},
    where="header",
)
DIGEST_OF_BODY = Parameter(
    name="Content-Digest", says="`sha-256=:BASE64:` (RFC 9530)", schema={"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"}, where="header"
)  # fmt: skip
BY_DIGEST = Parameter(name="digest", says="SHA-256 of the packet", schema=DIGEST)
BY_DELIVERY = Parameter(name="delivery_id", says="of a delivery", schema=DELIVERY_ID)

OLD = members({"status": {"const": "OK"}, "ErrorCode": {"const": "0"}, "ErrorDesc": TEXT})
OLD_NO = members({"status": {"const": "FAIL"}, "ErrorCode": TEXT, "ErrorDesc": TEXT})


def old(**more: Mapping[str, Any]) -> dict[str, Answer]:
    """Return what a call of the national axis answers: a yes with more in it, or a final no, both with 200."""
    yes = {**OLD, "required": [*OLD["required"], *more], "properties": OLD["properties"] | more}
    return {"200": Answer(says="OK, or FAIL with a number", schema={"oneOf": [yes, OLD_NO]})}


def header(name: str, says: str, *allowed: str, needed: bool = True, pattern: str = "") -> Parameter:
    """Return a parameter that travels as a header."""
    schema = (
        {"type": "string"} | ({"enum": list(allowed)} if allowed else {}) | ({"pattern": pattern} if pattern else {})
    )
    return Parameter(name=name, says=says, schema=schema, where="header", needed=needed)
