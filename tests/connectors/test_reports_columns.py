"""Which columns people see is data of the operator, and wrong data is named by its line."""

from pathlib import Path

import pytest

from connectors.reports.columns import UnsoundColumnsError, layouts
from connectors.reports.kinds import REPORTS
from schemas.reasons import REASONS


def test_every_report_has_columns_of_fields_that_it_measures() -> None:
    """In both languages; the shipped file is sound and complete."""
    found = layouts(REPORTS)

    assert set(REPORTS) == set(found)
    for layout in found.values():
        assert {"vi", "en"} == set(layout.titles)
        assert all({"vi", "en"} == set(column.titles) for column in layout.columns)


OWN = "league:\n  vi: Xếp hạng\n  en: Table\n  columns:\n    - {field: name, vi: Tên, en: Name}\n"


def test_an_operator_chooses_columns(tmp_path: Path) -> None:
    """A report that the file names takes its columns from there, the others keep theirs."""
    own = tmp_path / "own.yaml"
    own.write_text(OWN + '    - {field: remark, vi: Ghi chú, en: Remark, text: "không"}\n')
    found = layouts(REPORTS, own)

    assert [("name", None), ("remark", "không")] == [(each.field, each.text) for each in found["league"].columns]
    assert layouts(REPORTS)["usage"] == found["usage"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leage: {}", "own.yaml:1"),
        (OWN + "    - {field: gold, vi: Vàng, en: Gold}", "own.yaml:6"),
        (OWN + "    - {field: name, vi: Tên}", "own.yaml:6"),
        (OWN + "    - {field: name, vi: Tên, en: Name, free: yes}", "own.yaml:6"),
        ("league:\n  vi: X\n  en: X\n  columns: []", "own.yaml:4"),
        ("league: [", "own.yaml:1"),
    ],
)
def test_wrong_columns_are_named_by_line(tmp_path: Path, text: str, expected: str) -> None:
    """An unknown report or field, a missing title, a measured figure as a free column, no columns, no YAML."""
    own = tmp_path / "own.yaml"
    own.write_text(text)

    with pytest.raises(UnsoundColumnsError) as caught:
        layouts(REPORTS, own)
    assert expected in str(caught.value)
    assert {each.code for each in caught.value.faults} <= set(REASONS)


def test_a_report_names_each_field_once() -> None:
    """A name twice would be one column less."""
    assert [] == [kind for kind, each in REPORTS.items() if len(each.fields) != len(set(each.fields))]
