"""The trust store of one reference epoch: anchors by usage, the CRL index, and what was found out with them.

Nothing here is shared between epochs, nothing is keyed by subject or serial, and nothing is fetched.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from processors.verification.crls import CrlIndex, RevocationUse, is_authority
from processors.verification.defects import DefectError, Finding, found
from processors.verification.paths import Path, PathFinder, fingerprint
from schemas.reference import Reference

MAX_REMEMBERED = 4_096
"""Paths kept; a province has a few thousand signers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """As of when a certificate is judged."""

    best: datetime
    """Best signature time: a trusted time-stamp, else the receipt."""

    receipt: datetime
    """When the axis took the document: revocation data must be fresh by then."""

    crl_grace: timedelta
    stamped: bool = False
    """`best` comes from a time-stamp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a certificate was worth at a moment."""

    finding: Finding
    chain: tuple[str, ...] = ()
    """SHA-256 of each certificate from leaf to anchor."""

    revocation: tuple[RevocationUse, ...] = ()


class TrustStore:
    """Answers for certificates; made once for each worker and epoch."""

    def __init__(self, reference: Reference) -> None:
        self._list = reference.trust
        self._crl = reference.crl
        self._paths: OrderedDict[tuple[object, ...], Path | str] = OrderedDict()
        self._finders: dict[tuple[str, ...], PathFinder] = {}

    @cached_property
    def _index(self) -> CrlIndex:
        return CrlIndex(self._crl.lists if self._crl else ())

    def judge(self, leaf: x509.Certificate, others: Iterable[x509.Certificate], usage: str, at: Moment) -> Standing:
        """Judge a certificate for `document`, `envelope` or `timestamp` as of a moment."""
        path = self._path(leaf, tuple(others), usage, at)
        if isinstance(path, str):
            return Standing(finding=found([path]))
        codes = [path.code] if path.code else []
        codes += _fitness(leaf, usage)
        codes += _validity(path, at)
        revocation = []
        for certificate, issuer in zip(path.chain, path.chain[1:], strict=False):
            answer = self._index.ask(certificate, issuer, fresh_at=at.receipt, grace=at.crl_grace)
            if answer.use:
                revocation.append(answer.use)
            if answer.revoked_at is not None and answer.revoked_at <= at.best:
                # no proof that the signature existed before: EN 319 102-1 §5.2.6.4
                codes.append("REVOKED_CA_NO_POE" if is_authority(certificate) else "REVOKED_NO_POE")
            elif answer.code:
                codes.append(answer.code)
        return Standing(finding=found(codes), chain=path.fingerprints, revocation=tuple(revocation))

    def _path(self, leaf: x509.Certificate, others: tuple[x509.Certificate, ...], usage: str, at: Moment) -> Path | str:
        anchors = self._list.anchors_for(usage, at.best.date()) if self._list else ()
        pins = tuple(anchor.sha256 for anchor in anchors)
        key = (fingerprint(leaf), frozenset(fingerprint(each) for each in others), pins)
        if key in self._paths:
            self._paths.move_to_end(key)
            return self._paths[key]
        if pins not in self._finders:
            intermediates = self._list.intermediates if self._list else ()
            self._finders[pins] = PathFinder([each.der for each in anchors], [each.der for each in intermediates])
        try:
            path: Path | str = self._finders[pins].find(leaf, others)
        except DefectError as exc:
            path = exc.code
        self._paths[key] = path
        if len(self._paths) > MAX_REMEMBERED:
            self._paths.popitem(last=False)
        return path


def _validity(path: Path, at: Moment) -> list[str]:
    if at.best < path.not_before:
        return ["NOT_YET_VALID"]
    if at.best <= path.not_after:
        return []
    # a stamp made after the certificate ended proves nothing
    return ["OUT_OF_BOUNDS_NO_POE", "TS_AFTER_EXPIRY"] if at.stamped else ["OUT_OF_BOUNDS_NO_POE"]


def _fitness(leaf: x509.Certificate, usage: str) -> list[str]:
    """Key usage always; a time-stamp needs its extended key usage, critical and alone (RFC 3161 §2.3)."""
    try:
        key_usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ["KU_MISSING"]
    if not (key_usage.digital_signature or key_usage.content_commitment):
        return ["KU_MISSING"]
    if usage == "timestamp":
        try:
            extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        except x509.ExtensionNotFound:
            return ["KU_MISSING"]
        if not extended.critical or list(extended.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
            return ["KU_MISSING"]
    return []
