"""`lienthong deadline` beside a slow oracle that was written from the papers alone, on provinces that are nobody's."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infra.cli import cli
from tests.core.deadline_oracle import THREE, Oracle
from tests.core.deadline_worlds import asked, made

EACH = 10
"""Questions a province: a second or so each world."""


def words(ask: dict[str, Any], folder: Path) -> list[str]:
    """Return the question as the command takes it."""
    named = {name: value.isoformat() if name in ("start", "due") else value for name, value in ask.items() if value}
    return [
        "deadline",
        "--json",
        "--reference",
        str(folder),
        *(word for name in named for word in (f"--{name}", named[name])),
    ]


def moment(text: str | None) -> datetime | None:
    """Return a moment of an answer in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


@pytest.mark.parametrize("seed", range(8))
def test_the_command_answers_as_the_oracle(seed: int, tmp_path: Path) -> None:
    """Moments, whether they may change, and the whole ladder with everybody's name."""
    chance, folder = random.Random(seed), tmp_path / "reference"
    made(chance, folder)
    oracle = Oracle(folder)
    for _ in range(EACH):
        ask = asked(chance, oracle.calendar)
        result = CliRunner().invoke(cli, words(ask, folder))
        assert 0 == result.exit_code, (ask, result.output)
        said, wanted = json.loads(result.stdout), oracle.answer(ask)
        ladder = [
            (each["step"], moment(each["at"]), {(one["organ_id"], one["role"], one["name"]) for one in each["to"]})
            for each in said["ladder"]
            if each["to"]
        ]

        assert {name: wanted[name] for name in THREE} == {name: moment(said[name]) for name in THREE}, ask
        assert (wanted["ladder"], wanted["provisional"]) == (ladder, said["provisional"]), ask
