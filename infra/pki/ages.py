"""How old trust is: when anchors end, and whether the newest revocation list of each series is still valid."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from infra.pki.series import Series, in_words, series_of
from schemas.reference import RevocationLists, TrustList


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """One certificate or list."""

    what: str
    """File name and, for a list, its issuer and series."""

    ends_at: datetime
    """Not after, or next update."""

    made_at: datetime
    """Not before, or this update."""


def anchors(trust: TrustList) -> Iterable[Age]:
    """Yield the life of every anchor and intermediate; one with a sunset ends with it."""
    every = [(each.name, each.der, each.sunset) for each in trust.anchors]
    every += [(each.name, each.der, None) for each in trust.intermediates]
    for name, der, sunset in every:
        certificate = x509.load_der_x509_certificate(der)
        ends_at = certificate.not_valid_after_utc
        if sunset is not None:
            ends_at = min(ends_at, datetime(sunset.year, sunset.month, sunset.day, 23, 59, 59, tzinfo=UTC))
        yield Age(what=name, made_at=certificate.not_valid_before_utc, ends_at=ends_at)


def newest_lists(crl: RevocationLists) -> Iterable[Age]:
    """Yield the newest list of every series: older ones are kept as proof and may be out of date, other series have dates of their own."""
    newest: dict[Series, Age] = {}
    for each in crl.lists:
        found = x509.load_der_x509_crl(each.der)
        series, made_at = series_of(found), found.last_update_utc
        age = Age(what=_named(each.name, found), made_at=made_at, ends_at=found.next_update_utc or made_at)
        if series not in newest or newest[series].made_at < made_at:
            newest[series] = age
    return newest.values()


def _named(name: str, crl: x509.CertificateRevocationList) -> str:
    return f"{name} ({'; '.join(filter(None, (crl.issuer.rfc4514_string(), in_words(crl))))})"
