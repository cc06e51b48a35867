"""Lists that are not plain: what they say of a signer depends on the same moments as what plain lists say."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from processors.verification.trust.certificates import load_certificate
from processors.verification.trust.moment import Moment
from processors.verification.trust.store import Standing, TrustStore
from schemas.reference import RevocationList, RevocationLists
from tests.vectors.scene import DAY, HOUR, NOON, Scene, authorities

SCENE = Scene()
PERSON = 1001
SOME = frozenset({x509.ReasonFlags.key_compromise, x509.ReasonFlags.ca_compromise})
OTHERS = frozenset(x509.ReasonFlags) - SOME - {x509.ReasonFlags.unspecified, x509.ReasonFlags.remove_from_crl}
KEY_COMPROMISE, HELD = x509.ReasonFlags.key_compromise, x509.ReasonFlags.certificate_hold


def scoped(reasons: frozenset[x509.ReasonFlags] | None = None, *, address: str = "") -> x509.IssuingDistributionPoint:
    """Return what a list is for."""
    point = [x509.UniformResourceIdentifier(address)] if address else None
    return x509.IssuingDistributionPoint(
        full_name=point, relative_name=None, only_contains_user_certs=False, only_contains_ca_certs=False,
        only_some_reasons=reasons, indirect_crl=False, only_contains_attribute_certs=False,
    )  # fmt: skip


def listed(
    *extensions: x509.ExtensionType,
    more: x509.ExtensionType | None = None,
    number: int = 8,
    revoked: Mapping[int, tuple[datetime, x509.ReasonFlags]] | None = None,
    begins: datetime = NOON - DAY,
    ends: datetime = NOON + DAY,
) -> RevocationList:
    """Issue a list of the sub CA with extensions, all of them critical but `more`."""
    authority = authorities()[1].own
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
    builder = builder.last_update(begins).next_update(ends).add_extension(x509.CRLNumber(number), critical=False)
    key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(key, critical=False)
    for each in extensions:
        builder = builder.add_extension(each, critical=True)
    if more:
        builder = builder.add_extension(more, critical=False)
    for serial, (moment, reason) in (revoked or {}).items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
        builder = builder.add_revoked_certificate(entry.add_extension(x509.CRLReason(reason), critical=False).build())
    der = builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)
    return RevocationList(name="sub.crl", der=der, sha256=sha256(der).hexdigest())


def standing(lists: Iterable[RevocationList], *, best: datetime = NOON, grace: timedelta = timedelta(0)) -> Standing:
    """Judge the person by the root's list and these."""
    plain = SCENE.reference()
    assert plain.crl is not None
    root = next(each for each in plain.crl.lists if each.name == "root.crl")
    reference = plain.with_value("crl", RevocationLists((root, *lists)), "1")
    leaf = load_certificate(SCENE.person().certificate.public_bytes(Encoding.DER))
    at = Moment(best=best, receipt=NOON, crl_grace=grace, stamped=best < NOON)
    return TrustStore(reference).judge(leaf, (), "document", at)


def test_two_lists_for_the_reasons_of_each() -> None:
    """Together they cover every reason; both are part of the evidence."""
    lists = [listed(scoped(SOME)), listed(scoped(OTHERS), number=9)]
    seen = standing(lists)

    assert () == seen.finding.defects
    assert {each.sha256 for each in lists} <= {each.crl_sha256 for each in seen.revocation}


@pytest.mark.parametrize("reasons", [SOME, OTHERS])
def test_one_of_them_is_not_enough(reasons: frozenset[x509.ReasonFlags]) -> None:
    """A plain list would be; half of the reasons is no answer."""
    assert ("CRL_MISSING",) == standing([listed(scoped(reasons))]).finding.defects


def test_revoked_in_one_of_them() -> None:
    """As of now; a stamp from before the revocation stands."""
    revoked = {PERSON: (NOON - HOUR, KEY_COMPROMISE)}
    lists = [listed(scoped(SOME), revoked=revoked), listed(scoped(OTHERS))]

    assert ("REVOKED_NO_POE",) == standing(lists).finding.defects
    assert () == standing(lists, best=NOON - 2 * HOUR).finding.defects


def test_one_of_them_is_stale() -> None:
    """It ended before the receipt; the policy's grace holds here too."""
    lists = [listed(scoped(SOME), ends=NOON - HOUR), listed(scoped(OTHERS))]

    assert ("CRL_STALE",) == standing(lists).finding.defects
    assert () == standing(lists, grace=2 * HOUR).finding.defects


def test_lists_newer_than_the_receipt() -> None:
    """A held document is judged again by them."""
    begins = NOON + HOUR
    lists = [listed(scoped(SOME), begins=begins), listed(scoped(OTHERS), begins=begins)]

    assert () == standing(lists).finding.defects


def test_a_delta_says_more_than_its_base() -> None:
    """The base alone knows nothing of the revocation."""
    point = x509.DistributionPoint(
        [x509.UniformResourceIdentifier("http://crl.example.vn/delta.crl")], None, None, None
    )
    base = listed(more=x509.FreshestCRL([point]))
    delta = listed(x509.DeltaCRLIndicator(8), number=9, revoked={PERSON: (NOON - HOUR, HELD)})

    assert () == standing([base]).finding.defects
    assert ("REVOKED_NO_POE",) == standing([base, delta]).finding.defects


def test_a_list_for_another_distribution_point() -> None:
    """The certificate does not name the address that the list is for."""
    assert ("CRL_MISSING",) == standing([listed(scoped(address="http://crl.example.vn/b.crl"))]).finding.defects
