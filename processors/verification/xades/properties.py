"""What XAdES adds to a signature (EN 319 132-1 §5.2, §5.3): which certificate is meant, when, and a time-stamp over the value."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from processors.verification.cms.der import decoded, der_of
from processors.verification.cms.structures import EssIssuerSerial
from processors.verification.defects import DefectError, NotStrictError
from processors.verification.trust.certificates import Certificate
from processors.verification.trust.moment import HERE
from processors.verification.trust.names import prepared
from processors.verification.xades.form import CANONICAL, Form
from processors.verification.xades.targets import Kind, Target
from processors.verification.xmldsig.elements import algorithm, digest_of, one, text
from processors.verification.xmldsig.vocabulary import DS, INCLUSIVE, XADES


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A signature time-stamp as it is written."""

    der: bytes
    exclusive: bool
    """How SignatureValue was canonicalized before it was stamped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What a signature says of itself; without XAdES nothing."""

    named: tuple[etree._Element, ...] = ()
    """The first Cert of SigningCertificate and of SigningCertificateV2."""

    claimed_at: datetime | None = None
    token: Token | None = None
    """If there is exactly one."""

    def meant(self, certificates: Iterable[Certificate]) -> list[Certificate]:
        """Return those that may be the signer's: all that fit the name given; raise `DefectError` where none does."""
        fitting = [each for each in certificates if all(_means(named, each) for named in self.named)]
        if not fitting:
            raise DefectError("NO_SIGNING_CERTIFICATE_FOUND")
        return fitting


def read_properties(form: Form, targets: Iterable[Target]) -> Properties:
    """Read the qualifying properties; what they say counts only if it was signed."""
    held = [each for one_object in form.objects for each in one_object.iterfind(f"{{{XADES}}}QualifyingProperties")]
    signed = [each.element for each in targets if each.kind is Kind.PROPERTIES and each.element is not None]
    if not held and not signed:
        return Properties()
    if len(held) != 1 or held[0].get("Target") != f"#{form.signature.get('Id')}":
        raise DefectError("XML_REF_NOT_EXPECTED")
    if held[0].findall(f"{{{XADES}}}SignedProperties") != signed:
        raise DefectError("XML_REF_NOT_EXPECTED")
    own = [each for each in (_child(part, "SignedSignatureProperties") for part in signed) if each is not None]
    moments = [text(each) for part in own if (each := _child(part, "SigningTime")) is not None]
    return Properties(
        named=tuple(
            _first(each)
            for part in own
            for name in ("SigningCertificate", "SigningCertificateV2")
            if (each := _child(part, name)) is not None
        ),
        claimed_at=_moment(moments[0]) if moments else None,
        token=_token(held[0]),
    )


def _child(parent: etree._Element, name: str) -> etree._Element | None:
    found = parent.findall(f"{{{XADES}}}{name}")
    if len(found) > 1:
        raise DefectError("FORMAT_FAILURE")
    return found[0] if found else None


def _first(listed: etree._Element) -> etree._Element:
    found = listed.find(f"{{{XADES}}}Cert")
    if found is None:
        raise DefectError("FORMAT_FAILURE")
    return found


def _means(named: etree._Element, certificate: Certificate) -> bool:
    """Compare digest, and issuer and serial number where they are given."""
    name, value = digest_of(one(named, "CertDigest", XADES))
    if hashlib.new(name, certificate.der).digest() != base64.b64decode(value):
        return False
    older, newer = _child(named, "IssuerSerial"), _child(named, "IssuerSerialV2")
    if older is not None and text(one(older, "X509SerialNumber")) != str(certificate.serial):
        return False  # how the issuer's name is spelt is left open there
    return newer is None or _is_issuer_of(text(newer), certificate)


def _is_issuer_of(written: str, certificate: Certificate) -> bool:
    try:
        said = decoded(EssIssuerSerial, base64.b64decode(written))
    except NotStrictError as exc:
        raise DefectError("FORMAT_FAILURE") from exc
    same = prepared(der_of(said.issuer.directory)) == certificate.prepared_issuer
    return same and said.serial == certificate.serial


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=HERE)


def _token(held: etree._Element) -> Token | None:
    stamps = held.findall(
        f"{{{XADES}}}UnsignedProperties/{{{XADES}}}UnsignedSignatureProperties/{{{XADES}}}SignatureTimeStamp"
    )
    if len(stamps) != 1:
        return None
    encoded = stamps[0].findall(f"{{{XADES}}}EncapsulatedTimeStamp")
    modes = [algorithm(each) for each in stamps[0].iterfind(f"{{{DS}}}CanonicalizationMethod")] or [INCLUSIVE]
    if len(encoded) != 1 or len(modes) != 1 or modes[0] not in CANONICAL:
        return None
    return Token(der=base64.b64decode(text(encoded[0])), exclusive=CANONICAL[modes[0]])
