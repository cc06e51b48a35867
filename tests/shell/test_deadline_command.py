"""`lienthong deadline`: when is what owed, and who is told at each step (cli.md, decisions "Deadlines" and "Ladder")."""

import json
import shutil
from pathlib import Path
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


@pytest.mark.parametrize("due", ["9999-12-31", "0001-01-01"])
def test_a_due_date_that_stands_for_none_is_none(due: str) -> None:
    """What systems write where nobody set one: nothing is owed by it, and the words say why."""
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
    said = answer(*words, "--due", due)

    assert (None, None, None, []) == (said["target"], said["warn"], said["breach"], said["ladder"])
    assert any(due in each and "50 năm" in each for each in said["steps"])


@pytest.mark.parametrize("start", ["9999-12-31T23:00:00+07:00", "0001-01-01T00:00:00+07:00"])
def test_a_start_at_the_end_of_time_is_usage(start: str) -> None:
    """No trace."""
    result = run(*USUAL, "--start", start)

    assert 2 == result.exit_code
    assert "calendar" in result.stderr


def test_the_rules_are_said_and_what_moved_them() -> None:
    """Each moment with its rule as sla.yaml has it, each step with its own, the skipped one as well."""
    steps = "\n".join(answer(*USUAL, "--start", "2026-11-23T16:30:00+07:00")["steps"])
    root = "\n".join(
        answer(
            "--clock", "transport", "--urgency", "hoa_toc", "--agency", "000.00.00.H53",
            "--start", "2026-11-23T17:30:00+07:00",
        )["steps"]
    )  # fmt: skip

    assert "giờ đóng cửa của ngày làm việc thứ 0 kể từ ngày bắt đầu, trừ 2 giờ làm việc; sớm hơn lúc bắt đầu" in steps
    assert "(quá hạn và 4 giờ làm việc): head_of_office 000.00.05.H53" in steps
    assert "10 giây sau lúc bắt đầu" in root
    assert "bước 2 (quá hạn và 10 phút): bỏ qua" in root
    assert "bước 3, thứ Hai 2026-11-23 17:45 (quá hạn và 20 phút; thay bước bị bỏ qua" in root
    assert "giờ làm việc (" not in root  # nothing of it reads the calendar


def test_an_announced_outage_moves_what_if_as_it_moves_the_duty(tmp_path: Path) -> None:
    """The calendar says that the agency is away for two working hours, and the rules pause by it."""
    folder = shutil.copytree(REFERENCE, tmp_path / "reference")
    with (folder / "calendar.yaml").open("a", encoding="utf-8") as file:
        file.write('outages:\n  - {agency: 000.00.05.H53, from: "2026-11-23T08:00:00+07:00", ')
        file.write('to: "2026-11-23T10:00:00+07:00", reason: mất điện}\n')
    rules = (folder / "sla.yaml").read_text(encoding="utf-8")
    pauses = "pauses:\n  - {clock: intake, from: outage_began, to: [outage_ended]}\n  #"
    (folder / "sla.yaml").write_text(rules.replace("pauses:", pauses, 1), encoding="utf-8")
    words = ("deadline", *USUAL, "--start", "2026-11-23T07:30:00+07:00", "--json", "--reference", str(folder))
    said = json.loads(CliRunner().invoke(cli, words).stdout)

    assert "2026-11-26T09:30:00+07:00" == said["breach"] == said["ladder"][1]["at"]
    assert [{"from": "2026-11-23T08:00:00+07:00", "to": "2026-11-23T10:00:00+07:00"}] == said["pauses"]
    assert any("tạm dừng từ thứ Hai 2026-11-23 08:00 đến thứ Hai 2026-11-23 10:00" in each for each in said["steps"])


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
