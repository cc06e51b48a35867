"""The ground contenders run on: one broker, one set of prepared topics, outputs of each run told apart by where they begin."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from infra.clock import open_clock
from infra.kafka import clients
from infra.kafka.node import KafkaCluster
from infra.kafka.outbox import Outbox
from infra.kafka.records import Message
from infra.kafka.sealing import seal
from infra.kafka.tail import Record, Tail, read_all
from infra.settings import Settings
from schemas import codec
from schemas.events import Event, ObligationChanged
from schemas.reference import Reference
from tests.axis import MORNING, open_axis

CHUNK = 5_000
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
    lines = sorted(
        _says(record) for record in read_all(settings, topics) if record.offset >= since[record.topic, record.partition]
    )
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


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
