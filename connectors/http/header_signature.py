"""Signed headers, as clients of the national axis send them: who (`systemid`), when (`timestamp`), and an HMAC over copies of both.

The copies carry the prefix `XroadVnpt-`; `XroadVnpt-sign-header` lists, by `;`, the names that are signed; the hex
HMAC-SHA256(secret, JSON of these headers) lies in `XroadVnpt-sign-header-key` or `XroadVnpt-hash-header`.
How exactly the JSON is written is not public: `FORMS` has the ways we know, and a client's key names its own.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from connectors.http.clients import Clients
from connectors.http.memory import Memory
from connectors.http.problems import RefusedError

PREFIX = "xroadvnpt-"
LIST = f"{PREFIX}sign-header"
SIGNATURES = (f"{PREFIX}sign-header-key", f"{PREFIX}hash-header")
NOT_SIGNED = {LIST, *SIGNATURES}
VIETNAM = timezone(timedelta(hours=7))
MOMENT = re.compile(r"([0-9]{8}T[0-9]{6})(?:\+([0-9]{3,4}))?", re.ASCII)
"""`ddMMyyyy'T'HHmmss+SSSS`, the wall's time in Việt Nam; the milliseconds tell two requests of a second apart."""


def _listed(signed: Mapping[str, str]) -> str:
    return json.dumps(dict(signed), ensure_ascii=False, separators=(",", ":"))


def _sorted(signed: Mapping[str, str]) -> str:
    return json.dumps(dict(signed), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


FORMS: Mapping[str, Callable[[Mapping[str, str]], str]] = {"listed": _listed, "sorted": _sorted}
"""Name -> the JSON that is signed, from the names as `XroadVnpt-sign-header` writes them: in its order, or by name."""


def hmac_of(secret: str, signed: Mapping[str, str], form: str) -> str:
    """Return the signature of headers, in hex."""
    return hmac.new(secret.encode(), FORMS[form](signed).encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A request whose signature holds."""

    client: str
    mark: str
    """Tells this signature from all others."""


class Signatures:
    """Judges signed headers, and takes each only once for as long as its moment would pass."""

    def __init__(self, memory: Memory, now: Callable[[], datetime]) -> None:
        self._memory, self._now = memory, now

    def judge(self, headers: Mapping[str, str], clients: Clients) -> Signed:
        """Return whose request this is; raise `RefusedError`. `headers`: names in small letters."""
        known = clients.by_systemid(headers.get("systemid", ""))
        if known is None:
            raise RefusedError("CREDENTIALS_WRONG", 401, element="systemid")
        name, key = known
        signed = _signed(headers)
        given = [headers[each].lower() for each in SIGNATURES if headers.get(each)]
        wanted = hmac_of(key.secret, signed, key.form)
        if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in given):
            raise RefusedError("CREDENTIALS_WRONG", 401, element="XroadVnpt-sign-header-key")
        self._require_fresh(headers["timestamp"], _within(clients))
        return Signed(client=name, mark=hashlib.sha256(f"{name} {wanted}".encode()).hexdigest())

    def require_new(self, signed: Signed, clients: Clients) -> None:
        """Raise `RefusedError` for a signature that came before, to whichever API; blocks."""
        if not self._memory.first_time(signed.mark, self._now() + 2 * _within(clients)):
            raise RefusedError("REQUEST_REPEATED", 401, element="timestamp")

    def _require_fresh(self, text: str, within: timedelta) -> None:
        found = MOMENT.fullmatch(text)
        try:
            moment = datetime.strptime(found[1] if found else "", "%d%m%YT%H%M%S").replace(tzinfo=VIETNAM)
        except ValueError:
            raise RefusedError("REQUEST_MALFORMED", 400, element="timestamp") from None
        if abs(self._now() - moment) > within:
            raise RefusedError("REQUEST_STALE", 401, element="timestamp", detail=text[:40])


def _within(clients: Clients) -> timedelta:
    return timedelta(minutes=clients.limits.signature_minutes)


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
