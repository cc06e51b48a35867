"""A PKI and signed PDFs with defaults, so that each vector names only what is special about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from infra.demo.pdf import one_page
from infra.demo.pdf_signing import Hand, sign_pdf
from infra.pki import Authority, Credential, PrivateKey, new_key, organization_name, person_name
from infra.pki.issue import Usage
from processors.verification.bench import Bench
from processors.verification.pdf.judge import case_of, judge_pdf
from processors.verification.required import judge_required
from processors.verification.trust.store import TrustStore
from processors.verification.verdict import PdfJudgement, SignatureVerdict
from schemas.reference import Reference, RevocationList, RevocationLists, TrustAnchor, TrustList
from schemas.reference.trust import Intermediate

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
SENDER = "000.00.00.H53"
POLICY = Path(__file__).resolve().parent.parent.parent / "infra" / "demo" / "reference" / "signature_policy.yaml"


STAMPS, SIGNS = Usage(time_stamping=True), Usage()


@cache
def rsa_key(name: str) -> PrivateKey:
    """Return one key a name for the whole run."""
    return new_key("rsa") if name else new_key()


@cache
def authorities() -> tuple[Authority, Authority, Authority]:
    """Return root, sub CA and root of the time-stamps."""
    begin, end = NOON - 10 * YEAR, NOON + 10 * YEAR
    root = Authority.make_root("root", not_before=begin, not_after=end, key=rsa_key("root"))
    sub = root.subordinate("sub", not_before=begin, not_after=end, key=rsa_key("sub"))
    tsa_root = Authority.make_root("tsa root", not_before=begin, not_after=end, key=rsa_key("tsa-root"))
    return root, sub, tsa_root


@dataclass(frozen=True, kw_only=True)
class Scene:
    """root -> sub -> person and agency of the sender; another root -> TSA; a CRL for each CA, fresh at noon."""

    not_before: datetime = NOON - YEAR
    not_after: datetime = NOON + YEAR
    organ_id: str = SENDER
    signed_at: datetime = NOON - HOUR
    stamped_at: datetime | None = None
    """None: no time-stamp."""

    tsa_usage: Usage = STAMPS
    usage: Usage = SIGNS
    pades: bool = True
    revoked: Mapping[str, datetime] = field(default_factory=dict)
    """`person`, `agency`, `sub`, `tsa` -> revocation moment."""

    without_crl: frozenset[str] = frozenset()
    """`root`, `sub`, `tsa-root`: CAs whose CRL is not there."""

    crl_ends: datetime = NOON + DAY
    trusted: bool = True
    profile: str = ""

    def with_(self, **changes: object) -> "Scene":
        """Return a changed scene."""
        return replace(self, **changes)  # type: ignore[arg-type] # names are checked by replace

    def person(self) -> Credential:
        """Return the competent person."""
        name = person_name("Nguyễn Văn An", organization="Cơ quan", organ_id=self.organ_id)
        return self._leaf(name, 1001, rsa_key(""))

    def agency(self) -> Credential:
        """Return the agency's seal."""
        return self._leaf(organization_name("Cơ quan", organ_id=self.organ_id), 1002, rsa_key("agency"))

    def tsa(self) -> Credential:
        """Return the time-stamping authority."""
        return authorities()[2].issue(
            organization_name("tsa"),
            not_before=NOON - 5 * YEAR,
            not_after=NOON + 5 * YEAR,
            key=rsa_key("tsa"),
            serial=1003,
            usage=self.tsa_usage,
        )

    def _leaf(self, subject: x509.Name, serial: int, key: PrivateKey) -> Credential:
        return authorities()[1].issue(
            subject,
            not_before=self.not_before,
            not_after=self.not_after,
            key=key,
            serial=serial,
            usage=self.usage,
        )

    def pdf(self) -> bytes:
        """Return a page signed by the person, then by the agency."""
        tsa = self.tsa() if self.stamped_at else None
        hands = [
            Hand(credential=each, field=name, at=self.signed_at, tsa=tsa, stamped_at=self.stamped_at, pades=self.pades)
            for each, name in ((self.person(), "NguoiKy"), (self.agency(), "CoQuan"))
        ]
        return sign_pdf(one_page(["Uy ban nhan dan", "Noi dung: thu"]), hands)

    def reference(self) -> Reference:
        """Return trust, CRLs and policy."""
        root, sub, tsa_root = authorities()
        anchors = (_anchor(root, "government", "document", "envelope"), _anchor(tsa_root, "tsa", "timestamp"))
        der = sub.own.certificate.public_bytes(Encoding.DER)
        middle = Intermediate(name="sub.pem", der=der, sha256=sha256(der).hexdigest())
        trust = TrustList("test", anchors if self.trusted else (), (middle,))
        reference = (
            Reference().with_value("trust", trust, "1").with_value("crl", RevocationLists(tuple(self._crls())), "1")
        )
        return reference.with_pack("signature_policy", _policy())

    def _crls(self) -> list[RevocationList]:
        root, sub, tsa_root = authorities()
        serials = {"person": 1001, "agency": 1002, "tsa": 1003, "sub": sub.own.certificate.serial_number}
        of = {"person": "sub", "agency": "sub", "tsa": "tsa-root", "sub": "root"}
        lists = []
        for name, authority in (("root", root), ("sub", sub), ("tsa-root", tsa_root)):
            if name in self.without_crl:
                continue
            revoked = {serials[who]: when for who, when in self.revoked.items() if of[who] == name}
            der = authority.crl(
                number=7, this_update=self.crl_ends - 2 * DAY, next_update=self.crl_ends, revoked=revoked
            )
            lists.append(RevocationList(name=f"{name}.crl", der=der, sha256=sha256(der).hexdigest()))
        return lists

    def bench(self, at: datetime = NOON, *, thorough: bool = False) -> Bench:
        """Return what a document received at this moment is judged by."""
        reference = self.reference()
        assert reference.signature_policy is not None
        rule = reference.signature_policy.rule_for("", at.date(), self.profile)
        assert rule is not None
        return Bench(reference=reference, trust=TrustStore(reference), rule=rule, receipt=at, thorough=thorough)

    def judge(self, pdf: bytes | None = None, at: datetime = NOON, bench: Bench | None = None) -> "Seen":
        """Judge a PDF (the scene's own by default) as the main document of the sender; making a bench costs more than judging."""
        bench = bench or self.bench(at)
        judged = judge_pdf(case_of(self.pdf() if pdf is None else pdf, "doc.pdf", bench))
        finding, _ = judge_required(judged, bench.rule.required, SENDER, bench.rule)
        return Seen(judged=judged, defects=set(finding.defects), warnings=set(finding.warnings))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came out."""

    judged: PdfJudgement
    defects: set[str]
    warnings: set[str]

    @property
    def signatures(self) -> tuple[SignatureVerdict, ...]:
        """The signatures."""
        return self.judged.signatures


def _anchor(authority: Authority, group: str, *usage: str) -> TrustAnchor:
    der = authority.own.certificate.public_bytes(Encoding.DER)
    return TrustAnchor(name=group, der=der, sha256=sha256(der).hexdigest(), group=group, usage=frozenset(usage))


@cache
def _policy() -> bytes:
    from schemas.reference import pack  # noqa: PLC0415 - only here

    return pack({"signature_policy.yaml": POLICY.read_bytes()})
