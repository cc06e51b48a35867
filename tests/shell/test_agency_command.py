"""`lienthong agency`: who is meant by a code on a day, and why (cli.md, decisions "Codes")."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import cli
from infra.demo.province import REFERENCE

FIELDS = {"organ_id", "name", "level", "parents", "successors", "matched_by", "valid_from", "valid_to", "contacts"}
NOW = "2026-11-23"


def run(*words: str, reference: Path = REFERENCE) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, ["agency", *words, "--reference", str(reference)])


def answer(*words: str, reference: Path = REFERENCE) -> tuple[int, dict[str, Any]]:
    """Return exit code and the one JSON object on stdout."""
    result = run(*words, "--json", reference=reference)
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.parametrize(
    ("code", "organ_id", "matched_by"),
    [
        ("000.00.05.H53", "000.00.05.H53", "organ_id"),
        (" 000.00.05.h53\u200b", "000.00.05.H53", "organ_id"),
        ("H53.31.21", "000.21.31.H53", "qd20_id"),
        ("000.0017.H53", "000.00.17.H53", "alias"),
        ("17.H53", "000.00.17.H53", "short"),
    ],
)
def test_each_form_of_a_code_is_known(code: str, organ_id: str, matched_by: str) -> None:
    """Exact, cleaned, of 2020, an alias, the short form; every field that scripts rely on is there."""
    exit_code, said = answer(code, "--on", NOW)

    assert (0, organ_id, matched_by) == (exit_code, said["organ_id"], said["matched_by"])
    assert set(said) >= FIELDS
    assert "000.00.00.H53" in said["parents"]
    assert said["contacts"]


def test_an_ended_code_answers_its_successor_and_the_chain() -> None:
    """The district was split; its seat's ward takes its place, and before the end it is the district itself."""
    assert ("000.00.40.H53", ["000.00.40.H53"]) == _meant(answer("000.00.30.H53", "--on", NOW))
    assert ("000.00.30.H53", []) == _meant(answer("000.00.30.H53", "--on", "2025-06-30"))


def _meant(found: tuple[int, dict[str, Any]]) -> tuple[str, list[str]]:
    return found[1]["organ_id"], found[1]["successors"]


def test_an_unknown_code_is_no_and_says_so() -> None:
    """Exit 1, the reason code, a sentence in Vietnamese, every field all the same."""
    exit_code, said = answer("H53.SO.999", "--on", NOW)

    assert (1, "RECIPIENT_UNKNOWN", None, []) == (exit_code, said["code"], said["organ_id"], said["contacts"])
    assert "H53.SO.999" in said["sentence_vi"]
    assert set(said) >= FIELDS


def test_an_alias_of_two_agencies_names_both(tmp_path: Path) -> None:
    """Nobody guesses: exit 1, and between whom."""
    for each in REFERENCE.glob("*"):
        if each.is_file():
            (tmp_path / each.name).write_bytes(each.read_bytes())
    with (tmp_path / "aliases.csv").open("a", encoding="utf-8") as aliases:
        aliases.write("99.H53,000.00.05.H53,2020-10-01,,one\n99.H53,000.00.17.H53,2020-10-01,,two\n")
    exit_code, said = answer("99.H53", "--on", NOW, reference=tmp_path)

    assert (1, "RECIPIENT_AMBIGUOUS") == (exit_code, said["code"])
    assert {"000.00.05.H53", "000.00.17.H53"} == set(said["candidates"])


def test_people_read_name_parents_and_officials() -> None:
    """In Vietnamese, with the successors walked."""
    said = run("000.00.30.H53", "--on", NOW).stdout

    assert "000.00.30.H53 → 000.00.40.H53" in said
    assert "cấp trên: 000.00.00.H53" in said
