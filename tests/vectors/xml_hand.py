"""XML signatures put together by hand (XMLDSig, XAdES EN 319 132-1), apart from the verifier; with hooks for whoever wants to cheat."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from infra.demo.xmldsig import COORDINATE, DS, EXCLUSIVE
from infra.pki import Credential
from tests.vectors.scene import HOUR, NOON

Element = etree._Element
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = f"{DS}enveloped-signature"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
DIGESTS = {
    "sha1": f"{DS}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


def leave(_: Any) -> None:
    """Change nothing."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What one reference is to."""

    uri: str | None
    octets: Callable[[Element], bytes]
    """Makes what is hashed, of the signature."""

    transforms: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Pen:
    """How somebody signs."""

    credential: Credential
    xades: bool = True
    newer: bool = True
    """SigningCertificateV2, else SigningCertificate."""

    named: x509.Certificate | None = None
    """Whom the signing-certificate property names; by default who signs."""

    held: Sequence[x509.Certificate] | None = None
    """What KeyInfo holds; by default the chain."""

    claimed_at: datetime = NOON - HOUR
    exclusive: bool = True
    digest: str = "sha256"
    token: Callable[[bytes], bytes] | None = None
    """Makes a time-stamp token (DER) over the canonical SignatureValue."""

    objects: Sequence[Element] = ()
    """Further ds:Object elements, before the one of the properties."""

    before: Callable[[Element], object] = leave
    """Changes the Signature before SignedInfo is signed."""

    behind: Callable[[Element], object] = field(default=leave)
    """Changes it afterwards."""

    number: int = 1
    """Of the signature in its file."""


def canonical(element: Element, *, exclusive: bool = True) -> bytes:
    """Return C14N 1.0, exclusive or not, without comments."""
    return etree.tostring(element, method="c14n", exclusive=exclusive, with_comments=False)


def whole(content: bytes) -> Callable[[Element], bytes]:
    """Return octets that do not depend on the signature."""
    return lambda _: content


def signed(place: Element | None, targets: Sequence[Target], pen: Pen) -> Element:
    """Append a Signature to a place, or return one that is a root."""
    tag, names = f"{{{DS}}}Signature", {"ds": DS}
    own = {"Id": f"chu-ky-{pen.number}"}
    signature = (
        etree.Element(tag, own, nsmap=names) if place is None else etree.SubElement(place, tag, own, nsmap=names)
    )
    info = add(signature, "SignedInfo")
    value = add(signature, "SignatureValue")
    held = add(add(signature, "KeyInfo"), "X509Data")
    chain = (pen.credential.certificate, *pen.credential.chain) if pen.held is None else pen.held
    for certificate in chain:
        add(held, "X509Certificate").text = b64(certificate.public_bytes(Encoding.DER))
    signature.extend(pen.objects)
    every = list(targets)
    if pen.xades:
        properties = qualified(signature, pen)
        uri, mode = f"#{properties.get('Id')}", EXCLUSIVE if pen.exclusive else INCLUSIVE
        every.append(
            Target(
                uri=uri,
                octets=lambda _: canonical(properties, exclusive=pen.exclusive),
                transforms=(mode,),
                kind=PROPERTIES,
            )
        )
    add(info, "CanonicalizationMethod", Algorithm=EXCLUSIVE if pen.exclusive else INCLUSIVE)
    kind = "rsa" if isinstance(pen.credential.key, rsa.RSAPrivateKey) else "ecdsa"
    add(
        info,
        "SignatureMethod",
        Algorithm=f"http://www.w3.org/2001/04/xmldsig-more#{kind}-{pen.digest if pen.digest in HASHES else 'sha256'}",
    )
    for each in every:
        refer(info, each, each.octets(signature), pen.digest)
    pen.before(signature)
    value.text = b64(value_of(pen, canonical(info, exclusive=pen.exclusive)))
    if pen.token:
        stamped(signature, pen.token(canonical(value)))
    pen.behind(signature)
    return signature


def refer(info: Element, target: Target, octets: bytes, digest: str) -> Element:
    """Append a reference."""
    reference = add(info, "Reference")
    if target.uri is not None:
        reference.set("URI", target.uri)
    if target.kind:
        reference.set("Type", target.kind)
    if target.transforms:
        transforms = add(reference, "Transforms")
        for each in target.transforms:
            add(transforms, "Transform", Algorithm=each)
    add(reference, "DigestMethod", Algorithm=DIGESTS[digest])
    add(reference, "DigestValue").text = b64(hashlib.new(digest, octets).digest())
    return reference


def qualified(signature: Element, pen: Pen) -> Element:
    """Append the qualifying properties, and return the signed ones."""
    held = etree.SubElement(
        add(signature, "Object"),
        f"{{{XADES}}}QualifyingProperties",
        {"Target": f"#{signature.get('Id')}"},
        nsmap={"xades": XADES},
    )
    properties = etree.SubElement(held, f"{{{XADES}}}SignedProperties", {"Id": f"thuoc-tinh-{pen.number}"})
    own = etree.SubElement(properties, f"{{{XADES}}}SignedSignatureProperties")
    etree.SubElement(own, f"{{{XADES}}}SigningTime").text = pen.claimed_at.isoformat()
    name = "SigningCertificateV2" if pen.newer else "SigningCertificate"
    named = etree.SubElement(etree.SubElement(own, f"{{{XADES}}}{name}"), f"{{{XADES}}}Cert")
    digest = etree.SubElement(named, f"{{{XADES}}}CertDigest")
    meant = pen.named or pen.credential.certificate
    add(digest, "DigestMethod", Algorithm=DIGESTS["sha256"])
    add(digest, "DigestValue").text = b64(hashlib.sha256(meant.public_bytes(Encoding.DER)).digest())
    if not pen.newer:
        serial = etree.SubElement(named, f"{{{XADES}}}IssuerSerial")
        add(serial, "X509IssuerName").text = meant.issuer.rfc4514_string()
        add(serial, "X509SerialNumber").text = str(meant.serial_number)
    return properties


def stamped(signature: Element, token: bytes) -> None:
    """Append a signature time-stamp to the unsigned properties."""
    held = next(signature.iter(f"{{{XADES}}}QualifyingProperties"))
    unsigned = etree.SubElement(held, f"{{{XADES}}}UnsignedProperties")
    stamp = etree.SubElement(
        etree.SubElement(unsigned, f"{{{XADES}}}UnsignedSignatureProperties"), f"{{{XADES}}}SignatureTimeStamp"
    )
    add(stamp, "CanonicalizationMethod", Algorithm=EXCLUSIVE)
    etree.SubElement(stamp, f"{{{XADES}}}EncapsulatedTimeStamp").text = b64(token)


def value_of(pen: Pen, message: bytes) -> bytes:
    """Sign, as XMLDSig writes it."""
    key, digest = pen.credential.key, HASHES.get(pen.digest, HASHES["sha256"])
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), digest)
    r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    return r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big")


def add(parent: Element, name: str, **attributes: str) -> Element:
    """Append an element of XMLDSig."""
    return etree.SubElement(parent, f"{{{DS}}}{name}", attributes)


def b64(value: bytes) -> str:
    """Return base64."""
    return base64.b64encode(value).decode()


def written(root: Element) -> bytes:
    """Return a file."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def document_bytes(root: Element, *, exclusive: bool = True) -> bytes:
    """Return the canonical form of a whole document."""
    return etree.tostring(root.getroottree(), method="c14n", exclusive=exclusive, with_comments=False)
