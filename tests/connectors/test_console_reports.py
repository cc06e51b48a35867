"""The reports in the console: form, chart, table, files; the figures are those of `lienthong report`."""

import re
from pathlib import Path

import pytest

from connectors.console.desk import Desk
from infra.accounts import Role
from tests.connectors import console_scene as scene
from tests.connectors import life
from tests.connectors.console_scene import visiting
from tests.reference_files import demo


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    scene.cheap_hashes(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk with a month in which two agencies got a document, and one did not take it."""
    made = scene.make_desk(tmp_path, reference=demo())
    scene.write(f"sqlite:///{tmp_path / 'register.sqlite'}", [*life.whole_life(), life.dispatched(life.COMMUNE)])
    return made


def test_a_report_shows_its_figures_as_table_chart_and_files(desk: Desk) -> None:
    """What a bar says stands in the table, too; the files hold the same rows."""
    with visiting(desk, Role.VIEWER) as viewer:
        page = viewer.get("/reports?kind=usage&by=level").text
        link = re.findall(r'href="(/report\?[^"]+)" download', page)
        files = {each.rpartition("=")[2]: viewer.get(each.replace("&amp;", "&")) for each in link}

    assert "Báo cáo tình hình sử dụng" in page
    assert 'class="bar bar-0"' in page
    assert {"csv", "html", "pdf"} == set(files)
    rows = files["csv"].text.splitlines()
    assert page.count("<tr>") == len(rows)
    assert 'attachment; filename="usage-2026-11-24.csv"' == files["csv"].headers["content-disposition"]
    assert files["pdf"].content.startswith(b"%PDF-")
    assert [True] * len(rows[1:]) == [row.split(",")[0] in files["html"].text for row in rows[1:]]


@pytest.mark.parametrize(
    "kind", ["interconnection", "evaluation", "league", "unreceived", "overdue", "refused", "pairs", "variants"]
)
def test_every_report_has_a_page(desk: Desk, kind: str) -> None:
    """In both languages."""
    with visiting(desk, Role.VIEWER) as viewer:
        assert 200 == viewer.get(f"/reports?kind={kind}").status_code
        viewer.post("/language", data={"csrf": scene.csrf_of(viewer, "/stuck"), "to": "en", "back": "/"})
        assert "Show" in viewer.get(f"/reports?kind={kind}").text


@pytest.mark.parametrize(
    "question",
    [
        "kind=nothing",
        "from=yesterday",
        "from=2026-12-01&to=2026-11-01",
        "to=9999-12-31",
        "from=0001-01-01",
        "by=everything",
    ],
)
def test_a_question_that_makes_no_sense_is_put_right(desk: Desk, question: str) -> None:
    """The usual period, the first report; never an error of ours."""
    with visiting(desk, Role.VIEWER) as viewer:
        assert 200 == viewer.get(f"/reports?{question}").status_code
        assert 404 == viewer.get(f"/report?{question}&format=exe").status_code


def test_without_reference_data_the_page_says_so(tmp_path: Path) -> None:
    """They come with the broker."""
    desk = scene.make_desk(tmp_path)
    scene.write(f"sqlite:///{tmp_path / 'register.sqlite'}", life.whole_life())
    with visiting(desk, Role.VIEWER) as viewer:
        assert 503 == viewer.get("/reports").status_code
