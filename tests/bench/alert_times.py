"""Follows the alerts of the transport clock that are written from now on: when they were produced, and when they were due."""

from datetime import datetime
from typing import cast

from confluent_kafka import TopicPartition

from infra.kafka import clients
from infra.settings import Settings
from schemas import codec
from schemas.events import AlertState, DocumentAlert
from schemas.topics import PARTITIONS
from tests.axis import until

TOPIC = "document.alerts"
AT_ONCE = 5_000


class AlertTimes:
    """Event id -> (Kafka's timestamp in ms, the moment at which the step was due)."""

    def __init__(self, settings: Settings) -> None:
        self._consumer = clients.consumer(settings, "bench-alerts")
        name = settings.topic_prefix + TOPIC
        where = [TopicPartition(name, number) for number in range(PARTITIONS)]
        ends = [TopicPartition(name, each.partition, self._consumer.get_watermark_offsets(each)[1]) for each in where]
        self._consumer.assign(ends)
        self.seen: dict[str, tuple[int, datetime]] = {}

    def wait(self, count: int, *, seconds: float) -> None:
        """Read on until so many distinct ones were seen."""
        until(lambda: self._read() or len(self.seen) >= count, seconds=seconds)

    def forget(self) -> None:
        """Begin to count anew."""
        self.seen.clear()

    def _read(self) -> bool:
        for message in self._consumer.consume(AT_ONCE, 0.05):
            if message.error() is None:
                headers = cast("list[tuple[str, bytes]]", message.headers() or [])
                event = codec.decode(TOPIC, message.key(), message.value(), headers)
                if isinstance(event, DocumentAlert) and event.clock and event.state is AlertState.FIRING:
                    self.seen.setdefault(event.event_id, (message.timestamp()[1], event.occurred_at))
        return False

    def close(self) -> None:
        """Leave."""
        self._consumer.close()
