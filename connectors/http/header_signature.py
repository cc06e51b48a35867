"""Signed headers, as clients of the national axis send them: who (`systemid`), when (`timestamp`), and an HMAC over copies of both.

The copies carry the prefix `XroadVnpt-`; `XroadVnpt-sign-header` lists, by `;`, the names that are signed; the hex
HMAC-SHA256(secret, JSON of these headers) lies in `XroadVnpt-sign-header-key` or `XroadVnpt-hash-header`.
How exactly the JSON is written is not public: `FORMS` has the ways we know, and a client's key names its own.
"""

import hashlib
import hmac
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone

from connectors.http.clients import Clients
from connectors.http.problems import RefusedError

PREFIX = "xroadvnpt-"
LIST = f"{PREFIX}sign-header"
SIGNATURES = (f"{PREFIX}sign-header-key", f"{PREFIX}hash-header")
NOT_SIGNED = {LIST, *SIGNATURES}
VIETNAM = timezone(timedelta(hours=7))
MOMENT = re.compile(r"([0-9]{8}T[0-9]{6})(?:\+([0-9]{3,4}))?", re.ASCII)
"""`ddMMyyyy'T'HHmmss+SSSS`, the wall's time in Việt Nam; the milliseconds tell two requests of a second apart."""

REMEMBERED = 200_000
"""Signatures that may not come again; more within a few minutes are refused, not forgotten."""


def _listed(signed: Mapping[str, str]) -> str:
    return json.dumps(dict(signed), ensure_ascii=False, separators=(",", ":"))


def _sorted(signed: Mapping[str, str]) -> str:
    return json.dumps(dict(signed), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


FORMS: Mapping[str, Callable[[Mapping[str, str]], str]] = {"listed": _listed, "sorted": _sorted}
"""Name -> the JSON that is signed, from the names as `XroadVnpt-sign-header` writes them: in its order, or by name."""


def hmac_of(secret: str, signed: Mapping[str, str], form: str) -> str:
    """Return the signature of headers, in hex."""
    return hmac.new(secret.encode(), FORMS[form](signed).encode(), hashlib.sha256).hexdigest()


class Signatures:
    """Judges signed headers, and remembers them for as long as their moment would pass."""

    def __init__(self, clients: Clients, now: Callable[[], datetime]) -> None:
        self._clients, self._now = clients, now
        self._within = timedelta(minutes=clients.limits.signature_minutes)
        self._seen: OrderedDict[str, datetime] = OrderedDict()

    def client(self, headers: Mapping[str, str]) -> str:
        """Return whose request this is; raise `RefusedError`. `headers`: names in small letters."""
        known = self._clients.by_systemid(headers.get("systemid", ""))
        if known is None:
            raise RefusedError("CREDENTIALS_WRONG", 401, element="systemid")
        name, key = known
        signed = _signed(headers)
        given = [headers[each].lower() for each in SIGNATURES if headers.get(each)]
        wanted = hmac_of(key.secret, signed, key.form)
        if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in given):
            raise RefusedError("CREDENTIALS_WRONG", 401, element="XroadVnpt-sign-header-key")
        self._require_fresh(headers["timestamp"])
        self._require_new(f"{name} {wanted}")
        return name

    def _require_fresh(self, text: str) -> None:
        found = MOMENT.fullmatch(text)
        try:
            moment = datetime.strptime(found[1] if found else "", "%d%m%YT%H%M%S").replace(tzinfo=VIETNAM)
        except ValueError:
            raise RefusedError("REQUEST_MALFORMED", 400, element="timestamp") from None
        if abs(self._now() - moment) > self._within:
            raise RefusedError("REQUEST_STALE", 401, element="timestamp", detail=text[:40])

    def _require_new(self, signature: str) -> None:
        now = self._now()
        while self._seen and next(iter(self._seen.values())) < now:
            self._seen.popitem(last=False)
        if signature in self._seen:
            raise RefusedError("REQUEST_REPEATED", 401, element="timestamp")
        if len(self._seen) >= REMEMBERED:
            raise RefusedError("TOO_MANY_REQUESTS", 429, headers={"Retry-After": "60"})
        self._seen[signature] = now + 2 * self._within


def _signed(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that are signed, named as the list names them; raise `RefusedError` unless who and when are among them."""
    signed, plain = dict[str, str](), dict[str, str]()
    for name in filter(None, (each.strip() for each in headers.get(LIST, "").split(";"))):
        small = name.lower()
        if small not in headers or small in NOT_SIGNED:
            raise RefusedError("CREDENTIALS_WRONG", 401, element="XroadVnpt-sign-header")
        signed[name] = headers[small]
        plain[small.removeprefix(PREFIX)] = headers[small]
    if any(plain.get(each) != headers.get(each, "") or not headers.get(each) for each in ("systemid", "timestamp")):
        raise RefusedError("CREDENTIALS_WRONG", 401, element="XroadVnpt-sign-header")
    return signed
