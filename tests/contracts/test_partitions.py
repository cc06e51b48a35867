"""Where a key lies: by Java's murmur2, whoever produces. The same vectors go through the real broker in tests/kafka."""

import pytest
from aiokafka.partitioner import DefaultPartitioner, murmur2

from schemas.examples import load
from schemas.topics import PARTITIONS as COUNT
from tests.contracts.partition_vectors import PARTITIONS, VECTORS

JAVA = {
    "21": -973932308,
    "foobar": -790332482,
    "a-little-bit-long-string": -985981536,
    "a-little-bit-longer-string": -1486304829,
    "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    "abc": 479470107,
}
"""Apache Kafka's own vectors of `Utils.murmur2` (UtilsTest)."""


def test_aiokafka_places_keys_as_the_vectors_say() -> None:
    """The partitioner of aiokafka, and so Faust's."""
    place = DefaultPartitioner()

    assert VECTORS == {key: place(key.encode(), list(range(PARTITIONS)), []) for key in VECTORS}


@pytest.mark.parametrize(("text", "expected"), JAVA.items())
def test_the_hash_is_javas(text: str, expected: int) -> None:
    """Signed 32 bits, as Java prints it; the vectors follow from it."""
    found = murmur2(text.encode())

    assert expected == (found - 2**32 if found >= 2**31 else found)
    assert VECTORS[text] == (found & 0x7FFF_FFFF) % PARTITIONS


def test_the_vectors_are_of_use() -> None:
    """As many partitions as the topics have, every one met, at least 200 keys, those of all examples among them."""
    assert COUNT == PARTITIONS
    assert set(range(PARTITIONS)) == set(VECTORS.values())
    assert len(VECTORS) >= 200
    assert {example.event.key for example in load()} <= set(VECTORS)
