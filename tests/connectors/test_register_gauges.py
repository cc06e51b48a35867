"""What the register measures: open obligations by clock, the age of the oldest, alerts once each."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Engine, select

from connectors.register import gauges, tables
from connectors.register.gauges import Gauges
from connectors.register.projection import project
from infra.clock import FileClock, set_clock
from infra.kafka.projection import Arrived
from infra.state.database import open_database, writing
from schemas.events import DocumentAlert
from tests.connectors import life

LIFE = list(life.on_topics(life.whole_life()))


@pytest.fixture
def register(database: str) -> Iterator[Engine]:
    """Yield an empty register of either kind."""
    made = open_database(database, tables.METADATA)
    yield made
    made.dispose()


def value(name: str, **labels: str) -> float:
    """Return a metric's value, 0 where there is none."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_open_obligations_and_alerts_are_measured(
    register: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole life is projected between two looks: what is open is what the table holds, each alert counts once."""
    monkeypatch.setattr(gauges, "EVERY_SECONDS", 0.0)
    latest = max(arrived.event.occurred_at for arrived in LIFE)
    set_clock(tmp_path / "clock.json", "stepped", at=latest + timedelta(days=1))
    measured = Gauges(register, FileClock(tmp_path / "clock.json"))
    measured.look()
    with register.connect() as connection:
        before = {
            row: value("lienthong_alerts_total", kind=row[0], level=row[1], state=row[2]) for row in _alerts(LIFE)
        }
    with writing(register) as connection:
        project(connection, LIFE)
    measured.look()
    measured.look()

    with register.connect() as connection:
        rows = connection.execute(
            select(tables.OBLIGATION.c.clock, tables.OBLIGATION.c.since_at).where(tables.OBLIGATION.c.open)
        ).all()
    clocks = {clock for clock, _ in rows}
    assert clocks
    for clock in clocks:
        mine = [since for each, since in rows if each == clock]
        assert len(mine) == value("lienthong_open_obligations", clock=clock)
        oldest = (latest + timedelta(days=1) - min(mine)).total_seconds()
        assert oldest == value("lienthong_oldest_obligation_seconds", clock=clock)
    after = {row: value("lienthong_alerts_total", kind=row[0], level=row[1], state=row[2]) for row in before}
    assert _alerts(LIFE) == {row: int(after[row] - before[row]) for row in before}


def _alerts(arrived: list[Arrived]) -> dict[tuple[str, str, str], int]:
    counted: dict[tuple[str, str, str], int] = {}
    for event in {each.event.event_id: each.event for each in arrived}.values():
        if isinstance(event, DocumentAlert):
            row = (event.kind, str(event.level), event.state.value)
            counted[row] = counted.get(row, 0) + 1
    return counted
