"""The trust store of one reference epoch: anchors by usage, the CRL index, and what was found out with them.

Nothing here is shared between epochs, nothing is keyed by subject or serial, and nothing is fetched.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from processors.verification.defects import DefectError, Finding, found
from processors.verification.trust.certificates import Certificate, load_certificate
from processors.verification.trust.crls import CrlIndex, RevocationAnswer, RevocationUse
from processors.verification.trust.general_lists import GeneralLists
from processors.verification.trust.memory import Memory
from processors.verification.trust.moment import Moment
from processors.verification.trust.paths import ANY_POLICY, Path, PathFinder, PolicyInputs
from processors.verification.trust.responses import NONE, Responses
from processors.verification.trust.signers import organ_ids_of, role_of
from schemas.reference import Reference, RevocationList, TrustAnchor

_NEVER = datetime.max.replace(tzinfo=UTC)
FOR_OTHERS = frozenset({
    ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING,
    ExtendedKeyUsageOID.OCSP_SIGNING,
})  # fmt: skip
"""Purposes that are not documents: a certificate may be used only for one that it names (RFC 5280 §4.2.1.12)."""

MAX_REMEMBERED = 4_096
"""Paths kept; a province has a few thousand signers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a certificate was worth at a moment."""

    finding: Finding
    chain: tuple[Certificate, ...] = ()
    """From leaf to anchor."""

    revocation: tuple[RevocationUse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What does not depend on the moment."""

    path: Path
    codes: tuple[str, ...]
    answers: tuple[RevocationAnswer | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Whose certificate it is."""

    role: str
    """`person` or `agency`."""

    organ_ids: tuple[str, ...]
    """Agencies that it may speak for."""


class TrustStore:
    """Answers for certificates; made once for each worker and epoch."""

    def __init__(self, reference: Reference, policies: PolicyInputs = ANY_POLICY) -> None:
        self._reference = reference
        self._policies = policies
        self._list = reference.trust
        self._known: Memory[tuple[object, ...], _Known | str] = Memory(MAX_REMEMBERED)
        self._signers: Memory[str, Signer] = Memory(MAX_REMEMBERED)
        self._finders: dict[tuple[tuple[str, ...], bool], PathFinder] = {}

    @cached_property
    def _index(self) -> CrlIndex:
        return CrlIndex(self._lists)

    @cached_property
    def _general_lists(self) -> GeneralLists:
        return GeneralLists(self._lists, self._index.others)

    @cached_property
    def _intermediates(self) -> tuple[Certificate, ...]:
        return tuple(load_certificate(each.der) for each in self._list.intermediates) if self._list else ()

    @property
    def _lists(self) -> tuple[RevocationList, ...]:
        return self._reference.crl.lists if self._reference.crl else ()

    def signer(self, certificate: Certificate) -> Signer:
        """Say whose certificate it is, by the policy and identities of the epoch."""
        known = self._signers.get(certificate.sha256)
        if known is None:
            role, organ_ids = role_of(certificate, self._reference), organ_ids_of(certificate, self._reference)
            known = self._signers.keep(certificate.sha256, Signer(role=role, organ_ids=organ_ids))
        return known

    def judge(
        self, leaf: Certificate, others: Iterable[Certificate], usage: str, at: Moment, responses: Responses = NONE
    ) -> Standing:
        """Judge a certificate for `document`, `envelope` or `timestamp` as of a moment; `responses`: what its document brings."""
        brought = tuple(others)
        known = self._judged(leaf, brought, usage, at)
        if isinstance(known, str):
            return Standing(finding=found([known]))
        codes = [*known.codes, *_validity(known.path, at)]
        answers = list(known.answers)
        if not known.codes:
            listed = (self._listed(known, number, brought, at) for number in range(len(answers)))
            answers = [self._with(responses, known.path.chain, *each, at) for each in enumerate(listed)]
        for answer in answers:
            if answer is None:
                codes.append("CRL_MISSING")
            elif answer.revoked_at is not None and answer.revoked_at <= at.best:
                # no proof that the signature existed before: EN 319 102-1 §5.2.6.4
                codes.append("REVOKED_CA_NO_POE" if answer.authority else "REVOKED_NO_POE")
            elif not answer.fresh(at.receipt, at.crl_grace):
                codes.append("CRL_STALE")
        uses = tuple(use for answer in answers if answer for use in (answer.use, *answer.more))
        return Standing(finding=found(codes), chain=known.path.chain, revocation=uses)

    def _listed(
        self, known: _Known, number: int, brought: tuple[Certificate, ...], at: Moment
    ) -> RevocationAnswer | None:
        """Return what the plain lists say of a certificate of the path, else what all lists say together."""
        if (answer := known.answers[number]) is not None:
            return answer
        return self._general_lists.ask(known.path.chain, number, (*self._intermediates, *brought), at)

    def _with(
        self,
        responses: Responses,
        chain: tuple[Certificate, ...],
        number: int,
        listed: RevocationAnswer | None,
        at: Moment,
    ) -> RevocationAnswer | None:
        """Return what lists and responses say together: revoked if either says so, settled if either is fresh."""
        if not responses:
            return listed
        answered = responses.ask(chain, number, self._general_lists.above(chain), at)
        if listed is None or answered is None:
            return listed or answered
        if listed.revoked_at is not None or answered.revoked_at is not None:
            return min((listed, answered), key=lambda each: each.revoked_at or _NEVER)
        return listed if listed.fresh(at.receipt, at.crl_grace) else answered

    def _judged(self, leaf: Certificate, others: tuple[Certificate, ...], usage: str, at: Moment) -> _Known | str:
        anchors = self._list.anchors_for(usage, at.best.date()) if self._list else ()
        pins = tuple(anchor.sha256 for anchor in anchors)
        key = (usage, leaf.sha256, frozenset(each.sha256 for each in others), pins, at.sha1)
        if (known := self._known.get(key)) is not None:
            return known
        try:
            path = self._finder(anchors, sha1=at.sha1).find(leaf, others)
        except DefectError as exc:
            return self._known.keep(key, exc.code)
        codes = ((path.code,) if path.code else ()) + tuple(_fitness(leaf.x509, usage))
        answers = tuple(self._index.ask(*link) for link in zip(path.chain, path.chain[1:], strict=False))
        return self._known.keep(key, _Known(path=path, codes=codes, answers=answers))

    def _finder(self, anchors: tuple[TrustAnchor, ...], *, sha1: bool) -> PathFinder:
        key = (tuple(anchor.sha256 for anchor in anchors), sha1)
        if key not in self._finders:
            pinned = [load_certificate(each.der) for each in anchors]
            self._finders[key] = PathFinder(pinned, self._intermediates, self._policies, sha1=sha1)
        return self._finders[key]


def _validity(path: Path, at: Moment) -> list[str]:
    if at.best < path.not_before:
        return ["NOT_YET_VALID"]
    if at.best <= path.not_after:
        return []
    # a stamp made after the certificate ended proves nothing
    return ["OUT_OF_BOUNDS_NO_POE", "TS_AFTER_EXPIRY"] if at.stamped else ["OUT_OF_BOUNDS_NO_POE"]


def _fitness(leaf: x509.Certificate, usage: str) -> list[str]:
    """Key usage always; a time-stamp needs its extended key usage, critical and alone (RFC 3161 §2.3), a document no other one."""
    try:
        key_usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ["KU_MISSING"]
    if not (key_usage.digital_signature or key_usage.content_commitment):
        return ["KU_MISSING"]
    try:
        extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return ["KU_MISSING"] if usage == "timestamp" else []
    if usage == "timestamp":
        fits = extended.critical and list(extended.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    else:
        fits = usage != "document" or bool(set(extended.value) - FOR_OTHERS)
    return [] if fits else ["KU_MISSING"]
