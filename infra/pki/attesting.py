"""The axis' own signature over what it attests: detached CMS (RFC 5652) with the attributes of CAdES-B (ETSI EN 319 122-1 §5.2).

The same content at the same moment gives the same bytes: RSA is PKCS#1 v1.5, ECDSA deterministic (RFC 6979), and the signing
time is the axis' time that is given. What is written twice after a crash is one thing.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import algos, cms, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from infra.errors import EnvironmentFaultError
from infra.pki.issue import Credential

MEDIA_TYPE = "application/pkcs7-signature"


class Attestor:
    """Signs as the axis."""

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        ders = (each.public_bytes(Encoding.DER) for each in (credential.certificate, *credential.chain))
        self._certificates = [x509.Certificate.load(each) for each in ders]

    @classmethod
    def load(cls, file: Path) -> "Attestor":
        """Read a PEM file with the key, its certificate and those above it; raise `EnvironmentFaultError`."""
        try:
            return cls(Credential.from_pem(file.read_bytes()))
        except (OSError, ValueError, TypeError) as exc:
            raise EnvironmentFaultError(
                f"LIENTHONG_AXIS_KEY: {type(exc).__name__}", "give a PEM file: private key, certificate, those above it"
            ) from exc

    def over(self, content: bytes, at: datetime) -> bytes:
        """Return a detached signature over the content (DER)."""
        own = self._certificates[0]
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "data"),
                _attribute("message_digest", hashlib.sha256(content).digest()),
                _attribute("signing_time", cms.Time("utc_time", at.astimezone(UTC).replace(microsecond=0))),
                _attribute("signing_certificate_v2", _names(own)),
            ]
        )
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number", {"issuer": own.issuer, "serial_number": own.serial_number}
                ),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": self._algorithm},
                "signature": self._sign(attributes.dump()),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v1",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {"content_type": "data"},
                "certificates": self._certificates,
                "signer_infos": [signer],
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())

    @property
    def _algorithm(self) -> str:
        return "sha256_rsa" if isinstance(self._credential.key, rsa.RSAPrivateKey) else "sha256_ecdsa"

    def _sign(self, message: bytes) -> bytes:
        key = self._credential.key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _names(own: x509.Certificate) -> tsp.SigningCertificateV2:
    """Name the signing certificate under the signature (RFC 5035), so that no other one with this key fits."""
    return tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(own.dump()).digest()}]})
