"""The general reader of signed messages: asn1crypto and pyHanko, for encodings that the strict one does not know."""

from datetime import datetime
from functools import partial

from asn1crypto import cms, core, x509
from pyhanko.sign.general import (
    CMSExtractionError,
    MultivaluedAttributeError,
    NonexistentAttributeError,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    get_signing_cert_attr,
    validate_sig_integrity,
)

from processors.verification.cms.archival import archived
from processors.verification.cms.ber import definite
from processors.verification.cms.der import decoded
from processors.verification.cms.message import SignedMessage
from processors.verification.cms.structures import AnySignedContent
from processors.verification.defects import DefectError, Finding, NotStrictError, found
from processors.verification.limits import MAX_CMS_CERTIFICATE_BYTES, MAX_CMS_CERTIFICATES
from processors.verification.trust.certificates import Certificate, load_certificate
from processors.verification.trust.responses import NONE, Responses
from schemas.reasons import REASONS

SINGLE = frozenset({"signing_time", "signing_certificate", "signing_certificate_v2"})
"""Signed attributes that come once, with one value; type and digest of the content are looked at with the value."""

TRAILER = 1
"""Of RSASSA-PSS; there is no other."""


def read_content_info(der: bytes) -> SignedMessage:
    """Read a ContentInfo; raise `DefectError` where there is no message to judge."""
    info = cms.ContentInfo.load(_with_expected_shape(der), strict=True)
    if info["content_type"].native != "signed_data":
        raise DefectError("FORMAT_FAILURE")
    return _read(info["content"])


def _with_expected_shape(given: bytes) -> bytes:
    """Return the message as DER; refuse any other freedom of BER than its lengths, and elements that nobody asked for: asn1crypto reads over both."""
    try:
        der, taken = definite(given)
        decoded(AnySignedContent, der)
    except NotStrictError as exc:
        raise DefectError("FORMAT_FAILURE") from exc
    if taken != len(given):
        raise DefectError("FORMAT_FAILURE")
    return der


def _read(signed: cms.SignedData) -> SignedMessage:
    signer_infos = signed["signer_infos"]
    if len(signer_infos) != 1:
        raise DefectError("MULTIPLE_SIGNERINFO" if len(signer_infos) > 1 else "FORMAT_FAILURE")
    signer_info = signer_infos[0]
    if signer_info["signed_attrs"] is core.VOID or not len(signer_info["signed_attrs"]):
        raise DefectError("NO_SIGNED_ATTRS")
    held = signed["certificates"]
    if held is not core.VOID and (len(held) > MAX_CMS_CERTIFICATES or len(held.dump()) > MAX_CMS_CERTIFICATE_BYTES):
        raise DefectError("RESOURCE_LIMIT")
    try:
        certificates = extract_certs_for_validation(signed)
    except SignatureValidationError as exc:
        raise DefectError(_code(exc)) from exc
    except CMSExtractionError as exc:
        raise DefectError("NO_SIGNING_CERTIFICATE_FOUND") from exc
    _check_single(signer_info["signed_attrs"])
    _check_both(signer_info["signed_attrs"], certificates.signer_cert)
    lacking = get_signing_cert_attr(signer_info["signed_attrs"]) is None
    mechanism = signer_info["signature_algorithm"]
    content = signed["encap_content_info"]["content"]
    return SignedMessage(
        certificate=_load(certificates.signer_cert),
        others=tuple(map(_load, certificates.other_certs)),
        digest_name=str(signer_info["digest_algorithm"]["algorithm"].native),
        mechanism=_name_of(mechanism),
        mechanism_digest=_hash_of(mechanism),
        claimed_at=_claimed(signer_info),
        attributes=signer_info["signed_attrs"].untag().dump(),
        signature=signer_info["signature"].native,
        content_type=signed["encap_content_info"]["content_type"].dotted,
        content=None if content.native is None else bytes(content),
        token=_token(signer_info),
        finding=Finding(warnings=("SIGNING_CERT_ATTR_MISSING",) if lacking else ()),
        integrity=partial(_integrity, signer_info, certificates.signer_cert),
        responses=_responses(signer_info),
    )


def _check_single(attributes: cms.CMSAttributes) -> None:
    """Refuse a second signing-time or signing-certificate: whoever reads one of them sees what it likes (RFC 5652 §11.3, RFC 5035 §4)."""
    seen = [each["values"] for each in attributes if each["type"].native in SINGLE]
    kinds = [each["type"].native for each in attributes if each["type"].native in SINGLE]
    if len(set(kinds)) != len(kinds) or any(len(values) != 1 for values in seen):
        raise DefectError("FORMAT_FAILURE")


def _check_both(attributes: cms.CMSAttributes, certificate: x509.Certificate) -> None:
    """Where the older signing-certificate attribute stands beside the newer one, it must mean the same certificate; pyHanko reads the newer."""
    try:
        find_unique_cms_attribute(attributes, "signing_certificate_v2")
        older = find_unique_cms_attribute(attributes, "signing_certificate")
    except NonexistentAttributeError:
        return
    if older["certs"][0]["cert_hash"].native != certificate.sha1:
        raise DefectError("NO_SIGNING_CERTIFICATE_FOUND")


def _load(certificate: object) -> Certificate:
    return load_certificate(certificate.dump())  # type: ignore[attr-defined] # asn1crypto's x509.Certificate


def _claimed(signer_info: cms.SignerInfo) -> datetime | None:
    try:
        value = find_unique_cms_attribute(signer_info["signed_attrs"], "signing_time").native
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return None
    return value if isinstance(value, datetime) else None


def _token(signer_info: cms.SignerInfo) -> bytes | None:
    try:
        token = find_unique_cms_attribute(signer_info["unsigned_attrs"], "signature_time_stamp_token")
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return None
    return bytes(token.dump())


def _responses(signer_info: cms.SignerInfo) -> Responses:
    try:
        return archived(find_unique_cms_attribute(signer_info["signed_attrs"], "adobe_revocation_info_archival").dump())
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return NONE


def _integrity(signer_info: cms.SignerInfo, certificate: object, *, content_type: str, digest: bytes) -> Finding:
    name = cms.ContentType(content_type).native
    try:
        intact, valid = validate_sig_integrity(
            signer_info,
            certificate,
            expected_content_type=name,
            actual_digest=digest,
        )
    except SignatureValidationError as exc:
        return found([_code(exc)])
    return found([code for code, sound in (("HASH_FAILURE", intact), ("SIG_CRYPTO_FAILURE", valid)) if not sound])


def _name_of(mechanism: cms.SignedDigestAlgorithm) -> str:
    """Return the mechanism's name; empty, and so weak, for PSS with another digest in its mask or another trailer (RFC 4055 §3.1)."""
    name = str(mechanism.signature_algo)
    if name != "rsassa_pss":
        return name
    given = mechanism["parameters"]
    mask = given["mask_gen_algorithm"]["parameters"]["algorithm"].native
    return name if mask == _hash_of(mechanism) and int(given["trailer_field"]) == TRAILER else ""


def _hash_of(mechanism: cms.SignedDigestAlgorithm) -> str:
    try:
        return str(mechanism.hash_algo)
    except ValueError:
        return ""


def _code(exc: SignatureValidationError) -> str:
    """Our code for pyHanko's sub-indication."""
    name = getattr(exc.ades_subindication, "name", "")
    return name if name in REASONS else "FORMAT_FAILURE"
