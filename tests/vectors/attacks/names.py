"""Attacks on what certificates say (RFC 5280 §4.2): names that may not be given, extensions that nobody knows or that come twice."""

from dataclasses import replace

from asn1crypto import core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from tests.vectors.attacks.houses import (
    AGENCY,
    ROOT,
    SUB,
    line,
)
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM, CHAIN

NAMES = "name constraints"

UNKNOWN = "unknown critical extension"

DUPLICATE = "duplicate extensions"


def _below(name: str) -> x509.NameConstraints:
    allowed = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]
    )
    return x509.NameConstraints(permitted_subtrees=[x509.DirectoryName(allowed)], excluded_subtrees=None)


@attack(NAMES, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def a_name_outside_the_permitted(*, forged: bool) -> File:
    """root ─▶ sub { permitted: C=VN, O=Sở khác } ─▶ agency { O=Cơ quan }.

    INDETERMINATE, solely because sub may certify another organisation only.
    """
    return line(sub=replace(SUB, more=[(_below("Sở khác" if forged else "Cơ quan"), True)]))


@attack(NAMES, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def a_name_that_is_excluded(*, forged: bool) -> File:
    """root ─▶ sub { excluded: C=VN, O=Cơ quan } ─▶ agency { O=Cơ quan }.

    INDETERMINATE, solely because sub may not certify this organisation.
    """
    name = "Cơ quan" if forged else "Sở khác"
    allowed = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]
    )
    excluded = x509.NameConstraints(permitted_subtrees=None, excluded_subtrees=[x509.DirectoryName(allowed)])
    return line(sub=replace(SUB, more=[(excluded, True)]))


@attack(NAMES, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def a_name_that_the_anchor_does_not_permit(*, forged: bool) -> File:
    """root { excluded: C=VN, O=Cơ quan } ─▶ sub ─▶ agency { O=Cơ quan }.

    INDETERMINATE, solely because of the anchor's own constraint, which RFC 5280 leaves to local policy.
    """
    name = "Cơ quan" if forged else "Sở khác"
    allowed = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]
    )
    excluded = x509.NameConstraints(permitted_subtrees=None, excluded_subtrees=[x509.DirectoryName(allowed)])
    return line(root=replace(ROOT, more=[(excluded, True)]))


@attack(NAMES, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def a_mail_address_outside_the_permitted(*, forged: bool) -> File:
    """root ─▶ sub { permitted: mail in tinhx.example } ─▶ agency { mail in tinhy.example }.

    INDETERMINATE, solely because the alternative name lies in another domain.
    """
    permitted = x509.NameConstraints(permitted_subtrees=[x509.RFC822Name("tinhx.example")], excluded_subtrees=None)
    mail = x509.SubjectAlternativeName([x509.RFC822Name("a@tinhy.example" if forged else "a@tinhx.example")])
    return line(sub=replace(SUB, more=[(permitted, True)]), leaf=replace(AGENCY, more=[(mail, False)]))


STRANGE = x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")


@attack(UNKNOWN, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def an_unknown_critical_extension(*, forged: bool) -> File:
    """root ─▶ sub ─▶ agency { 1.3.6.1.4.1.99999.1, critical }; in the twin it is not critical.

    INDETERMINATE, solely because nobody here knows what it forbids.
    """
    return line(leaf=replace(AGENCY, more=[(STRANGE, forged)]))


@attack(UNKNOWN, CHAIN, "CHAIN_CONSTRAINTS_FAILURE")
def an_unknown_critical_extension_of_an_issuer(*, forged: bool) -> File:
    """root ─▶ sub { 1.3.6.1.4.1.99999.1, critical } ─▶ agency.

    INDETERMINATE, solely because of the issuer's extension.
    """
    return line(sub=replace(SUB, more=[(STRANGE, forged)]))


def _doubled(tbs: asn1.TbsCertificate) -> None:
    """Say keyUsage twice, the second time with everything."""
    usage = asn1.Extension(
        {"extn_id": "key_usage", "critical": True, "extn_value": core.ParsableOctetString(b"\x03\x02\x00\xff")}
    )
    tbs["extensions"] = [*tbs["extensions"], usage]


@attack(DUPLICATE, BAD_FORM, "FORMAT_FAILURE")
def an_extension_twice(*, forged: bool) -> File:
    """root ─▶ sub ─▶ agency { keyUsage: digitalSignature … }{ keyUsage: everything }.

    TOTAL_FAILED, solely because the extension comes twice (RFC 5280 §4.2): which one counts is a matter of taste.
    """
    return line(leaf=replace(AGENCY, altered=_doubled) if forged else AGENCY)


@attack(DUPLICATE, BAD_FORM, "FORMAT_FAILURE")
def an_extension_of_an_issuer_twice(*, forged: bool) -> File:
    """root ─▶ sub { keyUsage … }{ keyUsage: everything } ─▶ agency.

    TOTAL_FAILED, solely because the issuer has the extension twice.
    """
    return line(sub=replace(SUB, altered=_doubled) if forged else SUB)
