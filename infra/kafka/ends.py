"""Where the partitions of the log begin and end, asked on a connection of its own (a consumer answers behind its fetches)."""

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Protocol

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]  # its own documented name

from infra import metrics
from infra.kafka import clients
from infra.kafka.records import Where
from infra.settings import Settings

SECONDS = 10.0
MOVED = (
    KafkaError.FENCED_LEADER_EPOCH,
    KafkaError.UNKNOWN_LEADER_EPOCH,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
)
"""What a broker answers to a question that was meant for another, or for an earlier term."""


class NoAnswerError(Exception):
    """The broker could not be asked."""


class Ends(Protocol):
    """Knows the log's bounds."""

    def first(self, wheres: Iterable[Where]) -> dict[Where, int]:
        """Return the first offset that still exists; raise `NoAnswerError`."""

    def latest(self, wheres: Iterable[Where]) -> dict[Where, int]:
        """Return the offset that the next record will get; raise `NoAnswerError`."""


class BrokerEnds:
    """Asks the broker; may be called from any one thread at a time."""

    def __init__(self, settings: Settings) -> None:
        self._admin = clients.admin(settings)
        self._prefix = settings.topic_prefix
        self._answered_at = time.monotonic()

    def first(self, wheres: Iterable[Where]) -> dict[Where, int]:
        """Return the first offset that still exists; raise `NoAnswerError`."""
        return self._ask(wheres, OffsetSpec.earliest())  # type: ignore[no-untyped-call]  # the library leaves it bare

    def latest(self, wheres: Iterable[Where]) -> dict[Where, int]:
        """Return the offset that the next record will get; raise `NoAnswerError`."""
        return self._ask(wheres, OffsetSpec.latest())  # type: ignore[no-untyped-call]  # the library leaves it bare

    def _ask(self, wheres: Iterable[Where], spec: Any) -> dict[Where, int]:
        wanted = {TopicPartition(self._prefix + where.topic, where.partition): spec for where in wheres}
        if not wanted:
            return {}
        try:
            asked = self._admin.list_offsets(wanted, request_timeout=SECONDS)
            found = {
                Where(each.topic.removeprefix(self._prefix), each.partition): int(future.result(SECONDS).offset)
                for each, future in asked.items()
            }
        except (KafkaException, TimeoutError) as exc:
            metrics.SILENT.set(time.monotonic() - self._answered_at)
            self._look_again(exc)
            raise NoAnswerError(str(exc)) from exc
        self._answered_at = time.monotonic()
        metrics.SILENT.set(0)
        return found

    def _look_again(self, exc: Exception) -> None:
        """Read the metadata anew: after a leader moved, librdkafka goes on asking by the old leader epoch, for ever."""
        if isinstance(exc, KafkaException) and exc.args[0].code() in MOVED:
            with suppress(KafkaException):  # the next question will tell
                self._admin.list_topics(timeout=SECONDS)
