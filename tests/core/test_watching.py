"""Metrics are declared once and documented from there; log lines are JSON with the process and, if simulated, the axis' time."""

import json
import logging
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from infra import logs, metrics
from infra.clock import FileClock, set_clock
from infra.settings import Settings

UNITS = ("_total", "_seconds", "_bytes", "_records", "_info", "_obligations", "_findings", "_rows")


def test_names_follow_prometheus() -> None:
    """One prefix, and each name ends in its unit."""
    names = [line.split("`")[1] for line in metrics.describe().splitlines()[2:]]

    assert names
    assert [] == [name for name in names if not name.startswith("lienthong_") or not name.endswith(UNITS)]


def test_no_label_names_a_document() -> None:
    """Labels are bounded: never an id."""
    labels = {label for metric in metrics.declared() for label in metric._labelnames}

    assert set() == {label for label in labels if "id" in label.split("_") or "document" in label}


def test_every_metric_is_documented() -> None:
    """The table has a row for each, with a sentence."""
    rows = metrics.describe().splitlines()[2:]

    assert len(metrics.declared()) == len(rows)
    assert [] == [row for row in rows if not row.rstrip(" |").endswith(".")]


def test_only_the_versions_in_force_are_shown() -> None:
    """A kind's earlier version disappears when another comes into force."""
    metrics.in_force("router", {"directory": "old"})
    metrics.in_force("router", {"directory": "new"})
    shown = {sample.labels["version"] for family in metrics.REFERENCE.collect() for sample in family.samples}

    assert {"new"} == shown


def test_the_page_is_served_on_loopback_and_announced(tmp_path: Path) -> None:
    """Port 0: a free one, left in var/run for whoever looks."""
    port = metrics.serve_announced(Settings(var=tmp_path), "router-1")

    assert str(port) == (tmp_path / "run" / "router-1.metrics").read_text()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
        assert "lienthong_build_info" in page.read().decode()


@pytest.fixture
def _own_logging() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_own_logging")
def test_a_line_is_json_with_process_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    """A constant event and fields on stderr; nothing simulated on real time."""
    logs.configure("router-1")
    structlog.get_logger("x").info("settled", outcome="DocumentRefused", reason="REVOKED")
    shown = capsys.readouterr()
    line = json.loads(shown.err)

    assert "" == shown.out
    assert ("settled", "router-1", "info", "REVOKED") == (line["event"], line["process"], line["level"], line["reason"])
    assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None
    assert "simulated" not in line


@pytest.mark.usefixtures("_own_logging")
def test_simulated_time_is_announced(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """On a simulated clock every line carries the axis' moment beside the real one."""
    set_clock(tmp_path / "clock.json", "stepped", at=datetime(2026, 11, 23, 8, tzinfo=UTC))
    logs.configure("router-1", FileClock(tmp_path / "clock.json"))
    structlog.get_logger("x").warning("late")

    assert "2026-11-23T08:00:00+00:00" == json.loads(capsys.readouterr().err)["simulated"]


@pytest.mark.usefixtures("_own_logging")
def test_libraries_speak_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of the standard library's logging become JSON as well, their exceptions included; chatter is left out."""
    logs.configure("router-1")
    logging.getLogger("some.library").info("chatter")
    try:
        Path("/nowhere/at/all").read_bytes()
    except OSError:
        logging.getLogger("some.library").exception("lost %s", "it")
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    assert ("lost it", "router-1", "some.library") == (line["event"], line["process"], line["logger"])
    assert "FileNotFoundError: " in line["exception"]
