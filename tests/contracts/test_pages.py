"""The generated pages say what the code says, and nothing is left out."""

from pathlib import Path

from infra import metrics, pages
from schemas.topics import TOPICS, describe


def test_the_pages_are_up_to_date() -> None:
    """`python -m infra.pages` would change nothing."""
    assert [] == pages.outdated()


def test_an_outdated_page_is_noticed_and_written(tmp_path: Path) -> None:
    """Missing pages, then one that somebody edited: named, written, and good from then on."""
    assert ["docs/topics.md", "docs/metrics.md"] == pages.write(tmp_path)
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
