"""How signatures are judged: dated profiles per class of document (TT 15/2025/TT-BKHCN, NĐ 30/2020 art. 5).

A rule fits by profile, signing day and document type; the first that fits decides.
Nothing here is loosened for one sender.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerIdentity:
    """How a certificate tells whose it is."""

    organisation_oid: str
    """Subject attribute that holds the organ_id (2.5.4.97 organizationIdentifier); `identities` is asked as well."""

    person_oids: tuple[str, ...]
    """A subject with any of these attributes (surname, given name) is a person's; any other an agency's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Algorithms:
    """What is strong enough."""

    digests: frozenset[str]
    """Lower-case names as `hashlib` has them: sha256, sha384, sha512, sha512_256, sha3_256 …"""

    min_rsa_bits: int
    min_ec_bits: int
    sha1_until: date | None = None
    """SHA-1 is accepted, with a recorded reason, where a trusted time proves it is older; None = never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRule:
    """What is asked of the signatures of one class of documents."""

    id: str
    profile: str
    """E.g. `VN-GOV`; chosen by `verify --policy`."""

    valid_from: date
    valid_to: date | None
    document_types: tuple[str, ...]
    """TypeNames, case folded; empty = any."""

    required: tuple[str, ...]
    """Signatures of the main document in their order: `person`, `agency`."""

    annex_required: tuple[str, ...]
    """Signatures of annexes in files of their own."""

    subfilters: frozenset[str]
    """PDF /SubFilter values accepted."""

    signing_certificate_attribute: str
    """`require` or `warn` (ESS signing-certificate, often absent in the field)."""

    algorithms: Algorithms
    envelope: str
    """Envelope signature (XMLDSig): `ignore`, `warn` or `require`."""

    unsigned: str
    """A main document without a signature: `refuse`, or `information` (carried, for information only)."""

    signer_not_sender: str
    """A signer of another agency: `refuse` or `warn`."""

    timestamp: str
    """`optional` (a missing time-stamp passes, judged at receipt) or `require`."""

    crl_grace: timedelta
    """How long after nextUpdate a CRL still counts."""

    max_claim_skew: timedelta
    """How far the claimed signing time may lie after the receipt before it is noted."""

    on_indeterminate: Mapping[str, str]
    """Urgency class -> `hold` or `provisional`; only for a missing or stale CRL (decision 5)."""

    def fits(self, profile: str, type_name: str, on: date) -> bool:
        """Tell whether the rule speaks of such a document on the day."""
        valid = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return (
            valid
            and self.profile == profile
            and (not self.document_types or type_name.casefold() in self.document_types)
        )

    def when_unknown(self, urgency: str) -> str:
        """Return `hold` or `provisional` for an urgency class; an unknown class is held."""
        return self.on_indeterminate.get(urgency, "hold")


COMPARE_EACH = 64
"""By default; both readers cost some ten times what one costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePolicy:
    """A snapshot of the policy."""

    label: str
    default_profile: str
    identity: SignerIdentity
    rules: tuple[SignatureRule, ...]
    compare_each: int = COMPARE_EACH
    """One PDF in so many is judged by both readers; 1 = each, 0 = none. Which ones is said by their bytes, so a replay does the same."""

    def rule_for(self, type_name: str, on: date, profile: str = "") -> SignatureRule | None:
        """Return the rule for a type on a day (of signing, else receipt); None: SIGNATURE_POLICY_NOT_AVAILABLE."""
        wanted = profile or self.default_profile
        return next((rule for rule in self.rules if rule.fits(wanted, type_name, on)), None)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that `verify --policy` may name."""
        return tuple(dict.fromkeys(rule.profile for rule in self.rules))
