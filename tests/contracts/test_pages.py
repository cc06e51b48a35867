"""The generated pages say what the code says, and nothing is left out."""

from pathlib import Path

from infra import metrics, page_of_reasons, page_of_settings, pages
from infra.complaints import variables
from infra.settings import Settings
from schemas.reasons import REASONS
from schemas.topics import TOPICS, describe


def test_the_pages_are_up_to_date() -> None:
    """`python -m infra.pages` would change nothing."""
    assert [] == pages.outdated()


def test_an_outdated_page_is_noticed_and_written(tmp_path: Path) -> None:
    """Missing pages, then one that somebody edited: named, written, and good from then on."""
    assert list(pages.PAGES) == pages.write(tmp_path)
    page = tmp_path / "docs" / "topics.md"
    page.write_text(page.read_text(encoding="utf-8").replace("document.held", "document.late"), encoding="utf-8")

    assert ["docs/topics.md"] == pages.write(tmp_path)
    assert [] == pages.outdated(tmp_path)


def test_every_topic_has_its_row() -> None:
    """One row a topic with its key, event, partitions and who reads and writes it; no cell breaks the table."""
    head, line, *rows = describe().splitlines()

    assert [topic.name for topic in TOPICS] == [row.split("`")[1] for row in rows]
    assert {head.count("|")} == {row.count("|") for row in (line, *rows)}
    for topic, row in zip(TOPICS, rows, strict=True):
        assert topic.event is None or f"`{topic.event.__name__}`" in row
        assert all(name in row for name in (*topic.producers, *topic.consumers, topic.key, topic.says))


def test_every_metric_has_its_row() -> None:
    """One row a metric, under the name Prometheus shows."""
    _head, _line, *rows = metrics.describe().splitlines()

    assert len(metrics.declared()) == len(rows)
    assert {"`lienthong_events_in_total`", "`lienthong_build_info`", "`lienthong_batch_seconds`"} <= {
        row.split("|")[1].strip() for row in rows
    }
    assert 1 == len({row.count("|") for row in rows})


def test_every_setting_has_its_row_and_its_meaning() -> None:
    """One row a setting under the name that sets it; none without a word of what it means."""
    rows = [line.split(" | ") for line in page_of_settings.describe().splitlines() if line.startswith("| `")]

    names = [" or ".join(f"`{name}`" for name in every) for every in variables(Settings.model_fields).values()]
    assert sorted(names) == sorted(row[0].removeprefix("| ") for row in rows)
    assert [] == [row[0] for row in rows if row[3].strip(" |") == ""]


def test_every_reason_code_has_its_row() -> None:
    """One row a code, with both sentences and nothing of a template left."""
    rows = [line for line in page_of_reasons.describe().splitlines() if line.startswith("| `")]

    assert set(REASONS) == {row.split("`")[1] for row in rows}
    assert len(REASONS) == len(rows)
    assert [] == [row for row in rows if "{" in row or "<br>" not in row]
