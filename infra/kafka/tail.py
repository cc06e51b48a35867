"""Reading topics from their first record without a group: for the audit, the demo's observer and tests."""

import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition
from confluent_kafka.admin._listoffsets import OffsetSpec

from infra.kafka import clients
from infra.settings import Settings

POLL_SECONDS = 0.2
BATCH = 2_000

PATIENCE_SECONDS = 30.0
"""A pass over the log that gets nothing for so long ends: the broker went away meanwhile."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies on the log; `topic` without the prefix the broker's names may carry."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


Row = tuple[str, int, int, bytes | None, bytes | None, Sequence[tuple[str, bytes]]]
"""The fields of a record in their order."""


def _headers(headers: Any) -> Sequence[tuple[str, bytes]]:
    """Return what the client gives as a list of pairs of bytes, or None, as its types do not say."""
    return headers or ()


class Tail:
    """Follows some topics from the beginning, or from where they end now: all partitions, or those with the indexes `only`."""

    def __init__(
        self,
        settings: Settings,
        topics: Iterable[str],
        *,
        only: Container[int] | None = None,
        from_end: bool = False,
        **over: Any,
    ) -> None:
        self._settings, self._prefix = settings, settings.topic_prefix
        self._admin = clients.admin(settings)
        self._consumer: Consumer = clients.consumer(settings, "tail", **over)
        wanted = [self._prefix + topic for topic in topics]
        found = self._consumer.list_topics(timeout=10).topics
        self._partitions = [
            TopicPartition(topic, number, OFFSET_BEGINNING)
            for topic in wanted
            if topic in found
            for number in found[topic].partitions
            if only is None or number in only
        ]
        self._names = {topic: topic.removeprefix(self._prefix) for topic in wanted}
        spec = OffsetSpec.latest() if from_end else OffsetSpec.earliest()  # type: ignore[no-untyped-call] # the library's
        self.positions: dict[tuple[str, int], int] = {}
        """(topic, partition) -> next offset to be read, for every partition."""
        self.positions.update(self._offsets(spec))
        if from_end:
            for each in self._partitions:
                each.offset = self.positions[self._names[each.topic], each.partition]
        self._consumer.assign(self._partitions)

    def ends(self) -> dict[tuple[str, int], int]:
        """Ask the broker for the end of every partition, now."""
        return self._offsets(OffsetSpec.latest())  # type: ignore[no-untyped-call] # the library's

    def _offsets(self, which: OffsetSpec) -> dict[tuple[str, int], int]:
        """Ask for all partitions at once: one by one, each question would wait behind a fetch of this consumer."""
        if not self._partitions:
            return {}
        asked = self._admin.list_offsets(
            {TopicPartition(each.topic, each.partition): which for each in self._partitions}
        )
        return {
            (each.topic.removeprefix(self._prefix), each.partition): int(answer.result(10).offset)
            for each, answer in asked.items()
        }

    def poll(self) -> list[Record]:
        """Return what is new, at most `BATCH` records; empty when nothing came within `POLL_SECONDS`."""
        return [Record(*row) for row in self.rows()]

    def rows(self) -> list[Row]:
        """Return the same without making records of it, for those who read millions."""
        first = self._consumer.poll(POLL_SECONDS)  # `consume` with a time would wait until a batch is full
        if first is None:
            return []
        rows: list[Row] = []
        for message in (first, *self._consumer.consume(BATCH - 1, 0.0)):
            if (error := message.error()) is not None:
                raise KafkaException(error)
            topic, headers = self._names[str(message.topic())], _headers(message.headers())
            place = topic, message.partition() or 0, message.offset() or 0
            rows.append((*place, message.key(), message.value(), headers))
        self.positions.update({(row[0], row[1]): row[2] + 1 for row in rows})
        return rows

    def until(self, ends: Mapping[tuple[str, int], int]) -> Iterator[list[Record]]:
        """Yield batches until every partition is read to its end; raise `BrokerAwayError` when nothing comes any more."""
        for rows in self.rows_until(ends):
            yield [Record(*row) for row in rows]

    def rows_until(self, ends: Mapping[tuple[str, int], int]) -> Iterator[list[Row]]:
        """Yield the same as rows."""
        heard = time.monotonic()
        while any(self.positions[where] < end for where, end in ends.items()):
            if rows := self.rows():
                yield rows
                heard = time.monotonic()
            elif time.monotonic() - heard > PATIENCE_SECONDS:
                raise clients.BrokerAwayError(clients.bootstrap(self._settings))

    def close(self) -> None:
        """Leave the broker."""
        self._consumer.close()


def read_all(settings: Settings, topics: Iterable[str]) -> Iterator[Record]:
    """Yield every record that lies on the topics now, partition by partition in order; then end; raise `EnvironmentFaultError` without Kafka."""
    clients.require_answer(settings)
    tail = Tail(settings, topics)
    try:
        ends = tail.ends()
        for records in tail.until(ends):
            yield from (record for record in records if record.offset < ends[record.topic, record.partition])
    finally:
        tail.close()
