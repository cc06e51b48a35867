"""Whole packets: what composing tools make is judged as the demo expects, and the evidence is the same bytes every time."""

import csv
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.demo.compose import Composed, Composer, PacketKind
from infra.demo.frame import Draft
from infra.demo.pdf import one_page
from infra.demo.pdf_signing import Hand, sign_pdf
from infra.pki import Pki, Standing
from processors.verification.asked import Asked
from processors.verification.document import judge_document
from processors.verification.trust.store import TrustStore
from processors.verification.verdict import Judgement
from schemas.events import Indication
from schemas.reference import Reference, files_of

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO = ROOT / "infra" / "demo" / "reference"
NINE = datetime(2026, 11, 16, 2, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
SENDER, RECIPIENT = "000.00.00.H53", "000.00.05.H53"
EXPECTED = {
    PacketKind.GOOD: "",
    PacketKind.STAMPED: "",
    PacketKind.TAMPERED: "HASH_FAILURE",
    PacketKind.EXPIRED: "OUT_OF_BOUNDS_NO_POE",
    PacketKind.REVOKED: "REVOKED_NO_POE",
    PacketKind.UNSIGNED: "NO_SIGNATURE_FOUND",
    PacketKind.UNADDRESSED: "",
    PacketKind.SECRET: "SECRET_FORBIDDEN",
    PacketKind.WRONG_SIGNER: "SIGNER_NOT_SENDER_AGENCY",
}


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Return a test PKI for the demo province."""
    with (DEMO / "agencies.csv").open(encoding="utf-8") as rows:
        agencies = {row["organ_id"]: row["name"] for row in csv.DictReader(rows)}
    return Pki.open(tmp_path_factory.mktemp("pki"), at=NINE, agencies=agencies)


@pytest.fixture(scope="module")
def reference(pki: Pki) -> Reference:
    """Return the demo's policy with this PKI's trust list and CRLs."""
    return reference_of(pki)


def reference_of(pki: Pki, *, changed: Mapping[str, bytes] | None = None, without: tuple[str, ...] = ()) -> Reference:
    """Return reference data, some files changed, some kinds left out."""
    files = {each.relative_to(DEMO).as_posix(): each.read_bytes() for each in DEMO.rglob("*") if each.is_file()}
    for kind, folder in (("trust", pki.trust), ("crl", pki.crl)):
        files |= {
            f"{kind}/{each.relative_to(folder)}": each.read_bytes() for each in folder.rglob("*") if each.is_file()
        }
    files |= changed or {}
    kinds = {"directory", "identities", "signature_policy", "secrecy", "trust", "crl"} - set(without)
    return Reference.from_files({kind: files_of(kind, files) for kind in sorted(kinds)})


@pytest.fixture(scope="module")
def packets(pki: Pki) -> dict[PacketKind, Composed]:
    """Return one packet of each kind."""
    composer = Composer(pki)
    draft = Draft(sender=SENDER, recipients=(RECIPIENT,), number=1, at=NINE)
    return {kind: composer.make(draft, kind) for kind in PacketKind}


def judge(content: bytes, folder: Path, reference: Reference, **more: object) -> Judgement:
    """Judge bytes received at ten."""
    path = folder / "document"
    path.write_bytes(content)
    asked = Asked(path=path, receipt=TEN, **more)  # type: ignore[arg-type] # the test names fields
    return judge_document(asked, reference, TrustStore(reference))


@pytest.mark.parametrize("kind", list(PacketKind))
def test_each_kind_ends_as_the_demo_expects(
    kind: PacketKind, packets: dict[PacketKind, Composed], reference: Reference, tmp_path: Path
) -> None:
    """One deciding reason a kind."""
    assert EXPECTED[kind] == judge(packets[kind].packet, tmp_path, reference).reason


def test_a_good_packet_in_full(packets: dict[PacketKind, Composed], reference: Reference, tmp_path: Path) -> None:
    """Two signatures found and judged, the envelope good, the attachment bound."""
    judgement = judge(packets[PacketKind.GOOD].packet, tmp_path, reference)

    assert (2, 2, "VN-GOV/vn-gov-2020") == (
        judgement.signatures_found,
        judgement.signatures_judged,
        judgement.policy,
    )
    assert judgement.xml is not None
    assert judgement.binding is not None
    assert (Indication.TOTAL_PASSED, 1, ()) == (
        judgement.xml.indication,
        len(judgement.binding.bound),
        judgement.binding.unbound,
    )


def test_the_evidence_is_the_same_bytes(
    packets: dict[PacketKind, Composed], reference: Reference, tmp_path: Path
) -> None:
    """Fresh caches, the same evidence; it names the input and the epoch."""
    content = packets[PacketKind.STAMPED].packet
    first, second = (judge(content, tmp_path, reference) for _ in range(2))
    record = json.loads(first.evidence)

    assert first.evidence == second.evidence
    assert (hashlib.sha256(content).hexdigest(), reference.epoch) == (record["input_sha256"], record["epoch"])


def test_the_evidence_names_steps_software_and_certificates(
    packets: dict[PacketKind, Composed], reference: Reference, tmp_path: Path
) -> None:
    """Every signature with its steps in order, the one that failed with its code; every certificate so that it can be found."""
    record = json.loads(judge(packets[PacketKind.TAMPERED].packet, tmp_path, reference).evidence)
    first = record["signatures"][0]

    assert ["2 bytes", "3 message", "5 time", "4 path", "6 changes"] == [step for step, _ in first["steps"]]
    assert {"HASH_FAILURE"} == {code for _, codes in first["steps"] for code in codes}
    assert {"sha256", "serial", "issuer", "subject"} == set(first["chain"][0])
    assert (3, 2) == (len(first["chain"]), len(first["revocation"]))
    assert {"lienthong", "cryptography", "pyhanko"} <= set(record["software"])
    assert {"receipt_at", "sender", "profile", "thorough"} == set(record["asked"])


def test_a_required_envelope_signature_is_required(
    pki: Pki, packets: dict[PacketKind, Composed], tmp_path: Path
) -> None:
    """Policy `require`: a broken header signature refuses the packet; `warn` lets the PDF signatures decide."""
    broken = packets[PacketKind.GOOD].packet.replace(b"KT. CH", b"QQ. CH", 1)
    policy = (DEMO / "signature_policy.yaml").read_bytes().replace(b"envelope: warn", b"envelope: require")
    strict = reference_of(pki, changed={"signature_policy.yaml": policy})

    lenient = judge(broken, tmp_path, reference_of(pki))
    assert ("", ("XML_SIGNATURE_INVALID",)) == (lenient.reason, lenient.finding.warnings)
    assert "HASH_FAILURE" == judge(broken, tmp_path, strict).reason
    assert "" == judge(packets[PacketKind.GOOD].packet, tmp_path, strict).reason


def test_a_swapped_attachment_is_noticed(
    packets: dict[PacketKind, Composed], reference: Reference, tmp_path: Path
) -> None:
    """The file of one packet in the signed envelope of another: its own signatures are good, the binding is not."""
    good, other = packets[PacketKind.GOOD].packet, packets[PacketKind.STAMPED].packet

    def encoded(packet: bytes) -> bytes:
        return packet.partition(b"<edXML:ContentTransferEncoded>")[2].partition(b"<")[0]

    judgement = judge(good.replace(encoded(good), encoded(other)), tmp_path, reference)

    assert "ATTACHMENT_DIGEST_MISMATCH" == judgement.reason


@pytest.mark.parametrize("kind", ["crl", "trust", "signature_policy"])
def test_missing_reference_data_never_pass(
    kind: str, pki: Pki, packets: dict[PacketKind, Composed], tmp_path: Path
) -> None:
    """Without CRLs hold, without anchors or a policy no pass."""
    judgement = judge(packets[PacketKind.GOOD].packet, tmp_path, reference_of(pki, without=(kind,)))
    expected = {
        "crl": "CRL_MISSING",
        "trust": "NO_CERTIFICATE_CHAIN_FOUND",
        "signature_policy": "SIGNATURE_POLICY_NOT_AVAILABLE",
    }

    assert expected[kind] == judgement.reason


def test_a_policy_may_let_unsigned_documents_inform(
    pki: Pki, packets: dict[PacketKind, Composed], tmp_path: Path
) -> None:
    """`unsigned: information`: carried, and still no pass."""
    policy = (DEMO / "signature_policy.yaml").read_bytes().replace(b"unsigned: refuse", b"unsigned: information")
    judgement = judge(
        packets[PacketKind.UNSIGNED].packet, tmp_path, reference_of(pki, changed={"signature_policy.yaml": policy})
    )

    assert ("information", Indication.INDETERMINATE) == (judgement.accepted, judgement.indication)
    assert "UNSIGNED_FOR_INFORMATION" in judgement.finding.warnings


def test_a_bare_pdf_is_judged_whoever_signed(pki: Pki, reference: Reference, tmp_path: Path) -> None:
    """No sender is known: every signature decides, and one alone is enough."""
    hand = Hand(credential=pki.seal(RECIPIENT), field="CoQuan", at=NINE)
    revoked = Hand(credential=pki.seal(RECIPIENT, Standing.REVOKED), field="Khac", at=NINE)

    assert "" == judge(sign_pdf(one_page(["x"]), [hand]), tmp_path, reference).reason
    assert "REVOKED_NO_POE" == judge(sign_pdf(one_page(["x"]), [hand, revoked]), tmp_path, reference).reason
    assert "NO_SIGNATURE_FOUND" == judge(one_page(["x"]), tmp_path, reference).reason


@pytest.mark.parametrize("content", [b"", b"<", b"<x/>", b"PK\x03\x04", b"%PDF-", b"\x00" * 100])
def test_junk_is_a_verdict(content: bytes, reference: Reference, tmp_path: Path) -> None:
    """Whatever the bytes are, there is an answer, and it is no pass."""
    assert Indication.TOTAL_PASSED is not judge(content, tmp_path, reference).indication


def test_the_sender_of_the_event_decides_not_the_packet(
    packets: dict[PacketKind, Composed], reference: Reference, tmp_path: Path
) -> None:
    """The verifier is told the resolved sender."""
    judgement = judge(packets[PacketKind.GOOD].packet, tmp_path, reference, sender=RECIPIENT)

    assert "SIGNER_NOT_SENDER_AGENCY" == judgement.reason
