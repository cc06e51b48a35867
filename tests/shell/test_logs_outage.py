"""With the broker away, what each worker writes stays bounded, is JSON to the last line, and says how much it left out."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.kafka.node import KafkaCluster
from infra.processes import Workers, axis, told
from infra.settings import Settings
from infra.supervise.supervisor import Supervisor
from tests.axis import environment, open_axis, until
from tests.conftest import GIVEN

AWAY_SECONDS = 75.0
MOST_LINES = 250
"""Of one worker in that time, restarts included; without the limit a processor writes 6,800."""

LEAST_LEFT_OUT = 1_000
WORKERS = ("router-0", "deliver", "register")
"""One that Faust feeds, two fed by librdkafka; none needs a PKI."""

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.timeout(600)]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[KafkaCluster]:
    """Yield a broker of one's own: it will be killed."""
    made = KafkaCluster.of(GIVEN.model_copy(update={"var": tmp_path / "broker"}))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def settings(cluster: KafkaCluster, tmp_path: Path) -> Settings:
    """Return the settings of an axis on it."""
    return GIVEN.model_copy(update={"var": tmp_path / "var", "kafka_bootstrap": cluster.bootstrap})


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return what a worker wrote; every line must be JSON."""
    return [json.loads(line) for line in (folder / f"{name}.log").read_text().splitlines()]


def test_an_outage_does_not_fill_the_logs(cluster: KafkaCluster, settings: Settings) -> None:
    """Killed and away for 75 s: a bounded number of lines for each worker, restarts included; thousands are left out and counted."""
    open_axis(settings)
    logs = settings.var / "log"
    given = told(settings) | environment(settings)
    supervisor = Supervisor(run_folder=settings.run_folder, log_folder=logs, environment=given)
    for spec in axis(settings, Workers()):
        if spec.name in WORKERS:
            supervisor.start(spec)

    def claimed() -> bool:
        supervisor.tick()
        return all(
            (logs / f"{name}.log").exists() and '"claimed"' in (logs / f"{name}.log").read_text() for name in WORKERS
        )

    until(claimed, seconds=120)
    before = {name: len(lines(logs, name)) for name in WORKERS}
    cluster.kill()
    away_until = time.monotonic() + AWAY_SECONDS
    while time.monotonic() < away_until:
        supervisor.tick()
        time.sleep(0.1)  # paces the looks at the processes
    written = {name: lines(logs, name)[before[name] :] for name in WORKERS}
    supervisor.stop_all()

    assert {} == {name: len(said) for name, said in written.items() if len(said) > MOST_LINES}
    left_out = {
        name: sum(line["count"] for line in said if line["event"] == "lines_left_out") for name, said in written.items()
    }
    assert sum(left_out.values()) > LEAST_LEFT_OUT, left_out
