"""What the engine tells Prometheus: how far each partition it owns is, records from the future, a broker that says nothing."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from infra.kafka import ends, provision
from infra.kafka.ends import BrokerEnds, NoAnswerError
from infra.kafka.places import free_ports
from infra.settings import Settings
from tests.shell.bench import ONE, ZERO, Make
from tests.shell.cores import received


def shown(name: str) -> dict[str, float]:
    """Return partition -> value of the tests' app."""
    samples = [sample for family in REGISTRY.collect() for sample in family.samples if sample.name == name]
    return {each.labels["partition"]: each.value for each in samples if each.labels["process"] == "app"}


async def test_lag_and_position_of_every_partition(make: Make) -> None:
    """Ten records wait at first; once they are settled nothing waits, and positions say that all lie before them."""
    bench = make()
    for name in range(10):
        bench.log.put(received(f"d{name}"))
    written = {str(where.partition): float(len(bench.log.read(where))) for where in (ZERO, ONE)}
    await bench.claim()
    await bench.engine.tick()
    before = shown("lienthong_consumer_lag_records"), shown("lienthong_settled_records")
    await bench.drain()
    bench.engine._measure_at = 0.0
    await bench.engine.tick()

    assert (written, dict.fromkeys(written, 0.0)) == before
    assert dict.fromkeys(written, 0.0) == shown("lienthong_consumer_lag_records")
    assert written == shown("lienthong_settled_records")


async def test_a_partition_that_went_to_another_worker_is_not_shown(make: Make) -> None:
    """Else its last lag would stand there for ever, and call somebody."""
    bench = make()
    await bench.claim()
    await bench.engine.tick()
    await bench.engine.claim([ONE])
    await bench.engine.tick()

    assert {str(ONE.partition)} == set(shown("lienthong_consumer_lag_records"))
    assert {str(ONE.partition)} == set(shown("lienthong_settled_records"))


@pytest.mark.parametrize(("ahead", "expected"), [(30, 30.0), (-30, 0.0)])
async def test_a_record_from_the_future_is_noticed(make: Make, ahead: int, expected: float) -> None:
    """Its recorded time less our clock; one that merely took a while is nothing."""
    bench = make()
    moment = bench.clock.now() + timedelta(seconds=ahead)
    bench.log.put(received("d1", at=moment))
    await bench.claim()
    await bench.drain()

    assert expected == REGISTRY.get_sample_value("lienthong_recorded_ahead_seconds", {"process": "app"})


def test_a_broker_that_says_nothing_is_measured(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Since the last answer, while there is none; from the next answer on, nothing."""
    provision.apply(settings)
    monkeypatch.setattr(ends, "SECONDS", 0.5)
    nobody = BrokerEnds(settings.model_copy(update={"kafka_bootstrap": f"127.0.0.1:{free_ports(1)[0]}"}))
    with pytest.raises(NoAnswerError):
        nobody.latest([ZERO])
    silent = REGISTRY.get_sample_value("lienthong_broker_silent_seconds") or 0.0
    monkeypatch.undo()
    BrokerEnds(settings).latest([ZERO])

    assert silent > 0
    assert 0.0 == REGISTRY.get_sample_value("lienthong_broker_silent_seconds")
