"""Signed messages (CMS, RFC 5652) put together by hand: an honest one by default, and a hook wherever somebody may cheat."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from asn1crypto import algos, cms, core, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from infra.demo.pdf_signing import certificate_of
from infra.pki import Credential
from processors.verification.cms.der import length_of
from tests.vectors.attacks.paper import ROOM, signed_page
from tests.vectors.attacks.vector import File
from tests.vectors.scene import Scene

Attributes = list[cms.CMSAttribute]
HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303 - an attack
    "sha1": hashes.SHA1(),  # noqa: S303 - an attack
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@cache
def agency() -> Credential:
    """Return the agency's seal (RSA)."""
    return Scene().agency()


@cache
def person() -> Credential:
    """Return the competent person (P-256)."""
    return Scene().person()


def keep(value: Any) -> Any:
    """Change nothing."""
    return value


def nothing(_: Any) -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a message is put together."""

    credential: Credential = field(default_factory=agency)
    digest: str = "sha256"
    """What the content is hashed with, and what the signer names."""

    hashed: str = ""
    """What the signature value is made with, where that is another one."""

    mechanism: str = ""
    """asn1crypto's name of the signature algorithm; by default the one that fits."""

    parameters: Any = None
    """Of the signature algorithm."""

    value: Callable[[bytes], bytes] | None = None
    """Makes the signature value of what is signed."""

    attributes: Callable[[Attributes], Attributes] = keep
    """Changes the signed attributes before they are signed."""

    behind: Callable[[Attributes], Attributes] = keep
    """Changes the signed attributes after they are signed."""

    unsigned: Callable[[bytes], Attributes] | None = None
    """Makes unsigned attributes of the signature value."""

    named: x509.Certificate | None = None
    """The certificate that the signer names; by default his own."""

    certificates: Sequence[x509.Certificate] | None = None
    """What the message carries; by default the chain."""

    content: Callable[[bytes], bytes] | None = None
    """What is encapsulated, made of the bytes covered."""

    kind: str = "data"
    """Content type."""

    signed: Callable[[cms.SignedData], None] = nothing
    """Changes the whole before it is written."""

    spelt: Callable[[bytes], bytes] = keep
    """Spells the encoding in another way."""


HONEST = Recipe()


def attribute(kind: str, *values: Any) -> cms.CMSAttribute:
    """Return an attribute."""
    return cms.CMSAttribute({"type": kind, "values": list(values)})


def names(certificate: x509.Certificate) -> cms.CMSAttribute:
    """Return the signing-certificate attribute (RFC 5035)."""
    digest = hashlib.sha256(certificate_of(certificate).dump()).digest()
    return attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [{"cert_hash": digest}]}))


def without(kind: str, attributes: Attributes) -> Attributes:
    """Leave an attribute out."""
    return [each for each in attributes if each["type"].native != kind]


def usual(recipe: Recipe, covered: bytes) -> Attributes:
    """Return the attributes that an honest signer signs."""
    return [
        attribute("content_type", recipe.kind),
        attribute("message_digest", hashlib.new(recipe.digest, covered).digest()),
        names(recipe.credential.certificate),
    ]


def as_set(attributes: Attributes, *, ordered: bool = True) -> cms.CMSAttributes:
    """Return attributes as a SET OF, in DER's order or as they come."""
    encoded = [each.dump() for each in attributes]
    body = b"".join(sorted(encoded) if ordered else encoded)
    return cms.CMSAttributes.load(b"\x31" + length_of(len(body)) + body)


def made(covered: bytes, recipe: Recipe = HONEST) -> bytes:
    """Return the message over the bytes covered."""
    inner = recipe.content(covered) if recipe.content else None
    shown = covered if inner is None else inner
    attributes = recipe.attributes(usual(recipe, shown))
    to_sign = as_set(attributes).dump() if attributes else shown
    value = recipe.value(to_sign) if recipe.value else value_of(recipe, to_sign)
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", sid_of(recipe)),
            "digest_algorithm": {"algorithm": recipe.digest},
            "signature_algorithm": mechanism_of(recipe),
            "signature": value,
        }
    )
    if attributes:
        changed = recipe.behind(attributes)
        signer["signed_attrs"] = as_set(changed, ordered=changed is attributes)
    if recipe.unsigned:
        signer["unsigned_attrs"] = recipe.unsigned(value)
    chain = (recipe.credential.certificate, *recipe.credential.chain)
    held = chain if recipe.certificates is None else recipe.certificates
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": recipe.digest}],
            "encap_content_info": {"content_type": recipe.kind}
            | ({} if inner is None else {"content": core.ParsableOctetString(inner)}),
            "certificates": [cms.CertificateChoices("certificate", certificate_of(each)) for each in held],
            "signer_infos": [signer],
        }
    )
    recipe.signed(signed)
    return recipe.spelt(bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()))


def sid_of(recipe: Recipe) -> cms.IssuerAndSerialNumber:
    """Return the name of the certificate that the signer means."""
    meant = certificate_of(recipe.named or recipe.credential.certificate)
    return cms.IssuerAndSerialNumber({"issuer": meant.issuer, "serial_number": meant.serial_number})


def mechanism_of(recipe: Recipe) -> algos.SignedDigestAlgorithm:
    """Return the signature algorithm as the message names it."""
    kind = "rsa" if isinstance(recipe.credential.key, rsa.RSAPrivateKey) else "ecdsa"
    name = recipe.mechanism or f"{recipe.hashed or recipe.digest}_{kind}"
    return algos.SignedDigestAlgorithm(
        {"algorithm": name} | ({} if recipe.parameters is None else {"parameters": recipe.parameters})
    )


def value_of(recipe: Recipe, to_sign: bytes) -> bytes:
    """Sign."""
    key, digest = recipe.credential.key, HASHES[recipe.hashed or recipe.digest]
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(to_sign, padding.PKCS1v15(), digest)
    return key.sign(to_sign, ec.ECDSA(digest))


def page(recipe: Recipe = HONEST, *, room: int = ROOM) -> File:
    """Return a page signed by a message like that."""
    return File(content=signed_page(lambda covered: made(covered, recipe), room=room))


def one(*, forged: bool, **changes: Any) -> File:
    """Return a page signed by the honest message, or by one with changes."""
    return page(replace(HONEST, **changes) if forged else HONEST)
