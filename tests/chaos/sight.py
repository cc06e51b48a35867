"""What the log shows of each document, by the broker's own times: when it was submitted and when it had an outcome."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from infra.kafka import clients
from infra.settings import Settings
from schemas.topics import BY_NAME

SUBMITTED = "document.submitted"
OUTCOMES = ("document.dispatched", "document.refused", "document.held", "document.repeated")
FATAL = (KafkaError.OFFSET_OUT_OF_RANGE,)


@dataclass(slots=True)
class Seen:
    """One document key, or the digest of a packet that never became a document."""

    submitted: float | None = None
    """Unix time of its first record, in seconds."""

    outcome: float | None = None


class Sight:
    """Follows the log without a group; a broker that is away only makes it wait."""

    def __init__(self, settings: Settings) -> None:
        self._prefix = settings.topic_prefix
        self._consumer: Consumer = clients.consumer(settings, "sight", **clients.SILENT)
        self._consumer.assign(
            [
                TopicPartition(self._prefix + name, number, OFFSET_BEGINNING)
                for name in (SUBMITTED, *OUTCOMES)
                for number in range(BY_NAME[name].partitions)
            ]
        )
        self.seen: dict[str, Seen] = {}

    def look(self) -> None:
        """Take in what is new."""
        first = self._consumer.poll(0.0)
        while first is not None:
            for message in (first, *self._consumer.consume(1_000, 0.0)):
                if message.error() is None:
                    self._take(
                        str(message.topic()).removeprefix(self._prefix), message.key() or b"", message.timestamp()[1]
                    )
            first = self._consumer.poll(0.0)

    def _take(self, topic: str, key: bytes, milliseconds: int) -> None:
        named = key.decode("ascii", "replace").partition("-")[0]  # a delivery id begins with its document's key
        seen = self.seen.setdefault(named, Seen())
        if topic == SUBMITTED:
            seen.submitted = seen.submitted or milliseconds / 1000
        else:
            seen.outcome = seen.outcome or milliseconds / 1000

    def without_outcome(self, names: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield the keys of those (key, digest) that have no outcome yet."""
        for key, sha256 in names:
            found = self.seen.get(key) or self.seen.get(sha256)
            if found is None or found.outcome is None:
                yield key

    def close(self) -> None:
        """Leave the broker."""
        self._consumer.close()
