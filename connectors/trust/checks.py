"""Whether a revocation list may be published: it is complete, its issuer may sign it, and it is newer than the one in force.

The verifier checks the signature once more against the CA of each path; here a bad list is named before it reaches anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from infra.pki.series import Series, series_of
from schemas.reference import TrustList
from schemas.reference.trust import MAX_CRL

SKEW = timedelta(minutes=5)
"""How far an issuer's clock may be ahead of ours."""


class Fault(StrEnum):
    """Why a list is not published; codes of `schemas.reasons`."""

    UNREADABLE = "CRL_UNREADABLE"
    INCOMPLETE = "CRL_INCOMPLETE"
    """A delta list, or one without an end: it answers nothing by itself (RFC 5280 §5.1.2.5, §5.2.4)."""

    ISSUER_UNKNOWN = "CRL_ISSUER_UNKNOWN"
    """No CA of the trust list has this name."""

    SIGNATURE_BAD = "CRL_SIGNATURE_BAD"
    """No CA of this name that may sign lists (keyUsage cRLSign) signed it."""

    FROM_FUTURE = "CRL_FROM_FUTURE"
    EXPIRED = "CRL_EXPIRED"
    """Its next update has passed already; published all the same, for what it says is revoked."""

    NUMBER_LOWER = "CRL_NUMBER_LOWER"
    """Its crlNumber is not higher than that of the same series in force: somebody hands out an old one (RFC 5280 §5.2.3)."""

    OLDER = "CRL_OLDER"
    """Made no later than the list of the same series in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A list that was read."""

    der: bytes
    crl: x509.CertificateRevocationList
    number: int | None
    signer: x509.Certificate | None
    """A CA of the trust list that may sign lists and signed this one."""

    series: Series
    """Lists of one series succeed each other."""


def read(der: bytes, authorities: Iterable[x509.Certificate]) -> Known | None:
    """Read a list; None where that cannot be done. `authorities` of the trust list may have signed it."""
    try:
        crl = x509.load_der_x509_crl(der)
        number = _number(crl.extensions)
        signer = next((each for each in authorities if _names(each, crl) and _vouches(each, crl)), None)
        series = series_of(crl, signer)
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return None
    return Known(der=der, crl=crl, number=number, signer=signer, series=series)


def authorities_of(trust: TrustList | None) -> list[x509.Certificate]:
    """Return the CAs of a trust list."""
    if trust is None:
        return []
    ders = [*(each.der for each in trust.anchors), *(each.der for each in trust.intermediates)]
    return [x509.load_der_x509_certificate(der) for der in ders]


def unfit(found: Known, authorities: Iterable[x509.Certificate], now: datetime) -> Fault | None:
    """Say why a list answers for nobody, whatever other lists there are; `authorities`: the CAs of the trust list."""
    crl = found.crl
    if crl.next_update_utc is None or _is_delta(crl.extensions) or len(found.der) > MAX_CRL:
        return Fault.INCOMPLETE
    if found.signer is None:
        return Fault.SIGNATURE_BAD if any(_names(each, crl) for each in authorities) else Fault.ISSUER_UNKNOWN
    return Fault.FROM_FUTURE if crl.last_update_utc > now + SKEW else None


def outdated(found: Known, in_force: Iterable[Known]) -> Fault | None:
    """Say why a list is no successor of those of its series that are in force."""
    for each in in_force:
        if each.series != found.series:
            continue
        if found.number is not None and each.number is not None and found.number <= each.number:
            return Fault.NUMBER_LOWER
        if found.crl.last_update_utc <= each.crl.last_update_utc:
            return Fault.OLDER
    return None


def expired(found: Known, now: datetime) -> bool:
    """Tell whether the next list is due already: what it says is known is still true, but nobody is proved good by it."""
    return found.crl.next_update_utc is None or found.crl.next_update_utc < now


def _number(extensions: x509.Extensions) -> int | None:
    try:
        return extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return None


def _is_delta(extensions: x509.Extensions) -> bool:
    return any(isinstance(each.value, x509.DeltaCRLIndicator) for each in extensions)


def _names(issuer: x509.Certificate, crl: x509.CertificateRevocationList) -> bool:
    return issuer.subject == crl.issuer


def _vouches(issuer: x509.Certificate, crl: x509.CertificateRevocationList) -> bool:
    return _may_sign(issuer) and _signed_by(crl, issuer)


def _may_sign(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True  # RFC 5280 §6.3.3 (f): only if the extension is there


def _signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type] # other key types answer TypeError
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False
