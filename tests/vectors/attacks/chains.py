"""Attacks on the path from the signer to an anchor (RFC 5280 §6.1): who may certify whom, for what, and under which names."""

from dataclasses import replace

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from infra.pki import organization_name
from tests.vectors.attacks.houses import (
    AGENCY,
    CERTIFIES,
    ENCIPHERS,
    LISTS,
    ROOT,
    SUB,
    Line,
    line,
)
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import CHAIN, NO_CHAIN
from tests.vectors.scene import DAY, NOON

USAGE = "wrong key usage"
LENGTH = "path length and authority"
VALIDITY = "expired intermediate"


@attack(USAGE, CHAIN, "KU_MISSING")
def a_leaf_that_enciphers_only(*, forged: bool) -> File:
    """root ─▶ sub ─▶ agency { keyUsage: keyEncipherment }.

    INDETERMINATE, solely because the certificate was not issued for signatures.
    """
    return line(leaf=replace(AGENCY, usage=(ENCIPHERS,)) if forged else AGENCY)


@attack(USAGE, CHAIN, "KU_MISSING")
def a_leaf_without_key_usage(*, forged: bool) -> File:
    """root ─▶ sub ─▶ agency { no keyUsage }.

    INDETERMINATE, solely because the extension is missing: RFC 5280 lets everything pass then, TT 15/2025 does not.
    """
    return line(leaf=replace(AGENCY, usage=None) if forged else AGENCY)


@attack(USAGE, CHAIN, "KU_MISSING")
def a_leaf_for_servers(*, forged: bool) -> File:
    """root ─▶ sub ─▶ agency { extendedKeyUsage: serverAuth }; the twin's names emailProtection besides.

    INDETERMINATE, solely because no purpose that the certificate names is a document (RFC 5280 §4.2.1.12).
    """
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, *([] if forged else [ExtendedKeyUsageOID.EMAIL_PROTECTION])]
    return line(leaf=replace(AGENCY, more=((x509.ExtendedKeyUsage(purposes), False),)))


@attack(USAGE, CHAIN, "KU_MISSING")
def an_authority_that_signs_documents(*, forged: bool) -> File:
    """root ─▶ sub ─▶ "agency" { CA, keyUsage: keyCertSign, cRLSign }.

    INDETERMINATE, solely because a key for certificates signs a document.
    """
    return line(leaf=replace(AGENCY, ca=True, usage=(CERTIFIES, LISTS)) if forged else AGENCY)


@attack(USAGE, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def an_issuer_whose_key_may_not_certify(*, forged: bool) -> File:
    """root ─▶ sub { CA, keyUsage: cRLSign } ─▶ agency.

    INDETERMINATE, solely because sub's key usage lacks keyCertSign.
    """
    return line(sub=replace(SUB, usage=(LISTS,)) if forged else SUB)


@attack(LENGTH, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def an_issuer_that_is_no_authority(*, forged: bool) -> File:
    """root ─▶ sub { CA false } ─▶ agency.

    INDETERMINATE, solely because an end entity certified another one.
    """
    return line(sub=replace(SUB, ca=False) if forged else SUB)


@attack(LENGTH, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def an_issuer_without_basic_constraints(*, forged: bool) -> File:
    """root ─▶ sub { no basicConstraints } ─▶ agency.

    INDETERMINATE, solely because nothing says that sub is an authority.
    """
    return line(sub=replace(SUB, ca=None) if forged else SUB)


@attack(LENGTH, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def a_path_that_is_too_long(*, forged: bool) -> File:
    """root ─▶ sub { pathLen 0 } ─▶ second ─▶ agency.

    INDETERMINATE, solely because sub may have no authority below it.
    """
    second = replace(SUB, name=organization_name("nhà cháu"), key="second", serial=12)
    return Line(subs=(replace(SUB, length=0 if forged else 1), second)).file()


@attack(LENGTH, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def a_path_longer_than_the_anchor_allows(*, forged: bool) -> File:
    """root { pathLen 0 } ─▶ sub ─▶ agency.

    INDETERMINATE, solely because the anchor's own constraint forbids sub.
    """
    return line(root=replace(ROOT, length=0 if forged else 1))


@attack(LENGTH, NO_CHAIN, "NO_CERTIFICATE_CHAIN_FOUND")
def seven_certificates(*, forged: bool) -> File:
    """root ─▶ a ─▶ b ─▶ c ─▶ d ─▶ e ─▶ agency; the twin has one less.

    INDETERMINATE, solely because a path has six certificates at most.
    """
    subs = tuple(
        replace(SUB, name=organization_name(each), key=each, serial=20 + at)
        for at, each in enumerate("abcde"[not forged :])
    )
    return Line(subs=subs).file()


@attack(VALIDITY, "INDETERMINATE/OUT_OF_BOUNDS_NO_POE", "OUT_OF_BOUNDS_NO_POE")
def an_issuer_that_has_ended(*, forged: bool) -> File:
    """root ─▶ sub { until yesterday } ─▶ agency { until next year }.

    INDETERMINATE, solely because the issuer's certificate ended before the document came.
    """
    return line(sub=replace(SUB, not_after=NOON - DAY) if forged else SUB)


@attack(VALIDITY, "TOTAL_FAILED/NOT_YET_VALID", "NOT_YET_VALID")
def an_issuer_that_has_not_begun(*, forged: bool) -> File:
    """root ─▶ sub { from tomorrow } ─▶ agency.

    TOTAL_FAILED, solely because the issuer's certificate is not valid yet.
    """
    return line(sub=replace(SUB, not_before=NOON + DAY) if forged else SUB)
