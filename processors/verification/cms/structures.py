"""The ASN.1 that the strict reader accepts (RFC 5652 §5, RFC 5035, RFC 3161); DER, and nothing that these do not name.

Sets that real tools do not sort (certificates, attributes) are read as sequences under the same tag.
"""

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.hazmat.asn1 import TLV, Default, Explicit, GeneralizedTime, Implicit, Null, SetOf
from cryptography.x509 import ObjectIdentifier


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier without parameters; any others are for the general reader."""

    algorithm: ObjectIdentifier
    parameters: Null | None


@asn1.sequence
class Attribute:
    """Attribute."""

    kind: ObjectIdentifier
    values: SetOf[TLV]


@asn1.sequence
class Encapsulated:
    """EncapsulatedContentInfo."""

    kind: ObjectIdentifier
    content: Annotated[bytes | None, Explicit(0)]


@asn1.sequence
class IssuerAndSerial:
    """IssuerAndSerialNumber."""

    issuer: TLV
    serial: int


@asn1.sequence
class SignerRecord:
    """SignerInfo that names its certificate by issuer and serial."""

    version: int
    signer: IssuerAndSerial
    digest: Algorithm
    signed: Annotated[list[Attribute] | None, Implicit(0)]
    mechanism: Algorithm
    signature: bytes
    unsigned: Annotated[list[Attribute] | None, Implicit(1)]


@asn1.sequence
class Signed:
    """SignedData."""

    version: int
    digests: SetOf[Algorithm]
    encapsulated: Encapsulated
    certificates: Annotated[list[TLV] | None, Implicit(0)]
    crls: Annotated[list[TLV] | None, Implicit(1)]
    signers: SetOf[SignerRecord]


@asn1.sequence
class SignedContent:
    """ContentInfo of signed data."""

    kind: ObjectIdentifier
    content: Annotated[Signed, Explicit(0)]


@asn1.sequence
class AnySigner:
    """SignerInfo that names its certificate and its algorithms in any way."""

    version: int
    signer: TLV
    digest: TLV
    signed: Annotated[list[TLV] | None, Implicit(0)]
    mechanism: TLV
    signature: bytes
    unsigned: Annotated[list[TLV] | None, Implicit(1)]


@asn1.sequence
class AnySigned:
    """SignedData, its elements whatever they are."""

    version: int
    digests: TLV
    encapsulated: Encapsulated
    certificates: Annotated[list[TLV] | None, Implicit(0)]
    crls: Annotated[list[TLV] | None, Implicit(1)]
    signers: SetOf[AnySigner]


@asn1.sequence
class AnySignedContent:
    """ContentInfo of signed data that is DER and has no element besides those of the standard."""

    kind: ObjectIdentifier
    content: Annotated[AnySigned, Explicit(0)]


@asn1.sequence
class EssName:
    """GeneralNames with the one name that RFC 5035 §5 asks for."""

    directory: Annotated[TLV, Explicit(4)]


@asn1.sequence
class EssIssuerSerial:
    """IssuerSerial."""

    issuer: EssName
    serial: int


@asn1.sequence
class EssCertificateV2:
    """ESSCertIDv2 with SHA-256 as the default digest."""

    digest: Algorithm | None
    value: bytes
    issuer_serial: EssIssuerSerial | None


@asn1.sequence
class SigningCertificateV2:
    """SigningCertificateV2; policies are not looked at."""

    certificates: list[EssCertificateV2]


@asn1.sequence
class EssCertificate:
    """ESSCertID, SHA-1 (RFC 2634 §5.4)."""

    value: bytes
    issuer_serial: EssIssuerSerial | None


@asn1.sequence
class SigningCertificate:
    """SigningCertificate; policies are not looked at."""

    certificates: list[EssCertificate]


@asn1.sequence
class Protection:
    """CMSAlgorithmProtection of a signature (RFC 6211)."""

    digest: Algorithm
    mechanism: Annotated[Algorithm, Implicit(1)]


@asn1.sequence
class Imprint:
    """MessageImprint."""

    algorithm: Algorithm
    value: bytes


@asn1.sequence
class Accuracy:
    """Accuracy."""

    seconds: int | None
    millis: Annotated[int | None, Implicit(0)]
    micros: Annotated[int | None, Implicit(1)]


@asn1.sequence
class Statement:
    """TSTInfo."""

    version: int
    policy: ObjectIdentifier
    imprint: Imprint
    serial: int
    made_at: GeneralizedTime
    accuracy: Accuracy | None
    ordering: Annotated[bool, Default(False)]  # noqa: FBT003 - the standard's default
    nonce: int | None
    authority: Annotated[EssName | None, Implicit(0)]
