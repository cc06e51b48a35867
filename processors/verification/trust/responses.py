"""OCSP responses that a document brings (RFC 6960), judged by certvalidator; nothing is fetched.

A response settles a certificate's state if it had not ended at the receipt, or if it was made after the best signature time:
then the certificate was good when it signed (EN 319 102-1 §5.2.5). One that says revoked counts as any list does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from cryptography.x509 import ocsp
from pyhanko_certvalidator.errors import OCSPValidationError, RevokedError
from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response

from processors.verification.coroutines import finish_now
from processors.verification.limits import MAX_RESPONSE_BYTES, MAX_RESPONSES
from processors.verification.trust.certificates import Certificate
from processors.verification.trust.crls import RevocationAnswer, RevocationUse
from processors.verification.trust.general_lists import REQUIRED
from processors.verification.trust.moment import CLOCK_SKEW, Moment
from processors.verification.trust.paths import validation_context, validation_path
from schemas.reference import RevocationList


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A response about one certificate; nobody has checked it yet."""

    der: bytes
    serial: int
    this_update: datetime
    next_update: datetime | None


class Responses:
    """What one document brings; read only if somebody asks."""

    def __init__(self, encoded: Iterable[bytes] = ()) -> None:
        self._encoded = tuple(encoded)

    def __bool__(self) -> bool:
        return bool(self._encoded)

    def __add__(self, other: "Responses") -> "Responses":
        return Responses((*self._encoded, *other._encoded)) if other else self

    @cached_property
    def _readable(self) -> tuple[Response, ...]:
        fitting = [each for each in self._encoded[:MAX_RESPONSES] if len(each) <= MAX_RESPONSE_BYTES]
        return tuple(read for each in dict.fromkeys(fitting) if (read := _read(each)) is not None)

    def ask(
        self, chain: tuple[Certificate, ...], position: int, lists: Sequence[RevocationList], at: Moment
    ) -> RevocationAnswer | None:
        """Say what the newest sound response knows of a certificate of a sound chain; `lists`: who asks about responders."""
        certificate = chain[position]
        latest = at.receipt + CLOCK_SKEW
        about = [each for each in self._readable if each.serial == certificate.serial and each.this_update <= latest]
        for each in sorted(about, key=lambda one: one.this_update, reverse=True):
            try:
                revoked_at = _judged(each, chain, position, lists)
            except OCSPValidationError:
                continue
            return _answer(each, certificate, revoked_at, at)
        return None


NONE = Responses()


def _read(der: bytes) -> Response | None:
    try:
        read = ocsp.load_der_ocsp_response(der)
        if read.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return None
        return Response(
            der=der,
            serial=read.serial_number,
            this_update=read.this_update_utc,
            next_update=read.next_update_utc,
        )
    except ValueError:  # none, or about several certificates
        return None


def _judged(
    each: Response, chain: tuple[Certificate, ...], position: int, lists: Sequence[RevocationList]
) -> datetime | None:
    """Return when the certificate was revoked, None if it was not; raises `OCSPValidationError` for a response that does not hold."""
    crls, made = [one.der for one in lists], each.this_update  # whether it is fresh is decided here, not there
    context = validation_context(chain, made, REQUIRED, crls=crls, ocsps=[each.der])
    try:
        finish_now(verify_ocsp_response(chain[position].asn1, validation_path(chain), context))
    except RevokedError as exc:
        moment: datetime = exc.revocation_dt
        return moment
    return None


def _answer(each: Response, certificate: Certificate, revoked_at: datetime | None, at: Moment) -> RevocationAnswer:
    lasts = each.next_update is not None and each.next_update + at.crl_grace >= at.receipt
    use = RevocationUse(
        certificate_sha256=certificate.sha256,
        ocsp_sha256=sha256(each.der).hexdigest(),
        this_update=each.this_update,
        next_update=each.next_update,
    )
    settled = lasts or each.this_update >= at.best
    return RevocationAnswer(use=use, authority=certificate.is_authority, revoked_at=revoked_at, settled=settled)
