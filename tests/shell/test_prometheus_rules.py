"""Prometheus' own tools take the shipped files, and each alert fires when it should and not before."""

import re
import subprocess
from pathlib import Path

import pytest

from infra.pages import ROOT
from tests.prometheus import program

SHIPPED = ROOT / "infra" / "prometheus"
TRIALS = sorted((ROOT / "tests" / "shell" / "alerts").glob("*.yml"))


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool."""
    return subprocess.run(
        [program("promtool"), *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )


def test_the_rules_are_rules() -> None:
    """`promtool check rules` has nothing to say, sentences with their templates included."""
    said = promtool("check", "rules", SHIPPED / "rules.yml")

    assert 0 == said.returncode, said.stdout + said.stderr


def test_the_configuration_is_one() -> None:
    """`promtool check config` reads it and the rules that it names."""
    said = promtool("check", "config", SHIPPED / "prometheus.yml")

    assert 0 == said.returncode, said.stdout + said.stderr
    assert "rule files found" in said.stdout


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.stem)
def test_alerts_fire_when_they_should(trial: Path) -> None:
    """`promtool test rules`: series as they would be, and at each moment exactly the alerts that must fire."""
    said = promtool("test", "rules", trial)

    assert 0 == said.returncode, said.stdout + said.stderr


def test_an_alert_that_does_not_fire_is_noticed(tmp_path: Path) -> None:
    """The same trial against rules of which one was made deaf."""
    rules = (SHIPPED / "rules.yml").read_text(encoding="utf-8")
    (tmp_path / "rules.yml").write_text(rules.replace("for: 1m", "for: 1h"), encoding="utf-8")
    trial = (TRIALS[0].parent / "processes.yml").read_text(encoding="utf-8")
    (tmp_path / "trial.yml").write_text(
        trial.replace("../../../infra/prometheus/rules.yml", "rules.yml"), encoding="utf-8"
    )
    said = promtool("test", "rules", tmp_path / "trial.yml")

    assert 1 == said.returncode
    assert "ProcessDown" in said.stdout + said.stderr


def test_the_way_of_alerts_is_one() -> None:
    """`amtool check-config` reads routes and receivers; every alert that is named there exists."""
    shipped = ROOT / "infra" / "alertmanager" / "alertmanager.yml"
    said = subprocess.run(
        [program("amtool"), "check-config", str(shipped)], capture_output=True, text=True, timeout=60, check=False
    )
    named = re.findall(r'alertname=~?"([^"]+)"', shipped.read_text(encoding="utf-8"))
    alerts = re.findall(r"- alert: (\w+)", (SHIPPED / "rules.yml").read_text(encoding="utf-8"))

    assert 0 == said.returncode, said.stdout + said.stderr
    assert named
    assert set() == {name for each in named for name in each.split("|")} - set(alerts)
