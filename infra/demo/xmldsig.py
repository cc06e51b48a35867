"""Signs an envelope (XMLDSig): one reference to the envelope, one to each attachment by the digest of the unpacked file.

The envelope element is covered by its Id, without the signature itself; attachments lie outside it, so each is bound by
a `cid:` reference without transforms. Written apart from the verifier, which has only the specification in common.
"""

import base64
import hashlib
from collections.abc import Mapping

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from infra.pki import Credential, PrivateKey, sign_with

DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
METHOD = "http://www.w3.org/2001/04/xmldsig-more#{}-sha256"
COORDINATE = 32
"""Bytes of r and of s on P-256."""


def sign_envelope(
    envelope: etree._Element, header: etree._Element, attachments: Mapping[str, bytes], credential: Credential
) -> None:
    """Append a Signature to the header; `attachments`: ContentId -> the file as it is unpacked."""
    digest = hashlib.sha256(canonical(envelope)).digest()
    signature = etree.SubElement(header, f"{{{DS}}}Signature", nsmap={None: DS})  # type: ignore[dict-item] # the default namespace
    info = _add(signature, "SignedInfo")
    _add(info, "CanonicalizationMethod", Algorithm=EXCLUSIVE)
    kind = "rsa" if isinstance(credential.key, rsa.RSAPrivateKey) else "ecdsa"
    _add(info, "SignatureMethod", Algorithm=METHOD.format(kind))
    _reference(info, f"#{envelope.get('Id')}", digest, (f"{DS}enveloped-signature", EXCLUSIVE))
    for content_id, content in attachments.items():
        _reference(info, f"cid:{content_id}", hashlib.sha256(content).digest(), ())
    _add(signature, "SignatureValue").text = _base64(_value(credential.key, canonical(info)))
    certificates = _add(_add(signature, "KeyInfo"), "X509Data")
    for certificate in (credential.certificate, *credential.chain):
        _add(certificates, "X509Certificate").text = _der(certificate)


def canonical(element: etree._Element) -> bytes:
    """Return exclusive C14N 1.0 without comments."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _reference(info: etree._Element, uri: str, digest: bytes, transforms: tuple[str, ...]) -> None:
    reference = _add(info, "Reference", URI=uri)
    if transforms:
        held = _add(reference, "Transforms")
        for transform in transforms:
            _add(held, "Transform", Algorithm=transform)
    _add(reference, "DigestMethod", Algorithm=SHA256)
    _add(reference, "DigestValue").text = _base64(digest)


def _value(key: PrivateKey, message: bytes) -> bytes:
    signed = sign_with(key, message)
    if isinstance(key, rsa.RSAPrivateKey):
        return signed
    r, s = utils.decode_dss_signature(signed)
    return r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big")


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DS}}}{name}", attributes)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _der(certificate: x509.Certificate) -> str:
    return _base64(certificate.public_bytes(Encoding.DER))
