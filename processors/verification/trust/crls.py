"""The index of revocation lists: one dictionary a list, its signature checked once for each issuer key (RFC 5280 §6.3).

Out of scope, and therefore no answer (CRL_MISSING): delta and indirect lists, lists limited to some reasons, lists with
a critical extension that we do not know. Distribution point names are not compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID

from processors.verification.trust.certificates import Certificate
from schemas.reference import RevocationList

KNOWN_CRITICAL = {
    ExtensionOID.ISSUING_DISTRIBUTION_POINT,
    ExtensionOID.CRL_NUMBER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationUse:
    """The list that answered for one certificate; part of the evidence."""

    certificate_sha256: str
    crl_sha256: str
    number: int | None
    this_update: datetime
    next_update: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationAnswer:
    """What the lists of its issuer say of one certificate, whenever it is asked."""

    use: RevocationUse
    authority: bool
    """The certificate is a CA's."""

    revoked_at: datetime | None = None

    def fresh(self, at: datetime, grace: timedelta) -> bool:
        """Tell whether the list had not ended before a moment (plus `grace`); one without an end is never fresh."""
        return self.use.next_update is not None and self.use.next_update + grace >= at


@dataclass(slots=True, kw_only=True)
class _List:
    source: RevocationList
    crl: x509.CertificateRevocationList
    number: int | None
    for_leaves: bool
    for_authorities: bool
    revoked: dict[int, datetime] | None = None
    signed_by: dict[bytes, bool] = field(default_factory=dict)

    def moment_of(self, serial: int) -> datetime | None:
        if self.revoked is None:
            self.revoked = {entry.serial_number: entry.revocation_date_utc for entry in self.crl}
        return self.revoked.get(serial)

    def vouched_by(self, issuer: x509.Certificate) -> bool:
        key = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if key not in self.signed_by:
            self.signed_by[key] = _may_sign(issuer) and _signature_holds(self.crl, issuer)
        return self.signed_by[key]


class CrlIndex:
    """The lists of one reference epoch."""

    def __init__(self, lists: Iterable[RevocationList]) -> None:
        self._by_issuer: dict[bytes, list[_List]] = {}
        for source in lists:
            if (usable := _usable(source)) is not None:
                self._by_issuer.setdefault(usable.crl.issuer.public_bytes(), []).append(usable)

    def ask(self, certificate: Certificate, issuer: Certificate) -> RevocationAnswer | None:
        """Say what the newest list of the issuer knows; None: no list that may answer."""
        lists = list(self._applicable(certificate, issuer))
        if not lists:
            return None
        newest = max(lists, key=lambda each: (each.crl.last_update_utc, each.number or 0, each.source.sha256))
        use = RevocationUse(
            certificate_sha256=certificate.sha256,
            crl_sha256=newest.source.sha256,
            number=newest.number,
            this_update=newest.crl.last_update_utc,
            next_update=newest.crl.next_update_utc,
        )
        moments = [moment for each in lists if (moment := each.moment_of(certificate.serial)) is not None]
        return RevocationAnswer(use=use, authority=certificate.is_authority, revoked_at=min(moments, default=None))

    def _applicable(self, certificate: Certificate, issuer: Certificate) -> Iterator[_List]:
        for each in self._by_issuer.get(certificate.issuer_der, ()):
            fits = each.for_authorities if certificate.is_authority else each.for_leaves
            if fits and each.vouched_by(issuer.x509):
                yield each


def _usable(source: RevocationList) -> _List | None:
    try:
        crl = x509.load_der_x509_crl(source.der)
        extensions = crl.extensions
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return None
    if any(each.critical and each.oid not in KNOWN_CRITICAL for each in extensions):
        return None
    leaves = authorities = True
    number = None
    for each in extensions:
        if isinstance(each.value, x509.DeltaCRLIndicator):
            return None
        if isinstance(each.value, x509.CRLNumber):
            number = each.value.crl_number
        if isinstance(each.value, x509.IssuingDistributionPoint):
            scope = each.value
            if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs:
                return None
            leaves, authorities = not scope.only_contains_ca_certs, not scope.only_contains_user_certs
    return _List(source=source, crl=crl, number=number, for_leaves=leaves, for_authorities=authorities)


def _may_sign(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True  # RFC 5280 §6.3.3 (f): only if the extension is there


def _signature_holds(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type] # other key types answer TypeError
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False
