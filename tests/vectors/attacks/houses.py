"""Authorities, certificates and lists as a chain of plans: root -> sub -> agency, and each attack names what is special about one of them."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from infra.pki import Credential, PrivateKey, new_key, organization_name, sign_with
from schemas.reference import Reference, RevocationList, RevocationLists, TrustAnchor, TrustList
from schemas.reference.trust import Intermediate
from tests.vectors.attacks.messages import HONEST, made
from tests.vectors.attacks.paper import signed_page
from tests.vectors.attacks.vector import File, plain_reference
from tests.vectors.scene import DAY, NOON, SENDER, YEAR

ROOM = 32_768
"""Bytes kept for messages with many certificates."""

SIGNS, CERTIFIES, LISTS, ENCIPHERS = "digital_signature", "key_cert_sign", "crl_sign", "key_encipherment"
USAGES = (
    SIGNS, "content_commitment", ENCIPHERS, "data_encipherment", "key_agreement", CERTIFIES, LISTS, "encipher_only", "decipher_only",
)  # fmt: skip


@cache
def key_of(name: str) -> PrivateKey:
    """Return one P-256 key a name."""
    assert name
    return new_key()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is in a certificate."""

    name: x509.Name
    key: str
    serial: int
    ca: bool | None = True
    """None: without basicConstraints."""

    length: int | None = None
    """Path length."""

    usage: tuple[str, ...] | None = (CERTIFIES, LISTS)
    """None: without keyUsage."""

    not_before: datetime = NOON - YEAR
    not_after: datetime = NOON + YEAR
    sha1: bool = False
    """Signed with SHA-1, as in the old days."""

    more: Sequence[tuple[x509.ExtensionType, bool]] = ()
    """Further extensions, and whether they are critical."""

    altered: Callable[[asn1.TbsCertificate], None] | None = None
    """Changes what is then signed."""


ROOT = Plan(name=organization_name("nhà gốc"), key="root", serial=1)
SUB = Plan(name=organization_name("nhà con"), key="sub", serial=2)
AGENCY = Plan(
    name=organization_name("Cơ quan", organ_id=SENDER),
    key="agency",
    serial=3,
    ca=False,
    usage=(SIGNS, "content_commitment"),
)
STAMPER = replace(AGENCY, name=organization_name("dấu thời gian"), key="tsa", serial=4, usage=(SIGNS,))


def certified(plan: Plan, by: Plan) -> x509.Certificate:
    """Return a certificate as an issuer makes it."""
    key, issuer_key = key_of(plan.key), key_of(by.key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(plan.name)
        .issuer_name(by.name)
        .public_key(key.public_key())
        .serial_number(plan.serial)
        .not_valid_before(plan.not_before)
        .not_valid_after(plan.not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if plan.ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=plan.ca, path_length=plan.length), critical=True)
    if plan.usage is not None:
        builder = builder.add_extension(x509.KeyUsage(**{each: each in plan.usage for each in USAGES}), critical=True)
    for extension, critical in plan.more:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    if plan.sha1:
        return _old_fashioned(certificate, issuer_key)
    return resigned(certificate, plan.altered, issuer_key) if plan.altered else certificate


def _old_fashioned(certificate: x509.Certificate, key: PrivateKey) -> x509.Certificate:
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    outer = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
    outer["tbs_certificate"]["signature"] = outer["signature_algorithm"] = {"algorithm": "sha1_ecdsa"}
    value = key.sign(outer["tbs_certificate"].dump(force=True), ec.ECDSA(hashes.SHA1()))  # noqa: S303 - an old certificate
    outer["signature_value"] = value
    return x509.load_der_x509_certificate(outer.dump(force=True))


def resigned(
    certificate: x509.Certificate, alter: Callable[[asn1.TbsCertificate], None], key: PrivateKey
) -> x509.Certificate:
    """Sign what no honest tool would write."""
    outer = asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
    alter(outer["tbs_certificate"])
    to_sign = outer["tbs_certificate"].dump(force=True)
    outer["signature_value"] = sign_with(key, to_sign)
    return x509.load_der_x509_certificate(outer.dump(force=True))


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What is in a revocation list."""

    by: Plan
    signed_with: str = ""
    """Key; by default the issuer's."""

    number: int = 7
    this_update: datetime = NOON - DAY
    next_update: datetime = NOON + DAY
    revoked: Mapping[int, datetime] = field(default_factory=dict)
    more: Sequence[tuple[x509.ExtensionType, bool]] = ()


def listed(listing: Listing) -> bytes:
    """Return the list."""
    key = key_of(listing.signed_with or listing.by.key)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(listing.by.name)
        .last_update(listing.this_update)
        .next_update(listing.next_update)
        .add_extension(x509.CRLNumber(listing.number), critical=False)
    )
    for extension, critical in listing.more:
        builder = builder.add_extension(extension, critical=critical)
    for serial, moment in listing.revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A chain of plans, the lists, and what is trusted; the lists of all authorities by default."""

    root: Plan = ROOT
    subs: tuple[Plan, ...] = (SUB,)
    leaf: Plan = AGENCY
    lists: Sequence[Listing] | None = None
    usage: tuple[str, ...] = ("document", "envelope")
    """Of the root's group."""

    others: tuple[x509.Certificate, ...] = ()
    """Further certificates in the message."""

    def credential(self) -> Credential:
        """Return the leaf with its chain."""
        above = (self.root, *self.subs)
        made_of = [certified(plan, by) for by, plan in zip(above, (*self.subs, self.leaf), strict=True)]
        return Credential(certificate=made_of[-1], key=key_of(self.leaf.key), chain=tuple(reversed(made_of[:-1])))

    def reference(self) -> Reference:
        """Return trust and lists."""
        lists = self.lists if self.lists is not None else [Listing(by=each) for each in (self.root, *self.subs)]
        return trusting([(certified(self.root, self.root), self.usage)], map(listed, lists))

    def file(self, *, alone: bool = False) -> File:
        """Return a page signed by the leaf; `alone`: the message carries no other certificate."""
        credential = self.credential()
        held = (credential.certificate, *(() if alone else (*credential.chain, *self.others)))
        recipe = replace(HONEST, credential=credential, certificates=held)
        content = signed_page(lambda covered: made(covered, recipe), room=ROOM)
        return File(content=content, reference=self.reference())


def line(*, root: Plan = ROOT, sub: Plan = SUB, leaf: Plan = AGENCY) -> File:
    """Return a page signed at the end of root -> sub -> leaf."""
    return Line(root=root, subs=(sub,), leaf=leaf).file()


def trusting(
    anchors: Iterable[tuple[x509.Certificate, tuple[str, ...]]],
    lists: Iterable[bytes],
    intermediates: Iterable[x509.Certificate] = (),
) -> Reference:
    """Return the plain policy with other trust; `anchors`: certificate and what its group may be used for."""
    pinned = tuple(_anchor(number, *each) for number, each in enumerate(anchors))
    between = tuple(Intermediate(name="x", der=der, sha256=_sha256(der)) for der in map(_der, intermediates))
    crls = tuple(RevocationList(name=str(number), der=der, sha256=_sha256(der)) for number, der in enumerate(lists))
    reference = plain_reference().with_value("trust", TrustList("test", pinned, between), "2")
    return reference.with_value("crl", RevocationLists(crls), "2")


def _anchor(number: int, certificate: x509.Certificate, usage: tuple[str, ...]) -> TrustAnchor:
    der = _der(certificate)
    return TrustAnchor(name=str(number), der=der, sha256=_sha256(der), group=str(number), usage=frozenset(usage))


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _sha256(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()
