"""One issuer, several series of revocation lists: by distribution point, by kind of certificate, by key, and in the name of others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from structlog.testing import capture_logs

from connectors.trust import job
from connectors.trust.checks import Fault, Known
from connectors.trust.job import Became
from connectors.trust.process import one_round
from infra.clock import Clock
from infra.pki import Authority, organization_name
from infra.pki.ages import newest_lists
from infra.pki.series import point_of
from infra.reference import Follower
from infra.settings import Settings
from processors.verification.trust.store import TrustStore
from schemas.reference import Reference
from schemas.reference.trust import Intermediate
from tests.connectors.trust_desk import ROOT, SUB, Desk
from tests.vectors.scene import DAY, NOON, YEAR, Scene, rsa_key

A, B, LDAP = "http://crl.example.vn/a.crl", "http://crl.example.vn/b.crl", "ldap://crl.example.vn/cn=a"
OTHER_ISSUER = organization_name("another issuer")


def scope(*addresses: str, **flags: bool) -> x509.IssuingDistributionPoint:
    """Return what part of an issuer's certificates a list is for."""
    says = {"only_contains_user_certs": False, "only_contains_ca_certs": False, "indirect_crl": False, **flags}
    return x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(each) for each in addresses] or None, relative_name=None,
        only_some_reasons=None, only_contains_attribute_certs=False, **says,
    )  # fmt: skip


def made(
    number: int,
    scope: x509.IssuingDistributionPoint | None = None,
    *,
    by: Authority = SUB,
    at: datetime = NOON,
    revoked: Mapping[int, x509.Name | None] | None = None,
    identified: bool = True,
) -> bytes:
    """Return a list good for two days; `revoked`: serial -> who issued the certificate, where that is another one."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.own.certificate.subject)
    builder = builder.last_update(at).next_update(at + 2 * DAY).add_extension(x509.CRLNumber(number), critical=False)
    if identified:
        key = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.own.key.public_key())
        builder = builder.add_extension(key, critical=False)
    if scope:
        builder = builder.add_extension(scope, critical=True)
    for serial, issuer in (revoked or {}).items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(NOON - DAY)
        if issuer:
            entry = entry.add_extension(x509.CertificateIssuer([x509.DirectoryName(issuer)]), critical=True)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(by.own.key, hashes.SHA256()).public_bytes(Encoding.DER)


def knowing(reference: Reference, *more: x509.Certificate) -> Reference:
    """Return reference data whose trust list has further intermediates."""
    assert reference.trust is not None
    ders = [each.public_bytes(Encoding.DER) for each in more]
    further = [Intermediate(name="x", der=each, sha256=sha256(each).hexdigest()) for each in ders]
    trust = replace(reference.trust, intermediates=(*reference.trust.intermediates, *further))
    return reference.with_value("trust", trust, "2")


def under_a_new_key(name: str = "sub") -> Authority:
    """Return the sub CA after its key was changed."""
    return ROOT.subordinate(name, not_before=NOON - YEAR, not_after=NOON + YEAR, key=rsa_key("sub-2"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk on which the scene's lists (number 7) are in force."""
    return Desk(tmp_path)


def lay(desk: Desk, *lists: bytes) -> Sequence[tuple[Became, str]]:
    """Do a round with these lists, in this order, and nothing else."""
    for each in desk.folder.iterdir():
        each.unlink()
    desk.lay(**{f"l{number}": each for number, each in enumerate(lists)})
    return desk.round()


TWO = [
    pytest.param(scope(A), scope(B), id="two distribution points"),
    pytest.param(scope(only_contains_user_certs=True), scope(only_contains_ca_certs=True), id="users and authorities"),
    pytest.param(None, scope(A), id="all, and one distribution point"),
    pytest.param(scope(A), scope(A, indirect_crl=True), id="its own, and in the name of others"),
]


@pytest.mark.parametrize(("one", "other"), TWO)
def test_each_scope_has_its_own_numbers(
    desk: Desk, one: x509.IssuingDistributionPoint | None, other: x509.IssuingDistributionPoint
) -> None:
    """A high number in one says nothing of the other; going back is refused in each."""
    later = NOON + DAY / 1000
    assert [(Became.PUBLISHED, "")] * 2 == lay(desk, made(90, one), made(2, other))
    back = lay(desk, made(89, one, at=later), made(2, other, at=later))

    assert [(Became.REFUSED, Fault.NUMBER_LOWER)] * 2 == back
    assert [(Became.PUBLISHED, "")] == lay(desk, made(3, other, at=later))


def test_the_order_of_addresses_is_no_other_series(desk: Desk) -> None:
    """The same names written the other way round."""
    assert [(Became.PUBLISHED, "")] == lay(desk, made(9, scope(A, LDAP)))
    assert [(Became.REFUSED, Fault.NUMBER_LOWER)] == lay(desk, made(8, scope(LDAP, A)))


@pytest.mark.parametrize("identified", [True, False])
def test_each_key_has_its_own_numbers(desk: Desk, identified: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """While the key is changed both sign; also where a list does not say by which key (RFC 5280 §5.2.1)."""
    new = under_a_new_key()
    desk.reference = knowing(desk.reference, new.own.certificate)

    lists = made(90, identified=identified), made(1, by=new, identified=identified)
    assert [(Became.PUBLISHED, "")] * 2 == lay(desk, *lists)
    old = made(89, identified=identified), made(1, by=new, identified=identified, revoked={5: None})
    assert [(Became.REFUSED, Fault.NUMBER_LOWER)] * 2 == lay(desk, *old)


def test_both_keys_answer_for_their_certificates(desk: Desk) -> None:
    """A list under the new key does not stand for the old one's: each certificate is judged by the key that signed it."""
    new, plain = under_a_new_key(), Scene()
    desk.reference = knowing(desk.reference, new.own.certificate)
    lay(desk, made(90, revoked={1001: None}), made(1, by=new, at=NOON))

    assert {"REVOKED_NO_POE"} == plain.judge(bench=replace(plain.bench(), trust=TrustStore(desk.reference))).defects


def test_a_partition_answers_for_its_own(desk: Desk) -> None:
    """What the job publishes is what the verifier judges by: the list for authorities does not help the signers."""
    stale = Scene(crl_ends=NOON - DAY)
    desk.reference = stale.reference()
    lay(desk, made(8, scope(only_contains_ca_certs=True)), made(8, by=ROOT))
    assert {"CRL_STALE"} == stale.judge(bench=replace(stale.bench(), trust=TrustStore(desk.reference))).defects

    lay(desk, made(8, scope(only_contains_user_certs=True)))
    assert set() == stale.judge(bench=replace(stale.bench(), trust=TrustStore(desk.reference))).defects


def test_an_indirect_list_goes_by_the_issuer_of_each_entry(desk: Desk) -> None:
    """The same serial of two issuers is two certificates: the old list stays, for it alone knows the second one's."""
    lister = under_a_new_key("lists for others")
    desk.reference = knowing(desk.reference, lister.own.certificate)
    indirect, later = scope(indirect_crl=True), NOON + DAY / 1000
    lay(desk, made(1, indirect, by=lister, revoked={5: OTHER_ISSUER}))
    lay(desk, made(2, indirect, by=lister, at=later, revoked={5: SUB.own.certificate.subject}))
    lay(desk, made(3, indirect, by=lister, at=2 * (later - NOON) + NOON, revoked={5: SUB.own.certificate.subject}))
    kept = [each for each in in_force(desk) if each.crl.issuer == lister.own.certificate.subject]

    assert [1, 3] == sorted(each.number or 0 for each in kept)


def test_an_old_list_of_one_series_is_not_replaced_by_another(desk: Desk) -> None:
    """What partition a knew is not told by partition b, though b has the same serial."""
    lay(desk, made(1, scope(A), revoked={5: None}), made(1, scope(B), revoked={5: None}))
    lay(desk, made(2, scope(A), at=NOON + DAY / 1000), made(2, scope(B), at=NOON + DAY / 1000))

    assert [1, 1, 2, 2] == sorted(each.number or 0 for each in in_force(desk) if point_of(each.crl))


def in_force(desk: Desk) -> list[Known]:
    """Return the lists in force, by their files."""
    return job.known_of(desk.reference)


def test_a_series_that_ended_is_said_though_another_is_fresh(desk: Desk) -> None:
    """Each series has its own next update; only its newest list counts."""
    lay(desk, made(1, scope(A)), made(1, scope(B)))
    later = NOON + 3 * DAY
    desk.folder.joinpath("b2.crl").write_bytes(made(2, scope(B), at=later))
    done = job.round_of([str(desk.folder)], desk.reference, later, desk.publish)
    ended = {each.series for each in done.ended if each.issuer == SUB.own.certificate.subject.rfc4514_string()}

    assert [True, False] == [any(address in each for each in ended) for address in (A, B)]
    assert {Became.ENDED} == {each.became for each in done.ended}
    assert () == job.round_of([str(desk.folder)], Scene().reference(), NOON, desk.publish).ended


def test_the_process_says_which_series_ended(desk: Desk) -> None:
    """Round after round, until a successor is there."""
    lay(desk, made(1, scope(A)), made(1, by=ROOT), made(9))
    settings, clock = Settings(crl_sources=str(desk.folder)), SimpleNamespace(now=lambda: NOON + 3 * DAY)
    held = SimpleNamespace(current=lambda: desk.reference)
    with capture_logs() as logged:
        assert one_round(settings, cast("Clock", clock), cast("Follower", held))
    said = [each for each in logged if each["event"] == "list_ended" and A in each["series"]]

    assert [1] == [each["number"] for each in said]


def test_the_measures_show_every_series(desk: Desk) -> None:
    """Prometheus and `doctor` look at the newest list of each series, and say which it is."""
    new = under_a_new_key()
    desk.reference = knowing(desk.reference, new.own.certificate)
    lay(desk, made(1, scope(A)), made(1, scope(B)), made(1, by=new))
    lay(desk, made(2, scope(A), at=NOON + DAY / 1000, revoked={5: None}))
    assert desk.reference.crl is not None
    shown = [each for each in newest_lists(desk.reference.crl) if "O=sub" in each.what or "CN=sub" in each.what]

    assert 4 == len(shown), [each.what for each in shown]
    assert [1, 1] == [sum(address in each.what for each in shown) for address in (A, B)]
