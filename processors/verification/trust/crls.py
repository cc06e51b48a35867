"""The index of revocation lists: one dictionary a list, its signature checked once for each issuer key (RFC 5280 §6.3).

This is for the plain list: complete, signed with the key that signed the certificates, and where it names distribution
points, one that the certificate names too. Whatever else there is `general_lists` leaves to certvalidator.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID

from processors.verification.trust.certificates import Certificate
from processors.verification.trust.names import prepared
from schemas.reference import RevocationList

UNREADABLE = (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
KNOWN_CRITICAL = {
    ExtensionOID.ISSUING_DISTRIBUTION_POINT,
    ExtensionOID.CRL_NUMBER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationUse:
    """The list, or the OCSP response, that answered for one certificate; part of the evidence."""

    certificate_sha256: str
    this_update: datetime
    next_update: datetime | None
    crl_sha256: str = ""
    number: int | None = None
    """Of the list."""

    ocsp_sha256: str = ""
    """Of a response in the document, DER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationAnswer:
    """What the lists say of one certificate, whenever it is asked."""

    use: RevocationUse
    authority: bool
    """The certificate is a CA's."""

    revoked_at: datetime | None = None
    more: tuple[RevocationUse, ...] = ()
    """Further lists that were needed for the answer."""

    settled: bool | None = None
    """Fresh or not, where that is more than a matter of one date."""

    def fresh(self, at: datetime, grace: timedelta) -> bool:
        """Tell whether the list had not ended before a moment (plus `grace`); one without an end is never fresh."""
        if self.settled is not None:
            return self.settled
        return self.use.next_update is not None and self.use.next_update + grace >= at


@dataclass(slots=True, kw_only=True)
class _List:
    source: RevocationList
    crl: x509.CertificateRevocationList
    number: int | None
    for_leaves: bool = True
    for_authorities: bool = True
    points: frozenset[str] = frozenset()
    """Addresses of the distribution points that it is for; empty: for all."""

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
    """The plain lists of one reference epoch."""

    def __init__(self, lists: Iterable[RevocationList]) -> None:
        self._by_issuer: dict[bytes, list[_List]] = {}
        self.others: list[RevocationList] = []
        """Lists that are not plain."""

        partial = set()
        for source in lists:
            try:
                crl = x509.load_der_x509_crl(source.der)
            except ValueError:
                continue
            if (plain := _plain(source, crl)) is not None:
                self._by_issuer.setdefault(crl.issuer.public_bytes(), []).append(plain)
            else:
                self.others.append(source)
                partial.add(prepared(crl.issuer.public_bytes()))
        self._partial = frozenset(partial)

    def ask(self, certificate: Certificate, issuer: Certificate) -> RevocationAnswer | None:
        """Say what the newest list of the issuer knows; None: the plain lists do not tell."""
        if self._partial and certificate.prepared_issuer in self._partial:
            return None  # a delta, or a list for some reasons, belongs to the answer
        lists = list(self._applicable(certificate, issuer))
        if not lists:
            return None
        newest = max(lists, key=lambda each: (each.crl.last_update_utc, each.number or 0, each.source.sha256))
        moments = [moment for each in lists if (moment := each.moment_of(certificate.serial)) is not None]
        return RevocationAnswer(
            use=use_of(certificate, newest.source, newest.crl),
            authority=certificate.is_authority,
            revoked_at=min(moments, default=None),
        )

    def _applicable(self, certificate: Certificate, issuer: Certificate) -> Iterator[_List]:
        for each in self._by_issuer.get(certificate.issuer_der, ()):
            fits = each.for_authorities if certificate.is_authority else each.for_leaves
            points = not each.points or bool(each.points & _points_of(certificate))
            if fits and points and each.vouched_by(issuer.x509):
                yield each


def use_of(certificate: Certificate, source: RevocationList, crl: x509.CertificateRevocationList) -> RevocationUse:
    """Describe a list that answered for a certificate."""
    return RevocationUse(
        certificate_sha256=certificate.sha256,
        crl_sha256=source.sha256,
        number=_number(crl),
        this_update=crl.last_update_utc,
        next_update=crl.next_update_utc,
    )


def _number(crl: x509.CertificateRevocationList) -> int | None:
    try:
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (x509.ExtensionNotFound, *UNREADABLE):
        return None


def _plain(source: RevocationList, crl: x509.CertificateRevocationList) -> _List | None:
    """Return a list that speaks for every certificate of its issuer, or of its distribution points; None if it is another one."""
    try:
        extensions = list(crl.extensions)
    except UNREADABLE:
        return None
    if any(each.critical and each.oid not in KNOWN_CRITICAL for each in extensions):
        return None
    plain = _List(source=source, crl=crl, number=_number(crl))
    for each in extensions:
        if isinstance(each.value, x509.DeltaCRLIndicator):
            return None
        if isinstance(each.value, x509.IssuingDistributionPoint):
            scope = each.value
            points = _addresses(scope.full_name)
            unusual = scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs
            if unusual or scope.relative_name or (scope.full_name and not points):
                return None
            plain.points = points
            plain.for_leaves, plain.for_authorities = (
                not scope.only_contains_ca_certs,
                not scope.only_contains_user_certs,
            )
    return plain


def _points_of(certificate: Certificate) -> frozenset[str]:
    """Return the addresses of a certificate's distribution points that answer for every reason by its own issuer."""
    try:
        points = certificate.x509.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return frozenset()
    return frozenset().union(
        *(_addresses(each.full_name) for each in points if not each.reasons and not each.crl_issuer)
    )


def _addresses(names: Iterable[x509.GeneralName] | None) -> frozenset[str]:
    return frozenset(each.value for each in names or () if isinstance(each, x509.UniformResourceIdentifier))


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
