"""What the steps need of a signed message, whoever read it, and what is checked on it (EN 319 102-1 §5.2.7, TT 15/2025).

Who may be trusted is decided later; here only whether the bytes say what was signed by the key of the certificate named.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from processors.verification.defects import Finding, found
from processors.verification.trust.certificates import Certificate
from processors.verification.trust.responses import NONE, Responses
from schemas.reference.signature_policy import Algorithms

SIGNATURE_ALGORITHMS = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa"})
SHA1 = "sha1"
DATA, TST_INFO = "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.16.1.4"


class Integrity(Protocol):
    """Compares the digest of the content and verifies the signature value."""

    def __call__(self, *, content_type: str, digest: bytes) -> Finding:
        """`content_type` as dotted OID; codes HASH_FAILURE, SIG_CRYPTO_FAILURE or what makes the message unfit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """A CMS SignedData that is worth looking at: one signer, signed attributes, the signer's certificate in it."""

    certificate: Certificate
    others: tuple[Certificate, ...]
    digest_name: str
    """Digest algorithm of the signed attributes, as `hashlib` names it; empty if unknown."""

    mechanism: str
    """`rsassa_pkcs1v15`, `rsassa_pss`, `ecdsa`; anything else is weak."""

    mechanism_digest: str
    """Digest that the signature algorithm names; empty if it names none."""

    claimed_at: datetime | None
    """The signing-time attribute: the signer's claim."""

    attributes: bytes
    """DER of the signed attributes as a SET: what the key signed."""

    signature: bytes
    content_type: str
    """Dotted OID of what is encapsulated."""

    content: bytes | None
    """What is encapsulated; None: the signature is detached."""

    token: bytes | None
    """DER of the RFC 3161 signature time-stamp token, if there is exactly one."""

    finding: Finding
    integrity: Integrity
    responses: Responses = NONE
    """OCSP responses among the signed attributes (1.2.840.113583.1.1.8, ISO 32000-1 §12.8.3.3.2)."""

    @property
    def attributes_sha256(self) -> str:
        """SHA-256 of what the key signed."""
        return sha256(self.attributes).hexdigest()


def check_algorithms(message: SignedMessage, allowed: Algorithms) -> Finding:
    """Compare digest, signature algorithm and key size with the policy."""
    strong = message.digest_name in allowed.digests and _consistent(message, allowed)
    return found([] if strong else ["ALGO_WEAK"])


def is_archival(message: SignedMessage, allowed: Algorithms) -> bool:
    """Tell whether only SHA-1 speaks against a message, and the policy names a day before which that was good enough."""
    return message.digest_name == SHA1 and allowed.sha1_until is not None and _consistent(message, allowed)


def _consistent(message: SignedMessage, allowed: Algorithms) -> bool:
    return (
        message.mechanism in SIGNATURE_ALGORITHMS
        and message.mechanism_digest in ("", message.digest_name)
        and key_is_strong(message.certificate, allowed)
    )


def key_is_strong(certificate: Certificate, allowed: Algorithms) -> bool:
    """Compare a public key with the policy's least sizes."""
    key = certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= allowed.min_rsa_bits
    return isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= allowed.min_ec_bits
