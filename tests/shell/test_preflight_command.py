"""`lienthong preflight`: would a packet arrive, and what would be owed then; nothing is sent (cli.md)."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import cli
from infra.clock import set_clock

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
NINE = "2026-11-23T09:00:00+0700"
FIELDS = {"file", "ok", "document_id", "verdict", "deliveries", "refusals", "deadlines", "notes"}


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a var/ whose clock stands at the hour at which packets are made, so that the PKI is made once."""
    made = tmp_path_factory.mktemp("var")
    set_clock(made / "clock.json", "stepped", at=datetime.fromisoformat(NINE))
    return made


def run(var: Path, *words: str | Path) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, [str(each) for each in words], env={"LIENTHONG_VAR": str(var)})


def composed(var: Path, kind: str = "good", to: Sequence[str] = ()) -> Path:
    """Compose a packet."""
    out = var / f"{kind}-{len(to)}.edxml"
    wanted = [word for code in to for word in ("--to", code)]
    result = run(var, "compose", "--kind", kind, "--at", NINE, *wanted, out)
    assert 0 == result.exit_code, result.output
    return out


def answers(var: Path, *files: Path) -> tuple[int, list[dict[str, Any]]]:
    """Return exit code and one answer for each file."""
    result = run(var, "preflight", *files, "--json")
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_good_packet_would_arrive(var: Path) -> None:
    """Verdict, deliveries and deadlines in one answer; exit 0."""
    code, [said] = answers(var, composed(var, to=["000.00.05.H53", "21.31.H53"]))

    assert (0, True, "signed", []) == (code, said["ok"], said["verdict"]["state"], said["refusals"])
    assert set(said) >= FIELDS
    assert ["000.00.05.H53", "000.21.31.H53"] == [each["organ_id"] for each in said["deliveries"]]
    assert {"transport", "intake"} <= {
        each["clock"] for each in said["deadlines"] if each["organ_id"] == "000.00.05.H53"
    }


def test_what_is_wrong_is_said_with_who_gets_it_all_the_same(var: Path) -> None:
    """An unknown recipient is refused beside a good one; a tampered file is refused as a whole; exit 1."""
    code, [unknown, tampered] = answers(
        var, composed(var, to=["000.00.05.H53", "H53.SO.999"]), composed(var, "tampered")
    )

    assert 1 == code
    assert [("H53.SO.999", "RECIPIENT_UNKNOWN")] == [(each["addressed"], each["code"]) for each in unknown["refusals"]]
    assert ["000.00.05.H53"] == [each["organ_id"] for each in unknown["deliveries"]]
    assert ("refused", "HASH_FAILURE") == (tampered["verdict"]["state"], tampered["refusals"][0]["code"])
    assert tampered["refusals"][0]["sentence_vi"]


def test_files_may_be_named_from_where_one_stands(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judges' own folder is another."""
    packet = composed(var, to=["000.00.05.H53"])
    monkeypatch.chdir(packet.parent)
    code, [said] = answers(var, Path(packet.name))

    assert (0, "signed", packet.name) == (code, said["verdict"]["state"], said["file"])


def test_a_packet_that_cannot_be_read_and_a_status(var: Path, tmp_path: Path) -> None:
    """The first is refused by its reader; a status has no recipients of its own. The answers keep the files' order."""
    broken = tmp_path / "broken.edxml"
    broken.write_bytes(b"<not-edxml/>")
    code, [refused, status] = answers(var, broken, SAMPLES / "status.edxml")

    assert (1, False, "NOT_EDXML") == (code, refused["ok"], refused["refusals"][0]["code"])
    assert (True, None, "status") == (status["ok"], status["verdict"], status["kind"])
    assert set(status) >= FIELDS


def test_people_read_it(var: Path) -> None:
    """One line for each finding, in Vietnamese."""
    said = run(var, "preflight", composed(var, to=["000.00.05.H53", "H53.SO.999"])).stdout

    assert "chưa được" in said
    assert "RECIPIENT_UNKNOWN" in said
