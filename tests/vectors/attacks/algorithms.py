"""Attacks with algorithms and keys: too weak, contradicting each other, or at the edge of the mathematics (TT 15/2025, RFC 4056)."""

from dataclasses import replace
from typing import Any

from asn1crypto import algos, cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from infra.pki import Credential, PrivateKey, organization_name
from tests.vectors.attacks.messages import HONEST, Attributes, agency, attribute, one, page
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM, BAD_VALUE, TOO_WEAK
from tests.vectors.scene import NOON, SENDER, YEAR, authorities

WEAK = "weak algorithms and keys"
MISMATCH = "algorithms that contradict each other"


@attack(WEAK, TOO_WEAK, "ALGO_WEAK")
def md5(*, forged: bool) -> File:
    """digestAlgorithm md5, md5WithRSA.

    INDETERMINATE, solely because of MD5: digest and value fit.
    """
    return one(forged=forged, digest="md5")


@attack(WEAK, TOO_WEAK, "ALGO_WEAK")
def sha1(*, forged: bool) -> File:
    """digestAlgorithm sha1, sha1WithRSA; received in 2026.

    INDETERMINATE, solely because of SHA-1 without a trusted time before the day that the policy names.
    """
    return one(forged=forged, digest="sha1")


def _issued(key: Any) -> Credential:
    return authorities()[1].issue(
        organization_name("Cơ quan", organ_id=SENDER),
        not_before=NOON - YEAR,
        not_after=NOON + YEAR,
        key=key,
        serial=4_001,
    )


@attack(WEAK, TOO_WEAK, "ALGO_WEAK")
def rsa_of_1024_bits(*, forged: bool) -> File:
    """sub ─▶ agency (RSA-1024).

    INDETERMINATE, solely because of the key's size.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=1_024 if forged else 2_048)
    return page(replace(HONEST, credential=_issued(key)))


@attack(WEAK, TOO_WEAK, "ALGO_WEAK")
def an_elliptic_curve_of_224_bits(*, forged: bool) -> File:
    """sub ─▶ agency (P-224).

    INDETERMINATE, solely because of the curve's size.
    """
    key: PrivateKey = ec.generate_private_key(ec.SECP224R1() if forged else ec.SECP256R1())
    return page(replace(HONEST, credential=_issued(key)))


@attack(WEAK, TOO_WEAK, "ALGO_WEAK")
def a_key_of_a_kind_that_no_policy_names(*, forged: bool) -> File:
    """sub ─▶ agency (Ed25519).

    INDETERMINATE, solely because the policy knows RSA and ECDSA only.
    """
    if not forged:
        return page()
    key = ed25519.Ed25519PrivateKey.generate()
    return page(replace(HONEST, credential=_issued(key), mechanism="ed25519", digest="sha512", value=key.sign))


@attack(MISMATCH, TOO_WEAK, "ALGO_WEAK")
def digest_and_mechanism_disagree(*, forged: bool) -> File:
    """digestAlgorithm sha256, signatureAlgorithm sha1WithRSA: the value is made with SHA-1.

    INDETERMINATE, solely because the attributes are hashed by another algorithm than the content.
    """
    return one(forged=forged, hashed="sha1")


@attack(MISMATCH, TOO_WEAK, "ALGO_WEAK")
def a_mechanism_that_lies_about_its_digest(*, forged: bool) -> File:
    """digestAlgorithm sha256, signatureAlgorithm sha512WithRSA; the value is made with SHA-256.

    INDETERMINATE, solely because the name is not that of the digest used: who goes by the name fails, who goes by the digest passes.
    """
    return one(forged=forged, mechanism="sha512_rsa")


@attack(MISMATCH, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def a_mechanism_of_another_key(*, forged: bool) -> File:
    """signatureAlgorithm ecdsa-with-SHA256 beside an RSA key.

    TOTAL_FAILED, solely because the algorithm named is none of this key.
    """
    return one(forged=forged, mechanism="sha256_ecdsa")


def _protected(held: Attributes, digest: str) -> Attributes:
    named = {"digest_algorithm": {"algorithm": digest}, "signature_algorithm": {"algorithm": "sha256_rsa"}}
    return [*held, attribute("cms_algorithm_protection", cms.CMSAlgorithmProtection(named))]


@attack(MISMATCH, BAD_FORM, "FORMAT_FAILURE")
def the_protected_algorithm_is_another(*, forged: bool) -> File:
    """signedAttrs [ cmsAlgorithmProtection: sha512 ], digestAlgorithm sha256 (RFC 6211).

    TOTAL_FAILED, solely because the algorithm that was signed is not the one that the message names.
    """
    return page(replace(HONEST, attributes=lambda held: _protected(held, "sha512" if forged else "sha256")))


def _pss(*, salt: int = 32, mask: str = "sha256", named: str = "sha256", trailer: int = 1) -> File:
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": {"algorithm": named},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": mask}},
            "salt_length": salt,
            "trailer_field": trailer,
        }
    )
    key = agency().key
    assert isinstance(key, rsa.RSAPrivateKey)
    masking = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[mask]  # noqa: S303 - an attack

    def value(to_sign: bytes) -> bytes:
        return key.sign(to_sign, padding.PSS(padding.MGF1(masking), salt_length=salt), hashes.SHA256())

    return page(replace(HONEST, mechanism="rsassa_pss", parameters=parameters, value=value))


@attack(MISMATCH, TOO_WEAK, "ALGO_WEAK")
def pss_whose_mask_is_weak(*, forged: bool) -> File:
    """rsassaPss { sha256, mgf1 { sha1 }, salt 32 }.

    INDETERMINATE, solely because the mask is made with SHA-1 (RFC 4056 §3 wants one digest for both).
    """
    return _pss(mask="sha1" if forged else "sha256")


@attack(MISMATCH, TOO_WEAK, "ALGO_WEAK")
def pss_of_another_digest(*, forged: bool) -> File:
    """rsassaPss { sha512, mgf1 { sha256 }, … } beside digestAlgorithm sha256.

    INDETERMINATE, solely because the parameters name another digest than the signer.
    """
    return _pss(named="sha512" if forged else "sha256")


@attack(MISMATCH, BAD_VALUE, "SIG_CRYPTO_FAILURE")
def pss_without_salt_that_says_it_has_some(*, forged: bool) -> File:
    """rsassaPss { …, salt 32 } over a value made without salt.

    TOTAL_FAILED, solely because the salt is not as long as said.
    """
    if not forged:
        return _pss()
    key = agency().key
    assert isinstance(key, rsa.RSAPrivateKey)
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": {"algorithm": "sha256"},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
            "salt_length": 32,
        }
    )

    def value(to_sign: bytes) -> bytes:
        return key.sign(to_sign, padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=0), hashes.SHA256())

    return page(replace(HONEST, mechanism="rsassa_pss", parameters=parameters, value=value))


@attack(MISMATCH, TOO_WEAK, "ALGO_WEAK")
def pss_with_another_trailer(*, forged: bool) -> File:
    """rsassaPss { …, trailerField 2 }.

    INDETERMINATE, solely because RFC 4055 §3.1 knows one trailer only.
    """
    return _pss(trailer=2 if forged else 1)


@attack(MISMATCH, BAD_FORM, "FORMAT_FAILURE")
def pss_without_parameters(*, forged: bool) -> File:
    """rsassaPss without parameters.

    TOTAL_FAILED, solely because the message does not say how it was signed.
    """

    def bare(signed: cms.SignedData) -> None:
        signed["signer_infos"][0]["signature_algorithm"] = {"algorithm": "rsassa_pss"}

    return page(replace(HONEST, signed=bare)) if forged else _pss()
