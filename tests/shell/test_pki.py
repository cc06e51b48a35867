"""The test PKI: cheap to make, private keys private, CRLs that know the revoked ones before they exist."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from infra.pki import Pki, Standing
from schemas.reference import Reference, files_of

AT = datetime(2026, 11, 16, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SENDER = "000.00.00.H53"
AGENCIES = {SENDER: "Ủy ban nhân dân tỉnh X"}


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    """Return a fresh PKI."""
    return Pki.open(tmp_path, at=AT, agencies=AGENCIES)


def test_keys_are_private(pki: Pki) -> None:
    """Nobody but the owner reads a key."""
    pki.seal(SENDER)

    assert {0o600} == {stat.S_IMODE(each.stat().st_mode) for each in pki.folder.glob("keys/*.pem")}


def test_the_folder_is_sound_reference_data(pki: Pki) -> None:
    """trust/ and crl/ parse without a fault, pins included."""
    kinds = {}
    for kind, folder in (("trust", pki.trust), ("crl", pki.crl)):
        content = {
            f"{kind}/{each.relative_to(folder)}": each.read_bytes() for each in folder.rglob("*") if each.is_file()
        }
        kinds[kind] = files_of(kind, content)
    reference = Reference.from_files(kinds)

    assert reference.trust is not None
    assert reference.crl is not None
    assert (2, 3) == (len(reference.trust.anchors), len(reference.crl.lists))


def test_a_second_opening_finds_the_same(pki: Pki) -> None:
    """Nothing is made twice, and a leaf keeps its key."""
    before = pki.seal(SENDER).certificate
    again = Pki.open(pki.folder, at=AT + 5 * DAY, agencies=AGENCIES)

    assert (pki.made_at, before) == (again.made_at, again.seal(SENDER).certificate)


def test_revoked_certificates_are_listed_before_they_are_issued(pki: Pki) -> None:
    """A CRL that was published keeps its word for packets composed later."""
    crl = x509.load_der_x509_crl((pki.crl / "sub.crl").read_bytes())
    for leaf in (pki.person(SENDER, Standing.REVOKED), pki.seal(SENDER, Standing.REVOKED)):
        assert crl.get_revoked_certificate_by_serial_number(leaf.certificate.serial_number)
    assert crl.get_revoked_certificate_by_serial_number(pki.seal(SENDER).certificate.serial_number) is None


def test_crls_are_renewed_in_time(pki: Pki) -> None:
    """Near its end a CRL is issued again, with a higher number and no fewer entries."""
    old = x509.load_der_x509_crl((pki.crl / "sub.crl").read_bytes())
    Pki.open(pki.folder, at=AT + 80 * DAY, agencies={})
    new = x509.load_der_x509_crl((pki.crl / "sub.crl").read_bytes())

    assert {each.serial_number for each in old} == {each.serial_number for each in new}
    assert _number(old) < _number(new)


def test_another_year_gets_another_pki(pki: Pki) -> None:
    """A simulated clock far away would find everything expired: it gets a PKI of its own."""
    assert pki.made_at != Pki.open(pki.folder, at=AT + 400 * DAY, agencies=AGENCIES).made_at


def _number(crl: x509.CertificateRevocationList) -> int:
    return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
