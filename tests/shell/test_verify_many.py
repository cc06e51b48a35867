"""`lienthong verify` on folders, by plain certificates, and once more from its evidence (cli.md)."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from infra.cli import cli

NINE, TEN = "2026-11-16T09:00:00+0700", "2026-11-16T10:00:00+0700"


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a var/ with a PKI and two packets, one of them altered."""
    var = tmp_path_factory.mktemp("var")
    for kind in ("good", "tampered"):
        assert 0 == run(var, "compose", "--kind", kind, "--at", NINE, var / "packets" / f"{kind}.edxml").exit_code
    return var


def run(var: Path, *arguments: str | Path, **settings: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, [str(each) for each in arguments], env={"LIENTHONG_VAR": str(var)} | settings)


def verified(var: Path, *arguments: str | Path, **settings: str) -> tuple[int, list[dict[str, Any]]]:
    """Verify; return exit code and answers."""
    result = run(var, "verify", *arguments, "--json", **settings)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def plain(var: Path, folder: Path) -> Path:
    """Write the PKI's certificates as somebody would have them at hand: one PEM bundle, one DER file, no list."""
    folder.mkdir()
    every = [
        x509.load_pem_x509_certificate(file.read_bytes())
        for part in ("anchors", "intermediates")
        for file in sorted((var / "pki" / "trust" / part).iterdir())
    ]
    first, *others = every
    (folder / "first.cer").write_bytes(first.public_bytes(Encoding.DER))
    (folder / "all.pem").write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in others))
    (folder / "README.txt").write_text("no certificate")
    return folder


def test_a_folder_is_every_file_below_it(var: Path, tmp_path: Path) -> None:
    """Sorted, hidden files left out; what is no document is an answer like any other."""
    folder = tmp_path / "inbox"
    shutil.copytree(var / "packets", folder / "sub")
    (folder / "noise.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    (folder / ".hidden").write_bytes(b"x")
    code, answers = verified(var, folder, "--at", TEN)

    assert 1 == code
    assert [
        (str(folder / "noise.pdf"), "TOTAL_FAILED"),
        (str(folder / "sub" / "good.edxml"), "TOTAL_PASSED"),
        (str(folder / "sub" / "tampered.edxml"), "TOTAL_FAILED"),
    ] == [(each["file"], each["indication"]) for each in answers]


def test_an_empty_folder_is_usage(var: Path, tmp_path: Path) -> None:
    """Nothing judged is no yes."""
    assert 2 == run(var, "verify", tmp_path).exit_code


def test_certificates_need_no_list(var: Path, tmp_path: Path) -> None:
    """What signed itself is an anchor; the order and the names of the files mean nothing."""
    good = var / "packets" / "good.edxml"
    trust = plain(var, tmp_path / "trust")
    code, [answer] = verified(var, good, "--trust", trust, "--crl", var / "pki" / "crl", "--at", TEN)
    assert (0, "TOTAL_PASSED") == (code, answer["indication"])

    (trust / "first.cer").rename(trust / "z.der")
    again = verified(var, good, "--trust", trust, "--crl", var / "pki" / "crl", "--at", TEN)[1]
    assert answer["evidence_sha256"] == again[0]["evidence_sha256"]


def test_no_anchor_no_trust(var: Path, tmp_path: Path) -> None:
    """An empty folder trusts nobody, the machine's own list of authorities least of all; one without a root is usage."""
    (tmp_path / "none").mkdir()
    code, [answer] = verified(var, var / "packets" / "good.edxml", "--trust", tmp_path / "none", "--at", TEN)
    assert (1, ["NO_CERTIFICATE_CHAIN_FOUND"]) == (code, answer["reasons"][:1])

    trust = tmp_path / "half"
    trust.mkdir()
    intermediate = next((var / "pki" / "trust" / "intermediates").iterdir())
    shutil.copy(intermediate, trust / "ca.pem")
    assert 2 == run(var, "verify", var / "packets" / "good.edxml", "--trust", trust).exit_code
    (trust / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert 2 == run(var, "verify", var / "packets" / "good.edxml", "--trust", trust).exit_code


@pytest.mark.parametrize("kind", ["good", "tampered"])
def test_evidence_is_enough_to_judge_again(var: Path, tmp_path: Path, kind: str) -> None:
    """Moment and question come from the evidence; the answer is the same, byte for byte."""
    packet = var / "packets" / f"{kind}.edxml"
    first_code, [first] = verified(var, packet, "--at", TEN, "--evidence", tmp_path)
    code, [again] = verified(var, packet, "--replay", tmp_path / f"{first['evidence_sha256']}.json")

    assert (first_code, first["evidence_sha256"], []) == (code, again["evidence_sha256"], again["replay_differs"])


def test_a_replay_reads_within_the_limits_of_the_settings(var: Path, tmp_path: Path) -> None:
    """What an axis with narrow limits refused is refused again there."""
    packet, narrow = var / "packets" / "good.edxml", {"LIENTHONG_XML_DEPTH": "3"}
    [first] = verified(var, packet, "--at", TEN, "--evidence", tmp_path, **narrow)[1]
    [again] = verified(var, packet, "--replay", tmp_path / f"{first['evidence_sha256']}.json", **narrow)[1]

    assert (["RESOURCE_LIMIT"], []) == (first["reasons"], again["replay_differs"])


def test_a_replay_says_what_differs(var: Path, tmp_path: Path) -> None:
    """Evidence that was written over no longer agrees, though the document is good."""
    packet = var / "packets" / "good.edxml"
    [first] = verified(var, packet, "--at", TEN, "--evidence", tmp_path)[1]
    record = json.loads((tmp_path / f"{first['evidence_sha256']}.json").read_bytes())
    record["indication"], record["software"]["lxml"] = "TOTAL_FAILED", "0"
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(record))
    code, [again] = verified(var, packet, "--replay", forged)

    assert (1, "TOTAL_PASSED", ["indication", "software"]) == (code, again["indication"], again["replay_differs"])


def test_a_replay_needs_the_same_inputs(var: Path, tmp_path: Path) -> None:
    """Another document, other trust, or no evidence at all is usage: nothing is said about the document."""
    packet = var / "packets" / "good.edxml"
    [first] = verified(var, packet, "--at", TEN, "--evidence", tmp_path)[1]
    evidence = tmp_path / f"{first['evidence_sha256']}.json"

    assert 2 == run(var, "verify", var / "packets" / "tampered.edxml", "--replay", evidence).exit_code
    assert 2 == run(var, "verify", packet, "--replay", evidence, "--trust", plain(var, tmp_path / "t")).exit_code
    assert 2 == run(var, "verify", packet, "--replay", packet).exit_code
    assert 2 == run(var, "verify", packet, "--replay", "0" * 64).exit_code
