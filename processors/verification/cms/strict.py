"""The strict reader of signed messages: DER in the expected shape, or `NotStrictError`; the general reader then decides."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from cryptography import x509
from cryptography.hazmat import asn1

from processors.verification.cms.archival import ARCHIVAL, archived
from processors.verification.cms.der import decoded, der_of, length_of
from processors.verification.cms.ess import DIGESTS, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2, names
from processors.verification.cms.message import SignedMessage
from processors.verification.cms.structures import Attribute, Protection, Signed, SignedContent, SignerRecord
from processors.verification.defects import DefectError, Finding, NotStrictError, found
from processors.verification.limits import MAX_CMS_CERTIFICATE_BYTES, MAX_CMS_CERTIFICATES
from processors.verification.signature_value import value_holds
from processors.verification.trust.certificates import Certificate, load_certificate
from processors.verification.trust.responses import NONE

SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.5"
STAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - an object identifier
PROTECTION = "1.2.840.113549.1.9.52"
HARMLESS = frozenset({"1.2.840.113549.1.9.16.2.15", "1.2.840.113549.1.9.15"})
"""Signed attributes that change nothing here: signature policy, S/MIME capabilities."""

KNOWN = HARMLESS | {
    ARCHIVAL,
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SIGNING_TIME,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    PROTECTION,
}
MECHANISMS: Mapping[str, tuple[str, str]] = {
    "1.2.840.113549.1.1.1": ("rsassa_pkcs1v15", ""),
    "1.2.840.113549.1.1.5": ("rsassa_pkcs1v15", "sha1"),
    "1.2.840.113549.1.1.11": ("rsassa_pkcs1v15", "sha256"),
    "1.2.840.113549.1.1.12": ("rsassa_pkcs1v15", "sha384"),
    "1.2.840.113549.1.1.13": ("rsassa_pkcs1v15", "sha512"),
    "1.2.840.10045.4.3.2": ("ecdsa", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa", "sha512"),
}


def read_content_info(der: bytes) -> SignedMessage:
    """Read a ContentInfo; raise `DefectError` where there is no message to judge, `NotStrictError` where we are not sure."""
    info = decoded(SignedContent, der)
    if info.kind.dotted_string != SIGNED_DATA:
        raise NotStrictError
    return _read(info.content)


def _read(data: Signed) -> SignedMessage:
    signers = data.signers.as_list()
    if len(signers) != 1:
        raise DefectError("MULTIPLE_SIGNERINFO" if len(signers) > 1 else "FORMAT_FAILURE")
    signer = signers[0]
    if not signer.signed:
        raise DefectError("NO_SIGNED_ATTRS")
    certificate, others = _certificates(data.certificates or [], signer)
    attributes = _unique(signer.signed)
    if set(attributes) - KNOWN:
        raise NotStrictError
    _protected(attributes, signer)
    digest_name = DIGESTS.get(signer.digest.algorithm.dotted_string)
    mechanism = MECHANISMS.get(signer.mechanism.algorithm.dotted_string)
    if digest_name is None or mechanism is None:
        raise NotStrictError
    signed = _as_set(signer.signed)
    kind = data.encapsulated.kind.dotted_string
    integrity = partial(
        _integrity,
        attributes=attributes,
        signed=signed,
        signature=signer.signature,
        key=certificate.key,
        mechanism=mechanism[0],
        digest_name=digest_name,
    )
    named = names(attributes, certificate)
    return SignedMessage(
        certificate=certificate,
        others=others,
        digest_name=digest_name,
        mechanism=mechanism[0],
        mechanism_digest=mechanism[1],
        claimed_at=_claimed(attributes),
        attributes=signed,
        signature=signer.signature,
        content_type=kind,
        content=data.encapsulated.content,
        token=_token(signer.unsigned or []),
        finding=Finding(warnings=() if named else ("SIGNING_CERT_ATTR_MISSING",)),
        integrity=integrity,
        responses=archived(der_of(attributes[ARCHIVAL])) if ARCHIVAL in attributes else NONE,
    )


def _certificates(held: Sequence[asn1.TLV], signer: SignerRecord) -> tuple[Certificate, tuple[Certificate, ...]]:
    if len(held) > MAX_CMS_CERTIFICATES or sum(len(each.data) for each in held) > MAX_CMS_CERTIFICATE_BYTES:
        raise DefectError("RESOURCE_LIMIT")
    if any(each.tag_bytes != b"\x30" for each in held):  # attribute certificates and the like
        raise NotStrictError
    loaded = [load_certificate(der_of(each)) for each in held]
    issuer = der_of(signer.signer.issuer)
    named = [each for each in loaded if each.serial == signer.signer.serial and each.issuer_der == issuer]
    if len(named) != 1:
        raise NotStrictError  # none, one under another spelling of its issuer, or one that comes twice
    return named[0], tuple(each for each in loaded if each is not named[0])


def _unique(attributes: Sequence[Attribute]) -> dict[str, asn1.TLV]:
    """Return the value of each attribute; each comes once and has one value."""
    values = {}
    for each in attributes:
        held = each.values.as_list()
        if len(held) != 1 or each.kind.dotted_string in values:
            raise NotStrictError
        values[each.kind.dotted_string] = held[0]
    return values


def _protected(attributes: Mapping[str, asn1.TLV], signer: SignerRecord) -> None:
    """Compare the algorithms that were signed, where they were (RFC 6211), with those outside."""
    held = attributes.get(PROTECTION)
    if held is None:
        return
    named = decoded(Protection, der_of(held))
    if (named.digest.algorithm, named.mechanism.algorithm) != (signer.digest.algorithm, signer.mechanism.algorithm):
        raise NotStrictError


def _as_set(attributes: Sequence[Attribute]) -> bytes:
    """Return the attributes as the SET OF that was signed; DER has them in order."""
    encoded = [asn1.encode_der(each) for each in attributes]
    if encoded != sorted(encoded):
        raise NotStrictError
    body = b"".join(encoded)
    return b"\x31" + length_of(len(body)) + body


def _claimed(attributes: Mapping[str, asn1.TLV]) -> datetime | None:
    held = attributes.get(SIGNING_TIME)
    if held is None:
        return None
    kind = asn1.UTCTime if held.tag_bytes == b"\x17" else asn1.GeneralizedTime
    try:
        moment: datetime = held.parse(kind).as_datetime()
    except (ValueError, TypeError) as exc:
        raise NotStrictError from exc
    return moment


def _token(attributes: Sequence[Attribute]) -> bytes | None:
    tokens = [each for each in attributes if each.kind.dotted_string == STAMP_TOKEN]
    values = [value for each in tokens for value in each.values.as_list()]
    return der_of(values[0]) if len(tokens) == len(values) == 1 else None


def _integrity(
    *,
    content_type: str,
    digest: bytes,
    attributes: Mapping[str, asn1.TLV],
    signed: bytes,
    signature: bytes,
    key: object,
    mechanism: str,
    digest_name: str,
) -> Finding:
    kind, held = attributes.get(CONTENT_TYPE), attributes.get(MESSAGE_DIGEST)
    if kind is None or held is None or held.tag_bytes != b"\x04":
        return found(["FORMAT_FAILURE"])
    if der_of(kind) != asn1.encode_der(x509.ObjectIdentifier(content_type)):
        return found(["FORMAT_FAILURE"])
    codes = [] if hmac.compare_digest(bytes(held.data), digest) else ["HASH_FAILURE"]
    holds = value_holds(signature, signed, key=key, mechanism=mechanism, digest_name=digest_name)
    return found(codes if holds else [*codes, "SIG_CRYPTO_FAILURE"])
