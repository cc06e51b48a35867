"""Keys on the real broker: our producer, aiokafka's and the fixed vectors place every key alike."""

from typing import Any

from aiokafka import AIOKafkaProducer
from confluent_kafka import Message

from infra.kafka import clients, provision
from infra.settings import Settings
from schemas.topics import BY_NAME
from tests.contracts.partition_vectors import VECTORS

TOPIC = "document.submitted"


def placed_by_us(settings: Settings) -> dict[str, int]:
    """Produce every key as our processes do; return where each came to lie."""
    found: dict[str, int] = {}

    def report(error: Any, message: Message) -> None:
        key = message.key()
        assert error is None
        assert isinstance(key, bytes)
        found[key.decode()] = message.partition() or 0

    producer = clients.producer(settings)
    for key in VECTORS:
        producer.produce(settings.topic_prefix + TOPIC, b"value", key.encode(), on_delivery=report)
    assert 0 == producer.flush(30)
    return found


async def placed_by_aiokafka(settings: Settings) -> dict[str, int]:
    """Produce every key as Faust does."""
    producer = AIOKafkaProducer(**clients.asyncio_connection(settings))
    await producer.start()
    try:
        sent = {key: await producer.send(settings.topic_prefix + TOPIC, b"value", key.encode()) for key in VECTORS}
        return {key: (await future).partition for key, future in sent.items()}
    finally:
        await producer.stop()


async def test_every_producer_places_a_key_alike(settings: Settings) -> None:
    """One delivery's events meet in one partition, whichever library wrote them."""
    provision.apply(settings, [BY_NAME[TOPIC]])

    assert VECTORS == placed_by_us(settings)
    assert VECTORS == await placed_by_aiokafka(settings)
