"""`lienthong reference check|diff`: every fault with file and line, every difference with its line (cli.md)."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.cli import cli
from infra.demo.province import REFERENCE
from schemas.reference import KINDS
from tests.reference_files import MADE_LATER

ERROR = {"file", "line", "column", "code", "sentence"}


def run(*words: str | Path) -> Result:
    """Run the command line."""
    return CliRunner().invoke(cli, ["reference", *map(str, words)])


def answer(result: Result) -> dict[str, Any]:
    """Return the one JSON object on stdout."""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the province's data."""
    copy = tmp_path / "copy"
    shutil.copytree(REFERENCE, copy)
    return copy


def edit(file: Path, before: str, after: str) -> Path:
    """Replace a text that stands in a file once."""
    text = file.read_text(encoding="utf-8")
    assert 1 == text.count(before)
    file.write_text(text.replace(before, after), encoding="utf-8")
    return file


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in MADE_LATER])
def test_sound_data_are_exit_0(kind: str) -> None:
    """Each kind of the demo province, checked in the folder that holds all of them."""
    result = run("check", kind, REFERENCE, "--json")

    assert (0, {"ok": True, "kind": kind, "errors": [], "warnings": []}) == (result.exit_code, answer(result))


def test_every_fault_is_named_by_its_line(folder: Path) -> None:
    """Two faults in two files of the directory: exit 1, and each with file, line, column, code and a sentence."""
    edit(folder / "levels.csv", "commune,3,", "commune,three,")
    edit(folder / "aliases.csv", "21.31.H53,000.21.31.H53,", "21.31.H53,000.99.31.H53,")
    result = run("check", "directory", folder, "--json")
    errors = answer(result)["errors"]

    assert (1, False) == (result.exit_code, answer(result)["ok"])
    assert all(set(each) == ERROR and each["sentence"] for each in errors)
    assert {("levels.csv", 6), ("aliases.csv", 5)} <= {(each["file"], each["line"]) for each in errors}


def test_people_read_one_fault_a_line(folder: Path) -> None:
    """FILE:LINE first, as compilers say it, so that editors can jump there."""
    edit(folder / "calendar.yaml", "patterns:", "patterns: [")
    result = run("check", "calendar", folder / "calendar.yaml")

    assert 1 == result.exit_code
    assert all(line.startswith("calendar.yaml:") for line in result.stdout.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        ("check", "weather", REFERENCE),
        ("check", "calendar", "/nowhere"),
        ("check", "trust", REFERENCE),
        ("check", "sla"),
    ],
)
def test_wrong_usage_is_exit_2(words: tuple[str | Path, ...]) -> None:
    """No such kind, no such path, nothing of this kind there, no path at all: a sentence on stderr, nothing on stdout."""
    result = run(*words)

    assert (2, "", True) == (result.exit_code, result.stdout, bool(result.stderr))


def test_the_same_data_do_not_differ(folder: Path) -> None:
    """The order of rows says nothing."""
    head, *rows = (folder / "levels.csv").read_text(encoding="utf-8").splitlines()
    (folder / "levels.csv").write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    result = run("diff", "directory", REFERENCE, folder, "--on", "2026-11-23", "--json")

    same = {"added": [], "removed": [], "changed": [], "on": "2026-11-23", "meanings": []}
    assert (0, same) == (result.exit_code, answer(result))


def test_rows_that_came_went_and_changed(folder: Path) -> None:
    """A row is known by its first column; what changed is shown before and after."""
    edit(folder / "levels.csv", "unit,3,Đơn vị trực thuộc", "unit,4,Đơn vị trực thuộc")
    edit(folder / "aliases.csv", "05.H53,000.00.05.H53,2020-10-01,,short form\n", "")
    edit(
        folder / "endpoints.csv",
        (row := (folder / "endpoints.csv").read_text(encoding="utf-8").splitlines()[-1]),
        f"{row}\nnew,row",
    )
    found = answer(run("diff", "directory", REFERENCE, folder, "--json"))

    assert ["endpoints.csv: new,row"] == found["added"]
    assert ["aliases.csv: 05.H53,000.00.05.H53,2020-10-01,,short form"] == found["removed"]
    [changed] = found["changed"]
    assert ("levels.csv: unit,3", "levels.csv: unit,4") == (changed["before"][:18], changed["after"][:18])


def test_codes_that_come_to_mean_somebody_else_are_said(folder: Path) -> None:
    """An agency ends in favour of another: all its codes mean that one from the day on, and none before."""
    edit(
        folder / "agencies.csv",
        (
            row := next(
                each for each in (folder / "agencies.csv").read_text("utf-8").splitlines() if "000.00.17.H53" in each
            )
        ),
        row.replace(",2020-10-01,,,", ",2020-10-01,2026-11-30,000.00.05.H53,"),
    )
    words = ("diff", "directory", REFERENCE, folder, "--json", "--on")
    after, before = answer(run(*words, "2026-12-01")), answer(run(*words, "2026-11-30"))
    meant = {each["code"]: (each["before"], each["after"]) for each in after["meanings"]}

    assert ("000.00.17.H53", "000.00.05.H53") == meant["000.00.17.H53"] == meant["000.0017.H53"]
    assert [] == before["meanings"]
    [changed] = after["changed"]
    assert {"valid_to", "successor"} == set(changed["columns"])
    assert {"before": "", "after": "2026-11-30"} == changed["columns"]["valid_to"]


def test_binary_files_differ_by_their_hash(tmp_path: Path) -> None:
    """Two revocation lists of one size: what is no text is named by its SHA-256."""
    for name, content in (("old", b"\xff\x00"), ("new", b"\xff\x01")):
        (tmp_path / name / "crl").mkdir(parents=True)
        (tmp_path / name / "crl" / "ca.crl").write_bytes(content)
    found = answer(run("diff", "crl", tmp_path / "old", tmp_path / "new", "--json"))

    assert [1, 1] == [len(found["added"]), len(found["removed"])]
    assert found["added"] != found["removed"]


def test_dangerous_options_are_said(folder: Path) -> None:
    """A policy that lets through what others refuse is sound; who checks it is told what it does."""
    policy = folder / "signature_policy.yaml"
    text = policy.read_text(encoding="utf-8").replace("unsigned: refuse", "unsigned: information", 1)
    policy.write_text(text.replace("compare_each: 64", "compare_each: 0"), encoding="utf-8")
    result = run("check", "signature_policy", folder, "--json")
    named = [(each["rule"], each["option"]) for each in answer(result)["warnings"]]

    assert (0, [("", "compare_each: 0"), ("vn-gov-2020", "unsigned: information")]) == (result.exit_code, named)
    assert "Nguy hiểm: quy tắc vn-gov-2020" in run("check", "signature_policy", folder).stdout
