"""`lienthong report`: cli.md's contract; a real register, the demo's directory, every kind in every form."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from connectors.register import tables
from connectors.register.projection import project
from connectors.reports.kinds import REPORTS
from infra.cli import cli
from infra.settings import Settings
from infra.state.database import open_database, writing
from schemas.events import Milestone, Stage
from tests.connectors import life
from tests.connectors.report_history import duties
from tests.reference_files import DEMO

MONTH = ("--from", "2026-11-01", "--to", "2026-11-30")
HOSTILE = '=cmd|"/C calc"<script>x</script>'
FACTS = [
    life.submitted(),
    life.signed(),
    life.dispatched(subject=HOSTILE),
    life.dispatched(life.COMMUNE),
    life.received(Milestone.RECEIVED, 20, life.COMMUNE),
    life.said("02", 30, life.COMMUNE, reason="Sai nơi nhận"),
    life.refused("SECRET_FORBIDDEN", subject="b" * 64, sha256="b" * 64, stage=Stage.INTAKE),
]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """Return a folder with a register."""
    engine = open_database(Settings(var=tmp_path / "var").register_url, tables.METADATA)
    with writing(engine) as connection:
        project(connection, list(life.on_topics([*FACTS, *duties(FACTS)])))
    engine.dispose()
    return tmp_path / "var"


def asked(var: Path, *arguments: str, **env: str) -> Result:
    """Run the command by the demo's reference data."""
    words = ["report", *arguments, "--reference", str(DEMO)]
    return CliRunner().invoke(cli, words, env={"LIENTHONG_VAR": str(var), "LIENTHONG_REPORT_COLUMNS": None, **env})


def objects(result: Result) -> list[dict[str, Any]]:
    """Return the JSON objects on stdout."""
    assert 0 == result.exit_code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("kind", REPORTS)
def test_json_gives_every_field_of_every_row(var: Path, kind: str) -> None:
    """`--json` and `--format json` are the same: one object a line."""
    found = objects(asked(var, kind, *MONTH, "--json"))

    assert found == objects(asked(var, kind, *MONTH, "--format", "json"))
    assert all(set(REPORTS[kind].fields) <= set(row) for row in found)
    assert found or kind in ("overdue", "variants")


@pytest.mark.parametrize("kind", REPORTS)
def test_all_forms_have_the_same_rows(var: Path, tmp_path: Path, kind: str) -> None:
    """CSV on stdout and in a file, page and PDF: as many rows as JSON has objects, and hostile text stays text."""
    count = len(objects(asked(var, kind, *MONTH, "--json")))
    on_stdout = asked(var, kind, *MONTH)
    rows = list(csv.reader(io.StringIO(on_stdout.stdout_bytes.decode("utf-8-sig"), newline="")))
    page, pdf = tmp_path / "a.html", tmp_path / "a.pdf"

    assert count + 1 == len(rows)
    assert 0 == asked(var, kind, *MONTH, "--format", "html", "--out", str(page)).exit_code
    assert (count + 1, 0) == (page.read_text().count("<tr>"), page.read_text().count("<script"))
    assert 0 == asked(var, kind, *MONTH, "--format", "pdf", "--out", str(pdf)).exit_code
    assert 1 <= len(PdfReader(pdf).pages)
    assert sorted([page, pdf]) == sorted(each for each in tmp_path.iterdir() if each.is_file())
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_the_hostile_subject_is_in_the_list(var: Path) -> None:
    """So the forms above had something to guard against; from the beginning where no day is named."""
    (row,) = objects(asked(var, "unreceived", "--to", "2026-11-30", "--json"))

    assert (HOSTILE, life.HEALTH) == (row["subject"], row["recipient"])
    assert "'=cmd|" in asked(var, "unreceived", "--to", "2026-11-30").stdout


def test_rows_can_be_gathered(var: Path) -> None:
    """One row for everything says what the agencies' rows add up to."""
    (row,) = objects(asked(var, "usage", *MONTH, "--by", "all", "--json"))
    levels = {each["level"]: each for each in objects(asked(var, "usage", *MONTH, "--by", "level", "--json"))}

    assert (1, 2, 1, 1) == tuple(row[name] for name in ("sent", "addressed", "open", "refused_by_recipient"))
    assert (1, 1) == (levels["province"]["sent"], levels["department"]["open"])


def test_a_day_is_a_day_in_viet_nam(var: Path) -> None:
    """`refused` without `--from` is the last day's list; JSON moments carry their offset."""
    assert 2 == len(found := objects(asked(var, "refused", "--to", "2026-11-23", "--json")))
    assert found[0]["refused_at"].endswith("+07:00")
    assert [] == objects(asked(var, "refused", "--to", "2026-11-24", "--json"))


def test_own_columns_and_titles(var: Path, tmp_path: Path) -> None:
    """The operator's file decides what people see; JSON has what it adds."""
    own = tmp_path / "own.yaml"
    own.write_text(
        'usage:\n  vi: A\n  en: B\n  columns:\n    - {field: sent, vi: Gửi, en: Sent}\n    - {field: x, vi: X, en: X, text: "?"}\n'
    )
    known = {"LIENTHONG_REPORT_COLUMNS": str(own)}

    assert "\ufeffGửi,X" == asked(var, "usage", *MONTH, **known).stdout.splitlines()[0]
    assert (
        "\ufeffSent;X"
        == asked(var, "usage", *MONTH, "--language", "en", "--separator", ";", **known).stdout.splitlines()[0]
    )
    assert {"?"} == {row["x"] for row in objects(asked(var, "usage", *MONTH, "--json", **known))}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gossip",), "'usage', 'interconnection'"),
        (("usage", "--from", "2026-11-31"), "2026-11-31"),
        (("usage", "--from", "yesterday"), "yesterday"),
        (("usage", "--from", "2026-12-01", "--to", "2026-11-30"), "before it begins"),
        (("usage", "--from", "0001-01-01", "--to", "2026-11-30"), "out of range"),
        (("usage", "--from", "2026-11-01", "--to", "9999-12-31"), "out of range"),
        (("usage", *MONTH, "--format", "xls"), "xls"),
        (("usage", *MONTH, "--json", "--format", "pdf"), "leave one of them out"),
        (("pairs", *MONTH, "--by", "level"), "usage, evaluation"),
    ],
)
def test_what_cannot_be_asked(var: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2 and a sentence, nothing on stdout; an unknown report names those there are."""
    result = asked(var, *arguments)

    assert (2, "") == (result.exit_code, result.stdout)
    assert said in result.stderr


def test_without_a_register_or_sound_columns(tmp_path: Path) -> None:
    """Exit 2 with what to do."""
    own = tmp_path / "own.yaml"
    own.write_text("usage: {}")
    wrong = asked(tmp_path, "usage", LIENTHONG_REPORT_COLUMNS=str(own))

    assert 2 == asked(tmp_path / "nothing", "usage").exit_code
    assert (2, True) == (wrong.exit_code, "own.yaml:1" in wrong.stderr)
    assert 2 == asked(tmp_path, "usage", LIENTHONG_REPORT_COLUMNS=str(tmp_path / "none")).exit_code
