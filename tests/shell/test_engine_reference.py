"""The engine under reference data that changes: from the next batch on, and as before for a batch that is done again."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest

from infra.kafka.records import Where
from infra.state import Plan, Positions
from schemas.events import DocumentAlert, Milestone, NotifyAttempted
from schemas.reference import Reference
from tests.shell.bench import ONE, ZERO, EndedError, Log, Make, alerts
from tests.shell.cores import ACKNOWLEDGED, NOON, RECEIVED, WaitingCore, received


class Published:
    """Reference data that the test publishes."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {"sla": "1"}

    def current(self) -> Reference:
        """Return what is in force."""
        return self.load(self.versions)

    def load(self, versions: Mapping[str, str]) -> Reference:
        """Return the data of these versions."""
        return Reference(versions=dict(versions), epoch=f"epoch {versions['sla']}")


def epochs(log: Log) -> list[str]:
    """Return the epoch each answer was given under."""
    return [event.to_organ_id for event in log.events(ACKNOWLEDGED) if isinstance(event, NotifyAttempted)]


async def test_new_reference_data_is_in_force_from_the_next_batch(make: Make) -> None:
    """One batch under the old versions, the next under the new ones, and SQL says so before it is used."""
    published = Published()
    bench = make(references=published)
    for number in range(4):
        bench.log.put(received("d1", number))
    where = ZERO if bench.log.read(ZERO) else ONE
    await bench.claim()
    await bench.engine.settle(bench.batch(where, 0, 2))
    published.versions = {"sla": "2"}

    await bench.engine.settle(bench.batch(where, 2, 2))

    assert ["epoch 1", "epoch 1", "epoch 2", "epoch 2"] == epochs(bench.log)


async def test_a_batch_done_again_decides_by_the_reference_data_of_the_first_time(make: Make) -> None:
    """Begun under 1 and lost; 2 is published; the next owner does the same batch under 1, then goes over to 2."""
    published = Published()
    first = make(references=published)
    for number in range(6):
        first.log.put(received("d1", number))
    where = ZERO if first.log.read(ZERO) else ONE
    await first.claim()
    first.producer.refuses = True
    with pytest.raises(EndedError):
        await first.engine.settle(first.batch(where, 0, 4))
    published.versions = {"sla": "2"}
    second = make(references=published)
    await second.claim()

    await second.engine.tick()
    await second.drain(size=2)

    assert [*["epoch 1"] * 4, *["epoch 2"] * 2] == epochs(second.log)


async def test_the_plan_of_the_last_owner_comes_before_other_topics(make: Make) -> None:
    """A batch was begun on one topic: the other topic of the index waits, so that the order cannot change."""
    topics = (RECEIVED, "document.acknowledged")
    first = make(topics=topics)
    first.log.put(received("d1"))
    where = ZERO if first.log.read(ZERO) else ONE
    await first.claim()
    lane = first.engine.lanes[where.partition]
    first.state.begin(lane.partition, lane.epoch, Plan(topic=RECEIVED, through=0), [])
    second = make(topics=topics)
    await second.claim()

    assert {Where("document.acknowledged", where.partition)} == second.engine.blocked()
    await second.drain()
    assert set() == second.engine.blocked()


async def test_new_reference_data_wakes_the_rows_a_core_names(make: Make) -> None:
    """A row due in an hour is due at once when reference data changes; others are not."""
    published = Published()
    bench = make(core=WaitingCore(), references=published)
    bench.log.put(received("wait-1", milestone=Milestone.OFFERED))
    bench.log.put(received("calm-1", milestone=Milestone.OFFERED))
    await bench.claim()
    await bench.drain()
    published.versions = {"sla": "2"}
    bench.clock.advance(NOON + timedelta(minutes=1))

    await bench.engine.tick()

    assert Counter({"wait-1": 1}) == alerts(bench.log)
    assert ["epoch 2"] == [
        event.why for event in bench.log.events("document.alerts") if isinstance(event, DocumentAlert)
    ]
    assert NOON + timedelta(hours=1) == Positions(bench.url, "app").next_due()
