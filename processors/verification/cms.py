"""Step 3, the CMS: one signer, signed attributes, strong algorithms, digest and signature value (RFC 5652, EN 319 102-1 §5.2.7).

Who may be trusted is decided later; here only whether the bytes say what was signed by the key of the certificate named.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

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

from processors.verification.defects import DefectError, Finding, found
from processors.verification.limits import MAX_CMS_CERTIFICATE_BYTES, MAX_CMS_CERTIFICATES
from schemas.reasons import REASONS
from schemas.reference.signature_policy import Algorithms

SIGNATURE_ALGORITHMS = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """A CMS SignedData that is worth looking at."""

    signed: cms.SignedData
    signer_info: cms.SignerInfo
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    finding: Finding

    @property
    def digest_name(self) -> str:
        """Digest algorithm of the signed attributes, as `hashlib` names it."""
        return str(self.signer_info["digest_algorithm"]["algorithm"].native)

    @property
    def claimed_at(self) -> datetime | None:
        """The signing-time attribute: the signer's claim."""
        try:
            value = find_unique_cms_attribute(self.signer_info["signed_attrs"], "signing_time").native
        except (NonexistentAttributeError, MultivaluedAttributeError):
            return None
        return value if isinstance(value, datetime) else None

    @property
    def attributes_sha256(self) -> str:
        """SHA-256 of the DER of the signed attributes: what the key signed."""
        return sha256(self.signer_info["signed_attrs"].untag().dump()).hexdigest()

    @property
    def token(self) -> cms.SignedData | None:
        """The RFC 3161 signature time-stamp token, if there is exactly one."""
        try:
            return find_unique_cms_attribute(self.signer_info["unsigned_attrs"], "signature_time_stamp_token")[
                "content"
            ]
        except (NonexistentAttributeError, MultivaluedAttributeError):
            return None


def read_cms(der: bytes) -> SignedMessage:
    """Read a ContentInfo; raise `DefectError` where there is no message to judge."""
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        raise DefectError("FORMAT_FAILURE")
    return read_signed(info["content"])


def read_signed(signed: cms.SignedData) -> SignedMessage:
    """Read a SignedData: exactly one signer, with signed attributes, and its certificate."""
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
    lacking = get_signing_cert_attr(signer_info["signed_attrs"]) is None
    return SignedMessage(
        signed=signed,
        signer_info=signer_info,
        certificate=certificates.signer_cert,
        others=tuple(certificates.other_certs),
        finding=Finding(warnings=("SIGNING_CERT_ATTR_MISSING",) if lacking else ()),
    )


def check_integrity(message: SignedMessage, *, content_type: str, digest: bytes) -> Finding:
    """Compare the digest and verify the signature value; the certificate is only a bearer of the key here."""
    try:
        intact, valid = validate_sig_integrity(
            message.signer_info, message.certificate, expected_content_type=content_type, actual_digest=digest
        )
    except SignatureValidationError as exc:
        return found([_code(exc)])
    return found([code for code, sound in (("HASH_FAILURE", intact), ("SIG_CRYPTO_FAILURE", valid)) if not sound])


def check_algorithms(message: SignedMessage, allowed: Algorithms) -> Finding:
    """Compare digest, signature algorithm and key size with the policy (TT 15/2025)."""
    mechanism = message.signer_info["signature_algorithm"]
    name = mechanism.signature_algo
    strong = (
        message.digest_name in allowed.digests
        and name in SIGNATURE_ALGORITHMS
        and _hash_of(mechanism) in (None, message.digest_name)
        and key_is_strong(message.certificate, allowed)
    )
    return found([] if strong else ["ALGO_WEAK"])


def key_is_strong(certificate: x509.Certificate, allowed: Algorithms) -> bool:
    """Compare a public key with the policy's least sizes."""
    key = certificate.public_key
    kind = key.algorithm
    if kind in ("rsa", "rsassa_pss"):
        return bool(key.bit_size >= allowed.min_rsa_bits)
    return kind == "ec" and bool(key.bit_size >= allowed.min_ec_bits)


def _hash_of(mechanism: cms.SignedDigestAlgorithm) -> str | None:
    try:
        return str(mechanism.hash_algo)
    except ValueError:
        return None


def _code(exc: SignatureValidationError) -> str:
    """Our code for pyHanko's sub-indication."""
    name = getattr(exc.ades_subindication, "name", "")
    return name if name in REASONS else "FORMAT_FAILURE"
