"""A certificate with what was found out about it; the same bytes give the same object, so that nothing is worked out twice."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from processors.verification.trust.names import prepared

MAX_REMEMBERED = 4_096
"""A province has a few thousand signers."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """One certificate; two are the same only if their bytes are."""

    der: bytes
    x509: x509.Certificate

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of its bytes, lower-case hex."""
        return sha256(self.der).hexdigest()

    @cached_property
    def asn1(self) -> asn1.Certificate:
        """As certvalidator takes it."""
        return asn1.Certificate.load(self.der)

    @cached_property
    def subject(self) -> str:
        """RFC 4514 subject."""
        return self.x509.subject.rfc4514_string()

    @cached_property
    def issuer(self) -> str:
        """RFC 4514 name of its issuer."""
        return self.x509.issuer.rfc4514_string()

    @cached_property
    def issuer_der(self) -> bytes:
        """Its issuer's name, encoded."""
        return self.x509.issuer.public_bytes()

    @cached_property
    def subject_der(self) -> bytes:
        """Its own name, encoded."""
        return self.x509.subject.public_bytes()

    @cached_property
    def prepared_issuer(self) -> str:
        """Its issuer's name for comparisons."""
        return prepared(self.issuer_der)

    @cached_property
    def prepared_subject(self) -> str:
        """Its own name for comparisons."""
        return prepared(self.subject_der)

    def names(self, issuer: "Certificate") -> bool:
        """Tell whether this certificate says that it was issued under the other's name."""
        return self.issuer_der == issuer.subject_der or self.prepared_issuer == issuer.prepared_subject

    @cached_property
    def serial(self) -> int:
        """Serial number."""
        return self.x509.serial_number

    @cached_property
    def key(self) -> PublicKeyTypes | None:
        """Its public key; None if it is of a kind we do not know."""
        try:
            return self.x509.public_key()
        except (UnsupportedAlgorithm, ValueError):
            return None

    @cached_property
    def is_authority(self) -> bool:
        """What basicConstraints say; raises what `cryptography` raises on malformed extensions."""
        try:
            return self.x509.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except x509.ExtensionNotFound:
            return False


@lru_cache(maxsize=MAX_REMEMBERED)
def load_certificate(der: bytes) -> Certificate:
    """Return a certificate; raises ValueError where the bytes are none. Keyed by the whole encoding, never by a name or serial."""
    return Certificate(der, x509.load_der_x509_certificate(der))
