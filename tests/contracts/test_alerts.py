"""Alerts and runbooks belong together, and what alerts speak of is measured."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import metrics
from infra.pages import ROOT
from tests.expressions import faults, left, series

RULES = [
    rule
    for group in yaml.safe_load((ROOT / "infra" / "prometheus" / "rules.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
RUNBOOKS = ROOT / "docs" / "runbooks"
TRIALS = sorted((ROOT / "tests" / "shell" / "alerts").glob("*.yml"))
HEADINGS = ["What it means", "Look first", "What to do", "Call somebody"]
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])


def page_of(alert: str) -> str:
    """Return the page an alert must name: LagWithoutProgress -> docs/runbooks/lag-without-progress.md."""
    return f"docs/runbooks/{re.sub(r'(?<!^)(?=[A-Z])', '-', alert).lower()}.md"


@every_rule
def test_an_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    """A severity, a sentence in Vietnamese, a summary in English, the page of its own name."""
    said = rule["annotations"]

    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert ["runbook", "sentence_vi", "summary"] == sorted(said)
    assert page_of(rule["alert"]) == said["runbook"]
    assert re.search(r"[ăâđêôơưạ-ỹ]", said["sentence_vi"])
    assert said["summary"].isascii()


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    """None more, none less, no alert twice."""
    pages = [page.relative_to(ROOT).as_posix() for page in sorted(RUNBOOKS.glob("*.md"))]

    assert sorted(page_of(rule["alert"]) for rule in RULES) == pages


@every_rule
def test_a_page_is_complete_and_short(rule: dict[str, Any]) -> None:
    """Under the alert's own name: what it means, what to look at first (with a command), what to do, when to call whom."""
    text = (ROOT / rule["annotations"]["runbook"]).read_text(encoding="utf-8")

    assert f"# {rule['alert']}" == text.splitlines()[0]
    assert HEADINGS == re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert len(text.splitlines()) <= 30
    assert re.search(r"`[^`]+`", text.partition("## Look first")[2].partition("##")[0])


@every_rule
def test_what_an_alert_speaks_of_is_measured(rule: dict[str, Any]) -> None:
    """Each metric is declared in infra/metrics.py (or Prometheus' own), each label is one of its labels."""
    assert [] == list(faults(rule["expr"]))


@every_rule
def test_sentences_use_only_labels_that_are_left(rule: dict[str, Any]) -> None:
    """A label that was summed away would be empty."""
    used = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))

    assert set() == used - left(rule["expr"])


@every_rule
def test_every_alert_is_tried(rule: dict[str, Any]) -> None:
    """Some trial of `promtool test rules` expects it; another, with its metrics ordinary, expects silence."""
    trials = [test for file in TRIALS for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]]
    expected = [test for test in trials if f'alertname="{rule["alert"]}"' in str(test["promql_expr_test"])]
    ordinary = yaml.safe_load((TRIALS[0].parent / "ordinary.yml").read_text(encoding="utf-8"))["tests"][0]
    there = " ".join(each["series"] for each in ordinary["input_series"])

    assert expected
    assert {each.name for each in series(rule["expr"])} <= set(re.findall(r"[a-z_]+(?=\{)", there))


def test_what_is_not_there_is_noticed() -> None:
    """A metric that nobody declares, a label it does not have, a group by nothing."""
    declared = metrics.describe()

    assert "lienthong_consumer_lag_records" in declared
    assert ["metric lienthong_luck_total"] == list(faults("rate(lienthong_luck_total[5m]) > 0"))
    assert ["label colour of up"] == list(faults('up{colour="red"} == 0'))
    assert ["label mood"] == list(faults("sum by (mood) (lienthong_consumer_lag_records) > 0"))


def test_a_page_without_an_alert_would_be_noticed(tmp_path: Path) -> None:
    """The page's name is made from the alert's, so a misspelt one has no partner."""
    (tmp_path / "lag-with-progress.md").touch()

    assert {"lag-with-progress.md"} == {page.name for page in tmp_path.glob("*.md")} - {
        Path(page_of(rule["alert"])).name for rule in RULES
    }
