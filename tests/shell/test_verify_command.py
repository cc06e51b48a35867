"""`lienthong compose` and `lienthong verify`: fields, exit codes, every reason (cli.md)."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import cli

NINE, TEN = "2026-11-16T09:00:00+0700", "2026-11-16T10:00:00+0700"
FIELDS = {
    "file", "indication", "sub_indication", "reasons", "provisional", "signatures_found", "signatures_judged", "signatures",
    "evidence_sha256", "seconds",
}  # fmt: skip
OF_A_SIGNATURE = {"where", "indication", "sub_indication", "reasons", "signer", "signed_at", "time_source", "coverage"}


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one var/ for all commands, so that the PKI is made once."""
    return tmp_path_factory.mktemp("var")


def run(var: Path, *arguments: str | Path) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, [str(each) for each in arguments], env={"LIENTHONG_VAR": str(var)})


def composed(var: Path, kind: str) -> Path:
    """Compose a packet of a kind."""
    out = var / f"{kind}.edxml"
    result = run(var, "--json", "compose", "--kind", kind, "--at", NINE, out)
    assert 0 == result.exit_code, result.output
    assert {"file": str(out), "kind": kind}.items() <= json.loads(result.stdout).items()
    return out


def verified(var: Path, *arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    """Verify; return exit code and answers."""
    result = run(var, "verify", *arguments, "--at", TEN, "--json")
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_good_packet_is_zero(var: Path) -> None:
    """Every field that scripts rely on is there."""
    code, [answer] = verified(var, composed(var, "good"))

    assert (0, "TOTAL_PASSED", 2, 2) == (
        code,
        answer["indication"],
        answer["signatures_found"],
        answer["signatures_judged"],
    )
    assert set(answer) >= FIELDS
    assert all(set(each) >= OF_A_SIGNATURE for each in answer["signatures"])


def test_one_bad_file_makes_the_answer_no(var: Path) -> None:
    """Exit 0 only if all passed; an answer a file all the same."""
    code, answers = verified(var, composed(var, "good"), composed(var, "tampered"))

    assert (1, ["TOTAL_PASSED", "TOTAL_FAILED"]) == (code, [each["indication"] for each in answers])
    assert ["HASH_FAILURE"] == answers[1]["reasons"]


def test_coverage_and_changes_are_said_whatever_trust_says(var: Path, tmp_path: Path) -> None:
    """Without any CRL the verdict waits, and what was signed is still reported."""
    (tmp_path / "crl").mkdir()
    code, [answer] = verified(var, composed(var, "good"), "--crl", tmp_path / "crl")

    assert (1, "TRY_LATER") == (code, answer["sub_indication"])
    pdf = [each for each in answer["signatures"] if each["role"] != "envelope"]
    assert [("entire_revision", "signatures"), ("entire_file", "none")] == [
        (each["coverage"], each["modification"]) for each in pdf
    ]


def test_people_read_vietnamese(var: Path) -> None:
    """Without --json each reason is a sentence."""
    result = run(var, "verify", composed(var, "expired"), "--at", TEN)

    assert 1 == result.exit_code
    assert "OUT_OF_BOUNDS_NO_POE: Chứng thư" in result.stdout


def test_an_unknown_policy_is_usage(var: Path) -> None:
    """Exit 2, with the names there are."""
    result = run(var, "verify", composed(var, "good"), "--policy", "NONE")

    assert (2, True) == (result.exit_code, "VN-GOV" in result.stderr)
