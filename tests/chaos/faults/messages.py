"""Messages that come twice, or are no messages at all."""

import random
from collections.abc import Callable

from confluent_kafka import Consumer, Producer, TopicPartition

from infra.kafka import clients
from infra.settings import Settings
from schemas.topics import DEAD_LETTER, TOPICS, read_by
from tests.chaos.fault import fault
from tests.chaos.stage import Stage

REPEATED = 400
"""Of each topic, the newest so many are written again."""

POISON = 60
EVERY_SECONDS = 0.05
"""Poison is mixed into the stream: twenty dead letters in a row would rightly stop a process."""


@fault("duplicate-storm", "one", "many")
def duplicate_storm(stage: Stage) -> None:
    """The newest messages of every topic are written a second time, byte for byte."""
    producer = clients.producer(stage.settings)
    for topic in TOPICS:
        if topic.name != DEAD_LETTER and not topic.compacted:
            for number in range(topic.partitions):
                _again(stage.settings, producer, TopicPartition(stage.settings.topic_prefix + topic.name, number))
    producer.flush(30)
    stage.wait(1.0)


def _again(settings: Settings, producer: Producer, where: TopicPartition) -> None:
    """Write the newest records of a partition again, into the same partition."""
    consumer: Consumer = clients.consumer(settings, "storm")
    try:
        first, end = consumer.get_watermark_offsets(where, timeout=10)
        start = max(first, end - REPEATED // 12)
        consumer.assign([TopicPartition(where.topic, where.partition, start)])
        position = start
        while position < end:
            message = consumer.poll(1.0)
            if message is None or message.error() is not None:
                continue
            position = (message.offset() or 0) + 1
            if position <= end:
                producer.produce(
                    where.topic, message.value(), message.key(), where.partition, headers=message.headers()
                )
    finally:
        consumer.close()


def _random(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 300))


def _framed(chance: random.Random) -> bytes:
    return b"\x00" + chance.randrange(1, 2_000).to_bytes(4, "big") + chance.randbytes(chance.randrange(0, 300))


def _unknown(chance: random.Random) -> bytes:
    return b"\x00\xff\xff\xff\xff" + chance.randbytes(10)


KINDS: tuple[Callable[[random.Random], bytes], ...] = (_random, _framed, _unknown)


@fault("poison", "one", "many")
def poison(stage: Stage) -> None:
    """Random bytes and frames of unknown schemas on every topic that is read, between the real messages."""
    chance = random.Random(stage.setting.seed)
    producer = clients.producer(stage.settings)
    read = {topic.name for name in stage.positions for topic in read_by(name)}  # nobody buries what nobody reads
    topics = [topic for topic in TOPICS if topic.name in read - {DEAD_LETTER} and not topic.compacted]
    for _ in range(POISON):
        topic = chance.choice(topics)
        value = chance.choice(KINDS)(chance)
        producer.produce(stage.settings.topic_prefix + topic.name, value, chance.randbytes(8).hex())
        producer.poll(0)
        stage.wait(EVERY_SECONDS)
    producer.flush(30)
    stage.wait_until_back(*stage.all_names())
