"""The only proof that a broker works: a record goes in and comes out again."""

import time
import uuid

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from infra.kafka.clients import SILENT

TOPIC = "lienthong.roundtrip"
SECONDS = 15.0


def round_trip(bootstrap: str, *, replication: int = 1) -> None:
    """Produce one record and read it back; raise KafkaException or TimeoutError."""
    admin = AdminClient({"bootstrap.servers": bootstrap, **SILENT})
    made = admin.create_topics([NewTopic(TOPIC, 1, replication, config={"retention.ms": "60000"})])
    try:
        made[TOPIC].result(SECONDS)
    except KafkaException as exc:
        if exc.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
    mark = uuid.uuid4().bytes
    producer = Producer(
        {"bootstrap.servers": bootstrap, "acks": "all", "message.timeout.ms": int(SECONDS * 1000), **SILENT}
    )
    told: list[tuple[int | None, int | None]] = []
    failed: list[KafkaError] = []
    producer.produce(
        TOPIC,
        mark,
        on_delivery=lambda err, msg: failed.append(err) if err else told.append((msg.partition(), msg.offset())),
    )
    if producer.flush(SECONDS) or failed:
        raise TimeoutError(f"produce was not confirmed: {failed[:1]}")
    partition, offset = told[0]
    _read_back(bootstrap, mark, partition or 0, offset or 0)


def _read_back(bootstrap: str, mark: bytes, partition: int, offset: int) -> None:
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "roundtrip", "enable.auto.commit": False, **SILENT}
    )
    try:
        consumer.assign([TopicPartition(TOPIC, partition, offset)])
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            message = consumer.poll(0.5)
            if message is not None and message.error() is None and message.value() == mark:
                return
        raise TimeoutError("the record did not come back")
    finally:
        consumer.close()
