"""NIST PKITS 1.0.1: every certificate of the suite through the entry point that judges signers.

All CAs and lists of the suite are there at once, so the path is found among 150 CAs and not handed over.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import cryptography_vectors
import pytest

from processors.verification.trust.certificates import load_certificate
from processors.verification.trust.moment import Moment
from processors.verification.trust.paths import ANY_POLICY, PolicyInputs
from processors.verification.trust.store import TrustStore
from schemas.reference import Reference, RevocationList, RevocationLists, TrustAnchor, TrustList
from schemas.reference.trust import Intermediate

SUITE = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
TABLE = Path(__file__).parent / "pkits" / "table.csv"
POLICIES = "2.16.840.1.101.3.2.1.48."
ROOT = "TrustAnchorRootCertificate"
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
COUNT = 255
"""Cases: the certificates of the suite, some of them with several policies asked for; 246 without those whose point is a notice to show."""

DSA = frozenset({"4.1.4", "4.1.5"})
"""Sound, says NIST; by an algorithm that no policy of the axis knows."""

INHERITS = frozenset({"DSAParametersInheritedCACert", "ValidDSAParameterInheritanceTest5EE"})
"""Keys without parameters of their own, which `cryptography` does not read."""

pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One line of the table."""

    number: str
    certificate: str
    inputs: PolicyInputs
    valid: bool


def _cases() -> Iterator[Case]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            named = frozenset(POLICIES + each for each in row["policies"].split())
            inputs = PolicyInputs(
                acceptable=named or ANY_POLICY.acceptable,
                explicit=row["explicit"] == "yes",
                inhibit_mapping=row["inhibit_mapping"] == "yes",
                inhibit_any=row["inhibit_any"] == "yes",
            )
            valid = row["expected"] == "valid"
            yield Case(number=row["test"], certificate=row["certificate"], inputs=inputs, valid=valid)


CASES = list(_cases())


@cache
def _reference() -> Reference:
    certificates = {path.stem: path.read_bytes() for path in sorted((SUITE / "certs").iterdir())}
    root = certificates.pop(ROOT)
    anchor = TrustAnchor(name=ROOT, der=root, sha256=_sha256(root), group="nist", usage=frozenset({"document"}))
    leaves = {each.certificate for each in CASES}
    between = tuple(
        Intermediate(name=name, der=der, sha256=_sha256(der))
        for name, der in certificates.items()
        if name not in leaves | INHERITS
    )
    crls = {path.stem: path.read_bytes() for path in sorted((SUITE / "crls").iterdir())}
    lists = tuple(RevocationList(name=name, der=der, sha256=_sha256(der)) for name, der in crls.items())
    trusted = Reference().with_value("trust", TrustList("PKITS", (anchor,), between), "1")
    return trusted.with_value("crl", RevocationLists(lists), "1")


def _sha256(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


@cache
def _store(inputs: PolicyInputs) -> TrustStore:
    return TrustStore(_reference(), inputs)


def _defects(case: Case) -> tuple[str, ...]:
    leaf = load_certificate((SUITE / "certs" / f"{case.certificate}.crt").read_bytes())
    at = Moment(best=NOON, receipt=NOON, crl_grace=timedelta(0))
    return _store(case.inputs).judge(leaf, (), "document", at).finding.defects


@pytest.mark.parametrize(
    "case", [each for each in CASES if each.number not in DSA], ids=lambda each: f"{each.number}-{each.certificate}"
)
def test_judged_as_nist_says(case: Case) -> None:
    """Valid without a defect, invalid with one."""
    assert case.valid == (_defects(case) == ()), _defects(case)


def test_dsa_is_no_algorithm_of_the_axis() -> None:
    """The two valid cases are refused for the algorithm; the list is signed by it, too."""
    plain, inherited = (each for each in CASES if each.number in DSA)

    assert ("ALGO_WEAK", "CRL_MISSING") == _defects(plain)
    with pytest.raises(ValueError, match="SubjectPublicKeyInfo"):
        _defects(inherited)  # a document with such a certificate: FORMAT_FAILURE


def test_the_suite_is_complete() -> None:
    """All cases, all sections, every end entity of the suite; the few CAs judged as leaves come on top."""
    ends = {path.stem for path in (SUITE / "certs").iterdir() if path.stem.endswith("EE")}

    assert COUNT == len(CASES)
    assert {f"4.{number}" for number in range(1, 17)} == {each.number.rpartition(".")[0] for each in CASES}
    assert set() == ends - {each.certificate for each in CASES}
