"""Where the partitions of the log begin and end, asked on a connection of its own (a consumer answers behind its fetches)."""

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Protocol

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]  # its own documented name

from infra import metrics
from infra.kafka import clients
from infra.kafka.records import Where
from infra.settings import Settings

SECONDS = 10.0
LOOK_AGAIN_SECONDS = 3.0


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
            self._look_again()
            raise NoAnswerError(str(exc)) from exc
        self._answered_at = time.monotonic()
        metrics.SILENT.set(0)
        return found

    def _look_again(self) -> None:
        """Ask any broker who leads what, now.

        librdkafka goes on asking the leader that it knows: one that is down, or by a term that is over (FENCED_LEADER_EPOCH), for minutes.
        """
        with suppress(KafkaException):  # nobody answers; the next question will tell
            self._admin.list_topics(timeout=LOOK_AGAIN_SECONDS)
