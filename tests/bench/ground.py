"""The ground contenders run on: one broker, one set of prepared topics, outputs of each run told apart by where they begin."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from infra.clock import open_clock
from infra.kafka import clients
from infra.kafka.node import KafkaCluster
from infra.kafka.outbox import Outbox
from infra.kafka.records import Message
from infra.kafka.sealing import seal
from infra.kafka.tail import Record, Tail
from infra.settings import Settings
from schemas import codec
from schemas.events import Event, ObligationChanged
from schemas.reference import Reference
from tests.axis import MORNING, open_axis

CHUNK = 5_000
POLL_SECONDS = 0.2
Offsets = dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Settings of the bench's axis, and the reference data in force there."""

    settings: Settings
    reference: Reference


@contextmanager
def ground(var: Path, settings: Settings) -> Iterator[Ground]:
    """Yield an axis on a broker of its own, or on the one that the settings name."""
    settings = settings.model_copy(update={"var": var})
    cluster = None if settings.kafka_bootstrap else KafkaCluster.of(settings)
    if cluster is not None:
        cluster.start()
        settings = settings.model_copy(update={"kafka_bootstrap": cluster.bootstrap})
    try:
        yield Ground(settings=settings, reference=open_axis(settings))
    finally:
        if cluster is not None:
            cluster.stop()


def load(settings: Settings, events: Iterable[Event]) -> int:
    """Put prepared events onto their topics; return how many there are."""
    outbox = Outbox(clients.producer(settings), app="bench", prefix=settings.topic_prefix)
    clock, count, ready = open_clock(settings), 0, list[Message]()
    for event in events:
        ready.append(seal(event, app="bench", clock=clock, now=max(event.occurred_at, MORNING)))
        count += 1
        if len(ready) == CHUNK:
            outbox.write(ready)
            ready.clear()
    outbox.write(ready)
    return count


def ends(settings: Settings, topics: Iterable[str]) -> Offsets:
    """Return where topics end now."""
    tail = Tail(settings, topics)
    try:
        return tail.ends()
    finally:
        tail.close()


def outputs(settings: Settings, topics: Iterable[str], since: Offsets) -> tuple[int, str]:
    """Return how many records were written since, and a digest of what they say, whatever their order and their writer."""
    lines = sorted(_says(record) for record in _written(settings, topics, since))
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _written(settings: Settings, topics: Iterable[str], since: Offsets) -> Iterator[Record]:
    """Yield the records after these offsets; the end of a partition is told by the client, for a transaction leaves offsets without a record."""
    consumer = clients.consumer(settings, "bench-outputs", **{"enable.partition.eof": True})
    prefix = settings.topic_prefix
    wanted = [
        TopicPartition(prefix + topic, number, since[topic, number]) for topic, number in since if topic in topics
    ]
    consumer.assign(wanted)
    left = len(wanted)
    try:
        while left:
            for message in consumer.consume(CHUNK, POLL_SECONDS):
                if (error := message.error()) is None:
                    topic = str(message.topic()).removeprefix(prefix)
                    headers = cast("list[tuple[str, bytes]]", message.headers() or [])
                    where = (message.partition() or 0, message.offset() or 0)
                    yield Record(topic, *where, cast("bytes", message.key()), cast("bytes", message.value()), headers)
                elif error.code() == KafkaError._PARTITION_EOF:
                    left -= 1
                else:
                    raise KafkaException(error)
    finally:
        consumer.close()


def _says(record: Record) -> str:
    """Name an output: its id and, where an id is made of more than a rival computes, what it is about."""
    headers = dict(record.headers)
    name = headers["ce_id"].decode()
    if record.topic == "document.obligations":
        event = codec.decode(record.topic, record.key, record.value, record.headers)
        assert isinstance(event, ObligationChanged)
        bare = replace(event, event_id="", recorded_at=None, versions={}, rule="", causation_id="")
        return f"{record.topic} {bare}"
    return f"{record.topic} {(record.key or b'').decode()} {name}"
