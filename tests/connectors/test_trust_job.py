"""The job that keeps revocation lists current: what is taken, what is refused and why, and that a round is all or nothing."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.trust import job
from connectors.trust.checks import Fault
from connectors.trust.job import Became
from infra.pki import Authority, organization_name
from infra.pki.issue import Usage
from processors.verification.trust.store import TrustStore
from schemas.reasons import REASONS
from tests.connectors.trust_desk import ROOT, SUB, Desk, made
from tests.vectors.scene import DAY, NOON, Scene, authorities, rsa_key


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk on which the scene's lists (number 7) are in force."""
    return Desk(tmp_path)


def test_a_newer_list_is_published_with_all_the_others(desk: Desk) -> None:
    """One snapshot: the new list in the place of the old one, the other issuers' as they were; then nothing happens."""
    desk.lay(sub=made())
    assert [(Became.PUBLISHED, "")] == desk.round()
    [files] = desk.published
    assert (3, True) == (len(files), made() in files.values())

    assert [(Became.UNCHANGED, "")] == desk.round()
    assert 1 == len(desk.published)


def test_a_document_waits_and_then_passes(desk: Desk) -> None:
    """What the job publishes is what the verifier judges by."""
    stale = Scene(crl_ends=NOON - DAY)
    desk.reference = stale.reference()
    assert {"CRL_STALE"} == stale.judge().defects
    desk.lay(**{each.own.certificate.subject.rfc4514_string()[3:7]: made(by=each) for each in authorities()})
    desk.round()

    assert set() == stale.judge(bench=replace(stale.bench(), trust=TrustStore(desk.reference))).defects


def foreign() -> Authority:
    """Return a CA of the sub CA's name and another key."""
    end = NOON + 9 * DAY
    return Authority.make_root("sub", not_before=NOON - 9 * DAY, not_after=end, key=rsa_key("person"))


def delta() -> bytes:
    """Return a delta list: it speaks of changes only."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(SUB.own.certificate.subject)
    builder = builder.last_update(NOON).next_update(NOON + DAY).add_extension(x509.DeltaCRLIndicator(7), critical=True)
    return builder.sign(SUB.own.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"", Fault.UNREADABLE, id="nothing"),
        pytest.param(b"<html>404</html>", Fault.UNREADABLE, id="a page instead of a list"),
        pytest.param(made()[:-1], Fault.UNREADABLE, id="cut off"),
        pytest.param(delta(), Fault.INCOMPLETE, id="a delta list"),
        pytest.param(made(by=Authority.make_root("X", not_before=NOON, not_after=NOON + DAY)), Fault.ISSUER_UNKNOWN, id="a stranger's"),
        pytest.param(made(by=foreign()), Fault.SIGNATURE_BAD, id="the name of a CA, the key of somebody else"),
        pytest.param(made(at=NOON + DAY), Fault.FROM_FUTURE, id="made tomorrow"),
        pytest.param(made(6), Fault.NUMBER_LOWER, id="a lower number, though made later"),
        pytest.param(made(7), Fault.NUMBER_LOWER, id="the same number, other bytes"),
        pytest.param(made(at=NOON - 9 * DAY), Fault.OLDER, id="a higher number, made earlier"),
    ],
)  # fmt: skip
def test_a_bad_list_is_named_and_changes_nothing(desk: Desk, content: bytes, fault: Fault) -> None:
    """Each for one reason; nothing is published."""
    desk.lay(bad=content)

    assert [(Became.REFUSED, fault)] == desk.round()
    assert [] == desk.published


def test_a_ca_without_the_right_signs_no_list(desk: Desk) -> None:
    """KeyUsage without cRLSign (RFC 5280 §4.2.1.3): the key fits, the right is missing."""
    name, end = organization_name("poor"), NOON + 9 * DAY
    poor = Authority(own=ROOT.issue(name, key=rsa_key("poor"), usage=Usage(), not_before=NOON - DAY, not_after=end))
    trust = desk.reference.trust
    assert trust is not None
    der = poor.own.certificate.public_bytes(Encoding.DER)
    more = replace(trust, intermediates=(*trust.intermediates, replace(trust.intermediates[0], der=der)))
    desk.reference = desk.reference.with_value("trust", more, "2")
    desk.lay(poor=made(by=poor))

    assert [(Became.REFUSED, Fault.SIGNATURE_BAD)] == desk.round()


def test_one_bad_list_does_not_hold_up_the_good_ones(desk: Desk) -> None:
    """The round goes on, and says both."""
    desk.lay(a=b"noise", b=made())

    assert [(Became.REFUSED, Fault.UNREADABLE), (Became.PUBLISHED, "")] == desk.round()


def test_an_expired_list_is_better_than_an_older_one(desk: Desk) -> None:
    """What it says is revoked is revoked; that it is late is said."""
    desk.lay(late=made())

    assert [(Became.PUBLISHED, Fault.EXPIRED)] == desk.round(now=NOON + 5 * DAY)


def test_old_lists_stay_while_they_prove_more(desk: Desk) -> None:
    """A certificate that the issuer no longer lists was revoked all the same; a list that says nothing more goes."""
    desk.lay(a=made(8, revoked={5: NOON - DAY}))
    desk.round()
    desk.lay(b=made(9, at=NOON + DAY))
    desk.round(now=NOON + DAY)
    desk.lay(c=made(10, at=NOON + 2 * DAY))
    assert [(Became.UNCHANGED, ""), (Became.UNCHANGED, ""), (Became.PUBLISHED, "")] == desk.round(now=NOON + 2 * DAY)
    known = [each for each in job.known_of(desk.reference) if each.crl.issuer == SUB.own.certificate.subject]

    assert [8, 10] == sorted(each.number or 0 for each in known)


def test_a_folder_may_hold_its_history(desk: Desk) -> None:
    """Old lists beside the new one are no attack, round after round."""
    desk.lay(a=made(8), b=made(9, at=NOON + DAY))
    for _ in range(2):
        assert {Became.REFUSED} & {became for became, _ in desk.round(now=NOON + DAY)} == set()
    assert 1 == len(desk.published)


def test_pem_with_several_lists(desk: Desk) -> None:
    """As some authorities hand them out."""
    pem = b"".join(x509.load_der_x509_crl(made(by=each)).public_bytes(Encoding.PEM) for each in (ROOT, SUB))
    (desk.folder / "all.pem").write_bytes(pem)

    assert [(Became.PUBLISHED, ""), (Became.PUBLISHED, "")] == desk.round()


@pytest.fixture
def server() -> Iterator[str]:
    """Yield the address of a distribution point that also has a redirection and a missing list."""

    class Point(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer."""
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", "file:///etc/hostname")
                self.end_headers()
                return
            found = self.path == "/sub.crl"
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(made() if found else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    point = HTTPServer(("127.0.0.1", 0), Point)
    threading.Thread(target=point.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{point.server_address[1]}"
    point.shutdown()
    point.server_close()


def test_a_distribution_point(desk: Desk, server: str) -> None:
    """A list is fetched; an absent one, a redirection to a file, and a server that is not there are named."""
    away = [became for became, _ in desk.round(f"{server}/none", f"{server}/away", "http://127.0.0.1:9/x", "/no/file")]
    assert [Became.NOT_FETCHED] * 4 == away

    assert [(Became.PUBLISHED, "")] == desk.round(f"{server}/sub.crl")


def test_every_fault_has_a_sentence() -> None:
    """For people."""
    assert set(Fault) <= set(REASONS)
