"""What a verification answers: never a boolean (EN 319 102-1 clause 5.1.3), and never less than everything that was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from processors.verification.defects import Finding, deciding, indication_of
from processors.verification.pdf.located import Coverage, Modification
from processors.verification.steps import Taken
from processors.verification.trust.certificates import Certificate
from processors.verification.trust.crls import RevocationUse
from schemas.events import Indication, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVerdict:
    """The time-stamp token of a signature."""

    stamped_at: datetime | None
    signer: str
    finding: Finding
    chain: tuple[Certificate, ...]
    revocation: tuple[RevocationUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVerdict:
    """One signature."""

    where: str
    """`file.pdf#field`, `file.xml#1`, `file#signature.p7s`, `file#signature.xml#1`, or `envelope`."""

    role: str = ""
    """`person`, `agency`, `timestamp` (a document time-stamp), `envelope`; empty if the certificate could not be read."""

    finding: Finding = field(default_factory=Finding)
    signer: str = ""
    """RFC 4514 subject."""

    organ_ids: tuple[str, ...] = ()
    """Whom the signer may speak for."""

    signed_at: datetime | None = None
    """Best signature time."""

    time_source: str = ""
    """`timestamp` or `receipt`; the signer's own claim proves nothing."""

    claimed_at: datetime | None = None
    covered_to: int = 0
    """One past the last byte that it covers; later signatures cover more. 0 if that could not be read."""

    coverage: Coverage | None = None
    modification: Modification = Modification.NOT_JUDGED
    chain: tuple[Certificate, ...] = ()
    """From leaf to anchor."""

    revocation: tuple[RevocationUse, ...] = ()
    attributes_sha256: str = ""
    token: TokenVerdict | None = None
    steps: tuple[Taken, ...] = ()

    @property
    def indication(self) -> Indication:
        """Main status."""
        return indication_of(deciding(self.finding.defects))[0]

    @property
    def sub_indication(self) -> str:
        """Sub-indication; empty when passed."""
        return indication_of(deciding(self.finding.defects))[1]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every code, the deciding one first."""
        return self.finding.codes


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfJudgement:
    """The signatures of one PDF, or of another attachment that is signed by files beside it."""

    signatures: tuple[SignatureVerdict, ...] = ()
    found: int = 0
    finding: Finding = field(default_factory=Finding)
    """What is wrong with the file itself."""

    lane: str = ""
    """`strict` or `general`: who read its structure."""

    def __add__(self, other: "PdfJudgement") -> "PdfJudgement":
        """Put the signatures beside a file to those within it."""
        return replace(
            self,
            signatures=(*self.signatures, *other.signatures),
            found=self.found + other.found,
            finding=self.finding + other.finding,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Which attachments the envelope signature vouches for, by their digests."""

    bound: tuple[str, ...] = ()
    unbound: tuple[str, ...] = ()
    finding: Finding = field(default_factory=Finding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A whole document: the worst of its required signatures, and what is wrong with the file itself."""

    finding: Finding
    signatures: tuple[SignatureVerdict, ...] = ()
    """The PDF signatures, file by file in the packet's order."""

    signatures_found: int = 0
    signatures_judged: int = 0
    xml: SignatureVerdict | None = None
    """The envelope signature; None: there is none, or nothing was read."""

    binding: Binding | None = None
    signed_at: datetime | None = None
    time_source: str = ""
    policy: str = ""
    """Profile and rule id."""

    accepted: str = ""
    """`information`: carried without a signature because the policy says so; the indication stays what it is."""

    on_unknown: str = "hold"
    """What the policy says of this document's class if only revocation data is missing: `hold` or `provisional`."""

    element: str = ""
    """The XML element or attachment concerned, when the packet itself was refused."""

    evidence: bytes = b""
    """Canonical JSON; the same inputs and epoch give the same bytes."""

    evidence_sha256: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)
    """Step -> how long it took, over all signatures; no part of the evidence."""

    @property
    def reason(self) -> str:
        """The deciding code; empty when passed."""
        return deciding(self.finding.defects)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every code, the deciding one first."""
        return self.finding.codes

    @property
    def indication(self) -> Indication:
        """Main status."""
        return indication_of(self.reason)[0]

    @property
    def sub_indication(self) -> str:
        """Sub-indication; empty when passed."""
        return indication_of(self.reason)[1]

    @property
    def verdict(self) -> Verdict:
        """The short form that travels in events."""
        return Verdict(
            indication=self.indication,
            sub_indication=self.sub_indication,
            reasons=self.reasons,
            signatures_found=self.signatures_found,
            signatures_judged=self.signatures_judged,
            signed_at=self.signed_at,
            time_source=self.time_source,
            policy=self.policy,
            evidence_sha256=self.evidence_sha256,
        )
