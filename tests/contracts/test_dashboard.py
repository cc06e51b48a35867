"""The dashboard shows what is measured, leaves nothing out that an alert is made of, and fits on its grid."""

import json
from typing import Any

import yaml

from infra.pages import ROOT
from tests.expressions import faults, known, series

BOARD = json.loads((ROOT / "infra" / "grafana" / "lienthong.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [target["expr"].replace("$__rate_interval", "1m") for panel in PANELS for target in panel["targets"]]


def test_what_a_panel_shows_is_measured() -> None:
    """Metrics and labels of every expression are those of infra/metrics.py, or Prometheus' own."""
    assert [] == [(each, fault) for each in EXPRESSIONS for fault in faults(each)]


def test_every_metric_is_shown() -> None:
    """A metric that nobody looks at is not worth its cost (of a histogram, one part is enough)."""
    seen = {each.name for expression in EXPRESSIONS for each in series(expression)}
    bare = {name.removesuffix(part) for name in seen for part in ("", "_bucket", "_sum", "_count")}
    missing = {name for name in known() if name.startswith("lienthong_") and name not in seen}

    assert set() == {name for name in missing if name.rpartition("_")[0] not in bare}


def test_what_alerts_watch_is_shown() -> None:
    """Whoever is called by an alert finds its metric here."""
    groups = yaml.safe_load((ROOT / "infra" / "prometheus" / "rules.yml").read_text(encoding="utf-8"))["groups"]
    watched = {each.name for group in groups for rule in group["rules"] for each in series(rule["expr"])}

    assert set() == watched - {each.name for expression in EXPRESSIONS for each in series(expression)}


def test_every_panel_says_what_it_shows() -> None:
    """A title in both languages (a word that is the same in both stands alone), a sentence, a unit, an id of its own."""
    assert [] == [panel["title"] for panel in PANELS if " / " not in panel["title"] and panel["title"] != "CPU"]
    assert [] == [panel["title"] for panel in PANELS if not panel["description"].endswith(".")]
    assert all(panel["fieldConfig"]["defaults"]["unit"] for panel in PANELS)
    assert len(BOARD["panels"]) == len({panel["id"] for panel in BOARD["panels"]})


def test_panels_do_not_lie_on_one_another() -> None:
    """Each cell of the grid of 24 columns belongs to one panel at most."""
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in BOARD["panels"])
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]

    assert len(cells) == len(set(cells))
    assert all(x < 24 for x, _ in cells)
