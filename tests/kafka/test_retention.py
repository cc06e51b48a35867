"""Retention passes a position on the real broker: the process ends, says so, and skips nothing, however often it is started."""

import pytest
from confluent_kafka import TopicPartition

from infra.kafka import clients
from infra.kafka.ends import BrokerEnds
from infra.kafka.records import Where
from infra.settings import Settings
from infra.state import positions_of
from schemas.events import Event
from schemas.topics import BY_NAME, topic_of
from tests import axis
from tests.connectors import life
from tests.kafka.poisoned import Process

SAYS = "retention removed records that were not settled"
SECONDS = 60.0


def ends_by_itself(process: Process) -> bool:
    """Start it; tell whether it ended because of what retention removed."""
    said = len(process.log.read_text())
    process.start()
    assert process.child is not None
    return process.child.wait(SECONDS) == 1 and SAYS in process.log.read_text()[said:]


def remove_all_but_the_newest(settings: Settings, topic: str) -> None:
    """Remove what lies on a topic, except the newest record of each partition."""
    admin, name = clients.admin(settings), settings.topic_prefix + topic
    ends = BrokerEnds(settings).latest(Where(topic, number) for number in range(BY_NAME[topic].partitions))
    wanted = [TopicPartition(name, where.partition, end - 1) for where, end in ends.items() if end > 0]
    for answer in admin.delete_records(wanted).values():
        answer.result(10)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "event"), [("router", life.signed()), ("deliver", life.dispatched())])
def test_it_ends_and_skips_nothing(settings: Settings, name: str, event: Event) -> None:
    """A processor and a connector: one record is settled; three come while it is down, two of them are removed."""
    axis.open_axis(settings)
    process, position, topic = Process(settings, name), positions_of(settings, name), topic_of(type(event))
    axis.write(settings, [event])
    process.start()
    axis.until(lambda: any(last >= 0 for (read, _), last in position.read().items() if read == topic))
    assert 0 == process.end()
    axis.write(settings, [event] * 3)
    remove_all_but_the_newest(settings, topic)
    before = position.read()

    assert ends_by_itself(process)
    assert ends_by_itself(process)
    assert before == position.read()
