"""`lienthong deadline`: when is what owed, and who is told at each step (cli.md, decisions "Deadlines" and "Ladder")."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import cli
from infra.demo.province import REFERENCE

FIELDS = {"target", "warn", "breach", "ladder", "steps", "provisional", "calendar_version"}
USUAL = ("--clock", "intake", "--urgency", "normal", "--agency", "000.00.05.H53")


def run(*words: str) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, ["deadline", *words, "--reference", str(REFERENCE)])


def answer(*words: str) -> dict[str, Any]:
    """Return the one JSON object on stdout of a run that succeeded."""
    result = run(*words, "--json")
    assert 0 == result.exit_code, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_every_moment_and_step_is_said() -> None:
    """A Monday morning before the culture day (24/11): target the same day, breach on Wednesday; five steps."""
    said = answer(*USUAL, "--start", "2026-11-23T09:00:00+07:00", "--sender", "000.00.00.H53")

    assert set(said) >= FIELDS
    assert ("2026-11-23T17:00:00+07:00", "2026-11-23T15:00:00+07:00") == (said["target"], said["warn"])
    assert "2026-11-25T17:00:00+07:00" == said["breach"]
    assert [0, 1, 2, 3, 4] == [each["step"] for each in said["ladder"]]
    assert {"role", "organ_id", "name", "mailbox"} == set(said["ladder"][1]["to"][0])
    assert {"000.00.05.H53", "000.00.00.H53"} == {each["organ_id"] for each in said["ladder"][1]["to"]}


def test_a_start_at_closing_time_belongs_to_the_next_working_day() -> None:
    """17:00 on the eve of a holiday: everything counts from the day after it, and the words say so."""
    said = answer(*USUAL, "--start", "2026-11-23T17:00:00+07:00")

    assert ("2026-11-25T17:00:00+07:00", "2026-11-26T17:00:00+07:00") == (said["target"], said["breach"])
    assert any("2026-11-25" in each for each in said["steps"])
    assert any("ngày nghỉ" in each and "2026-11-24" in each for each in said["steps"])


def test_a_moment_that_does_not_exist_is_null() -> None:
    """Completion without a DueDate owes nothing by a moment; with one, the close of that day."""
    words = (
        "--clock",
        "completion",
        "--urgency",
        "normal",
        "--agency",
        "05.H53",
        "--start",
        "2026-11-23T09:00:00+07:00",
    )
    without, due = answer(*words), answer(*words, "--due", "2026-11-30")

    assert (None, None, None, []) == (without["target"], without["warn"], without["breach"], without["ladder"])
    assert "2026-11-30T17:00:00+07:00" == due["breach"]


def test_who_pushes_owes() -> None:
    """Transport is the recipient's where it fetches, the axis' own where it is brought."""
    words = (
        "--clock",
        "transport",
        "--urgency",
        "khan",
        "--agency",
        "000.00.05.H53",
        "--start",
        "2026-11-23T09:00:00+07:00",
    )

    assert ["recipient", "recipient", "axis"] == [
        answer(*words, *mode)["owes"] for mode in ((), ("--mode", "pull"), ("--mode", "push"))
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("--clock", "nonsense", "--urgency", "normal", "--agency", "000.00.05.H53"),
        ("--clock", "intake", "--urgency", "nonsense", "--agency", "000.00.05.H53"),
        ("--clock", "intake", "--urgency", "normal", "--agency", "H53.SO.999"),
    ],
)
def test_unknown_words_are_usage(words: tuple[str, ...]) -> None:
    """Exit 2 with what to do, no trace."""
    result = run(*words, "--start", "2026-11-23T09:00:00+07:00")

    assert 2 == result.exit_code
    assert "→" in result.stderr


def test_a_start_without_offset_is_usage() -> None:
    """Nobody knows when it is."""
    assert 2 == run(*USUAL, "--start", "2026-11-23T09:00:00").exit_code
