"""The week of the demo province, with one command, on a Kafka of its own: everything ends as the script expects."""

import json
from pathlib import Path

import pytest

from infra.kafka.node import KafkaCluster
from infra.settings import Settings
from infra.supervise.ledger import start_ticks
from tests.conftest import GIVEN
from tests.demo_week import audit, week
from tests.private_words import leaks, private_words

SECONDS = 420.0

pytestmark = [pytest.mark.alone, pytest.mark.timeout(SECONDS + 60)]


@pytest.fixture
def axis(tmp_path: Path) -> Settings:
    """Return the settings of an axis that starts its own broker."""
    return GIVEN.model_copy(update={"var": tmp_path / "var"})


def test_the_week_settles_as_the_script_expects_and_the_audit_is_clean(axis: Settings, tmp_path: Path) -> None:
    """Two hundred packets, one in three of them odd; afterwards nothing runs, no log names anybody, and the topics prove that nothing was lost."""
    said = tmp_path / "up.json"
    with week(axis, said) as running:
        code = running.wait(SECONDS)
    result = json.loads(said.read_text())
    odd = [row for row in result["outcomes"] if row["expected"] != row["actual"]]
    assert ([], True, 0) == (odd, result["ok"], code), said.with_suffix(".err").read_text()[-2_000:]
    assert 200 == len(result["outcomes"])
    assert {"carried", "refused", "repeated"} == {row["actual"].split()[0] for row in result["outcomes"]}
    ledgers = (axis.run_folder / "processes.json", axis.var / "kafka" / "processes.json")
    left = [entry for ledger in ledgers for entry in json.loads(ledger.read_text()).values()]
    assert [] == [pid for pid, ticks in left if start_ticks(pid) == ticks]
    assert [] == leaks(axis.var / "log", private_words())

    cluster = KafkaCluster.of(axis)
    cluster.start()
    try:
        judged_code, judged = audit(axis.model_copy(update={"kafka_bootstrap": cluster.bootstrap}))
    finally:
        cluster.stop()
    assert (0, True, {}) == (judged_code, judged["ok"], judged["dead_letters"])
    assert judged["submitted"]
    assert judged["alerts"]
