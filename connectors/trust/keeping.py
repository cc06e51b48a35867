"""Which lists are in force together: the newest of each scope, and older ones only as long as they prove what it no longer says.

An issuer may leave out of its lists certificates that have expired (RFC 5280 §3.3); a document signed before that is still
judged by them.
"""

import hashlib
from collections.abc import Iterable, Iterator

from connectors.trust.checks import Known

MAX_OLD = 12
"""Older lists kept of one scope; who needs more finds them in earlier snapshots."""


def in_force_together(lists: Iterable[Known]) -> dict[str, bytes]:
    """Return the files of a snapshot (path as in a reference directory -> DER)."""
    scopes: dict[bytes, list[Known]] = {}
    for each in lists:
        scopes.setdefault(each.scope, []).append(each)
    return {_name(each): each.der for scope in scopes.values() for each in _kept(scope)}


def _kept(scope: list[Known]) -> Iterator[Known]:
    newest_first = sorted(scope, key=lambda each: (each.crl.last_update_utc, each.number or 0, each.der), reverse=True)
    told: set[int] = set()
    old = 0
    for number, each in enumerate(newest_first):
        serials = {entry.serial_number for entry in each.crl}
        if number and (old == MAX_OLD or serials <= told):
            continue
        old += number > 0
        told |= serials
        yield each


def _name(each: Known) -> str:
    scope = hashlib.sha256(each.scope).hexdigest()[:16]
    return f"crl/{scope}-{each.crl.last_update_utc:%Y%m%dT%H%M%SZ}-{hashlib.sha256(each.der).hexdigest()[:16]}.crl"
