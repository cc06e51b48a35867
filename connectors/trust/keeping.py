"""Which lists are in force together: the newest of each series, and older ones only as long as they prove what it no longer says.

An issuer may leave out of its lists certificates that have expired (RFC 5280 §3.3); a document signed before that is still
judged by them.
"""

import hashlib
from collections.abc import Iterable, Iterator

from cryptography import x509

from connectors.trust.checks import Known
from infra.pki.series import Series, point_of

MAX_OLD = 12
"""Older lists kept of one series; who needs more finds them in earlier snapshots."""


def in_force_together(lists: Iterable[Known]) -> dict[str, bytes]:
    """Return the files of a snapshot (path as in a reference directory -> DER)."""
    return {_name(each): each.der for series in _apart(lists) for each in _kept(series)}


def newest_of_each(lists: Iterable[Known]) -> list[Known]:
    """Return the newest list of every series."""
    return [series[0] for series in _apart(lists)]


def _apart(lists: Iterable[Known]) -> Iterable[list[Known]]:
    """Return the lists series by series, the newest first."""
    apart: dict[Series, list[Known]] = {}
    for each in lists:
        apart.setdefault(each.series, []).append(each)
    for series in apart.values():
        series.sort(key=lambda each: (each.crl.last_update_utc, each.number or 0, each.der), reverse=True)
    return apart.values()


def _kept(newest_first: Iterable[Known]) -> Iterator[Known]:
    told: set[tuple[bytes, int]] = set()
    old = 0
    for number, each in enumerate(newest_first):
        tells = set(_told_by(each.crl))
        if number and (old == MAX_OLD or tells <= told):
            continue
        old += number > 0
        told |= tells
        yield each


def _told_by(crl: x509.CertificateRevocationList) -> Iterator[tuple[bytes, int]]:
    """Yield issuer and serial number of each certificate listed; an indirect list names the issuer where it changes (RFC 5280 §5.3.3)."""
    point = point_of(crl)
    indirect, issuer = point is not None and point.indirect_crl, b""
    for entry in crl:
        if indirect:
            issuer = _issuer_in(entry) or issuer
        yield issuer, entry.serial_number


def _issuer_in(entry: x509.RevokedCertificate) -> bytes:
    try:
        names = entry.extensions.get_extension_for_class(x509.CertificateIssuer).value
    except x509.ExtensionNotFound:
        return b""
    return b"".join(each.public_bytes() for each in names.get_values_for_type(x509.DirectoryName))


def _name(each: Known) -> str:
    made_at, digest = each.crl.last_update_utc, hashlib.sha256(each.der).hexdigest()
    return f"crl/{each.series.sha256[:16]}-{made_at:%Y%m%dT%H%M%SZ}-{digest[:16]}.crl"
