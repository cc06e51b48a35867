"""Step 4, the path: our own bounded search by exact name and key identifier, then RFC 5280 §6.1 by certvalidator.

A path is judged once per worker and reference epoch and kept with the span in which all its certificates are valid;
the verdict at a moment is a comparison. The key of that memory is made of hashes of certificates only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor, derive_quals_from_cert
from pyhanko_certvalidator.errors import DisallowedAlgorithmError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    DisallowWeakAlgorithmsPolicy,
    PKIXValidationParams,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.validate import async_validate_path

from processors.verification.coroutines import finish_now
from processors.verification.defects import DefectError
from processors.verification.limits import MAX_PATH_DEPTH, MAX_PATH_STEPS
from processors.verification.trust.certificates import Certificate

NO_CHECK = CertRevTrustPolicy(
    RevocationCheckingPolicy(RevocationCheckingRule.NO_CHECK, RevocationCheckingRule.NO_CHECK)
)
"""Revocation is ours: `crls.CrlIndex` demands an answer for every certificate, which no stock mode does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A chain from leaf to anchor, and the span in which every certificate of it is valid."""

    chain: tuple[Certificate, ...]
    not_before: datetime
    not_after: datetime
    code: str = ""
    """CHAIN_CONSTRAINTS_FAILURE, ALGO_WEAK, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInputs:
    """What is asked of certificate policies (RFC 5280 §6.1.1 (c) to (g)); by default nothing that the certificates do not ask themselves."""

    acceptable: frozenset[str] = frozenset({"any_policy"})
    """Object identifiers, dotted."""

    explicit: bool = False
    """A policy must be left at the end."""

    inhibit_mapping: bool = False
    inhibit_any: bool = False

    def parameters(self) -> PKIXValidationParams:
        """Return them as certvalidator takes them."""
        return PKIXValidationParams(
            user_initial_policy_set=self.acceptable,
            initial_explicit_policy=self.explicit,
            initial_policy_mapping_inhibit=self.inhibit_mapping,
            initial_any_policy_inhibit=self.inhibit_any,
        )


ANY_POLICY = PolicyInputs()
STRONG = DisallowWeakAlgorithmsPolicy()  # type: ignore[no-untyped-call] # pyHanko's
ARCHIVAL = DisallowWeakAlgorithmsPolicy(weak_hash_algos={"md2", "md5"})  # type: ignore[no-untyped-call] # pyHanko's
"""As it was before SHA-1 fell."""


class PathFinder:
    """Finds paths to given anchors; `others` of a message help for that message only."""

    def __init__(
        self,
        anchors: Iterable[Certificate],
        intermediates: Iterable[Certificate],
        policies: PolicyInputs = ANY_POLICY,
        *,
        sha1: bool = False,
    ) -> None:
        self._policies, self._algorithms = policies, ARCHIVAL if sha1 else STRONG
        self._anchors = list(anchors)
        self._intermediates = list(intermediates)

    def find(self, leaf: Certificate, others: Iterable[Certificate]) -> Path:
        """Return the first sound path, else the first with a defect; raise `DefectError` if there is none at all."""
        budget = [MAX_PATH_STEPS]
        first = None
        for chain in self._chains((leaf,), [*self._intermediates, *others], budget):
            path = self._judged(chain)
            if not path.code:
                return path
            first = first or path
        if first is None:
            raise DefectError("NO_CERTIFICATE_CHAIN_FOUND" if budget[0] > 0 else "RESOURCE_LIMIT")
        return first

    def _judged(self, chain: tuple[Certificate, ...]) -> Path:
        not_before = max(each.x509.not_valid_before_utc for each in chain)
        not_after = min(each.x509.not_valid_after_utc for each in chain)
        code = self._constraints(chain, at=not_before) if not_before <= not_after else ""
        return Path(chain=chain, not_before=not_before, not_after=not_after, code=code)

    def _constraints(self, chain: tuple[Certificate, ...], *, at: datetime) -> str:
        """Run RFC 5280 path validation at a moment when all are valid: signatures, CA flags, lengths, names, policies."""
        context = validation_context(chain, at, NO_CHECK, algorithm_usage_policy=self._algorithms)
        try:
            finish_now(async_validate_path(context, validation_path(chain), parameters=self._policies.parameters()))
        except DisallowedAlgorithmError:
            return "ALGO_WEAK"
        except ValidationError:
            return "CHAIN_CONSTRAINTS_FAILURE"
        return ""

    def _chains(
        self, chain: tuple[Certificate, ...], pool: list[Certificate], budget: list[int]
    ) -> Iterator[tuple[Certificate, ...]]:
        last = chain[-1]
        if len(chain) == 1 and last in self._anchors:
            yield chain
            return
        for issuer in _issuers(last, self._anchors, budget):
            yield (*chain, issuer)
        if len(chain) + 1 >= MAX_PATH_DEPTH:
            return
        for issuer in _issuers(last, pool, budget):
            if issuer not in chain:
                yield from self._chains((*chain, issuer), pool, budget)


def _issuers(certificate: Certificate, candidates: Iterable[Certificate], budget: list[int]) -> Iterator[Certificate]:
    wanted = _key_identifier(certificate.x509)
    for each in candidates:
        if not certificate.names(each):
            continue
        own = _subject_key_identifier(each.x509)
        if wanted and own and wanted != own:
            continue
        budget[0] -= 1
        if budget[0] < 0:
            return
        if _may_have_signed(certificate, each):
            yield each


def _may_have_signed(certificate: Certificate, issuer: Certificate) -> bool:
    """Leave out keys that did not sign, so that no path is tried in vain; what is left open here certvalidator decides."""
    try:
        certificate.x509.verify_directly_issued_by(issuer.x509)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):  # SHA-1, DSA, or one name in two encodings
        return True
    return True


def validation_path(chain: tuple[Certificate, ...]) -> ValidationPath:
    """Return a chain as certvalidator has it; what the anchor's certificate says of names, policies and length holds."""
    root = chain[-1].asn1
    said = derive_quals_from_cert(root)
    # certvalidator counts a second length beside the first, for attribute authorities, and fails where only the first is given
    said = replace(said, max_aa_path_length=said.max_path_length)
    return ValidationPath(CertTrustAnchor(root, said), [each.asn1 for each in reversed(chain[1:-1])], chain[0].asn1)


def validation_context(
    chain: tuple[Certificate, ...],
    moment: datetime,
    policy: CertRevTrustPolicy,
    pool: Iterable[Certificate] = (),
    **more: Any,
) -> ValidationContext:
    """Return what certvalidator needs to judge a chain whose anchor is trusted; nothing is fetched. `pool`: others that may help."""
    return ValidationContext(
        trust_roots=[chain[-1].asn1],
        other_certs=[each.asn1 for each in (*chain[:-1], *pool)],
        moment=moment,
        allow_fetching=False,
        revinfo_policy=policy,
        **more,
    )


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except x509.ExtensionNotFound:
        return None


def _subject_key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return None
