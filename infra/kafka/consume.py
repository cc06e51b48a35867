"""Feeds an engine from a plain confluent-kafka consumer: how connectors consume under the same contract as the processors.

One round is: fetch, settle what was fetched (partitions side by side), look after the timers when a second is over.
Rebalances happen inside a fetch, so never while something is settled; a worker that lost its partitions without
knowing it (it was frozen) is stopped by the fence.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from infra.kafka import clients
from infra.kafka.contiguity import Contiguity, HoleError
from infra.kafka.engine import Engine
from infra.kafka.records import Batch, Record, Where
from infra.settings import Settings

FETCH_SECONDS = 0.1
"""Longest wait for a first record: how late a timer or an end may be noticed."""

TELL_SECONDS = 1.0
"""How often the group is told how far we are."""

CLAIM_SECONDS = 60.0
"""Longest wait for the work under way when the group moves."""

log = structlog.get_logger(__name__)


class Feed:
    """The engine's host. `run` goes on until `end`."""

    def __init__(self, settings: Settings, name: str, *, replica: str = "0", batch: int | None = None) -> None:
        self._prefix, self._batch = settings.topic_prefix, batch or settings.max_poll_records
        self._tick_seconds = settings.tick_seconds
        member = {"group.instance.id": f"{settings.topic_prefix}{name}-{replica}"} if settings.static_members else {}
        self._consumer: Consumer = clients.consumer(
            settings,
            name,
            # The range assignor gives one partition index of all topics to one worker (equal counts, equal subscriptions).
            **{
                "partition.assignment.strategy": "range",
                # A round may take long (a mail server that is slow); whether it moves is watched by the supervisor.
                "max.poll.interval.ms": 1_800_000,
            }
            | member,
        )
        self._engine: Engine | None = None
        self._contiguity = Contiguity()
        self._generation = 0
        self._mine: set[Where] = set()
        self._paused: set[Where] = set()
        self._ending = False
        self._told: dict[Where, int] = {}
        self._tell_at = 0.0

    # -- what the engine asks -----------------------------------------------------------------------------
    def moved(self, where: Where, generation: int | None) -> bool:
        """Tell whether a rebalance took the partition or (unless None) the generation away."""
        return where not in self._mine or generation not in (None, self._generation)

    async def reseek(self, where: Where, offset: int) -> None:
        """Deliver from this offset on again."""
        self._contiguity.expected[where] = offset
        await asyncio.to_thread(self._consumer.seek, self._named(where, offset))

    # -- the loop -----------------------------------------------------------------------------------------
    def end(self) -> None:
        """End after the round under way."""
        self._ending = True

    async def run(self, engine: Engine, *, after_tick: Callable[[], None]) -> None:
        """Feed the engine until `end` is called, then leave the group."""
        self._engine, self._contiguity = engine, Contiguity(sparse=engine.sparse)
        self._subscribe(asyncio.get_running_loop())
        next_tick = 0.0
        while not self._ending:
            self._unpause()
            batches = self._batches(await asyncio.to_thread(self._fetch))
            await asyncio.gather(*(self._settle(batch) for batch in batches))
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + self._tick_seconds
                await engine.tick()
                self._tell_group()
                after_tick()
        await asyncio.to_thread(self._consumer.close)

    def _subscribe(self, loop: asyncio.AbstractEventLoop) -> None:
        engine = self._running()

        def claim(partitions: Sequence[TopicPartition]) -> dict[Where, int]:
            self._generation += 1
            self._mine = {self._where(each) for each in partitions}
            claimed = asyncio.run_coroutine_threadsafe(engine.claim(self._mine), loop)
            return claimed.result(CLAIM_SECONDS)

        def assigned(consumer: Consumer, partitions: list[TopicPartition]) -> None:
            starts = claim(partitions)
            self._contiguity.restart(starts)
            consumer.assign([self._named(where, offset) for where, offset in starts.items()])
            self._paused = engine.blocked()
            if self._paused:
                consumer.pause([self._named(where) for where in self._paused])
            log.info("claimed", partitions=sorted({where.partition for where in starts}))

        def revoked(consumer: Consumer, _partitions: list[TopicPartition]) -> None:
            claim([])
            self._contiguity.restart({})
            consumer.unassign()

        topics = [self._prefix + topic for topic in engine.topics]
        self._consumer.subscribe(topics, on_assign=assigned, on_revoke=revoked, on_lost=revoked)

    def _unpause(self) -> None:
        """Let partitions go on that waited for work which the last owner had begun."""
        if free := self._paused - self._running().blocked():
            self._consumer.resume([self._named(where) for where in free])
            self._paused -= free

    def _fetch(self) -> list[Message]:
        """Wait for a first record, then take what else is here already; rebalances are served in between."""
        first = self._consumer.poll(FETCH_SECONDS)
        if first is None:
            return []
        return [first, *self._consumer.consume(self._batch - 1, 0.0)] if self._batch > 1 else [first]

    def _batches(self, messages: Sequence[Message]) -> list[Batch]:
        records: dict[Where, list[Record]] = defaultdict(list)
        for message in messages:
            if (error := message.error()) is not None:
                _look_at(error)
                continue
            records[self._where(message)].append(_record(message))
        return [
            Batch(where=where, generation=self._generation, records=some)
            for where, some in records.items()
            if where in self._mine
        ]

    async def _settle(self, batch: Batch) -> None:
        engine, where = self._running(), batch.where
        try:
            checked = self._contiguity.check(where, batch.records)
        except HoleError as exc:
            engine.end("hole survives two seeks", what=str(exc))
        if checked is None:
            await self.reseek(where, self._contiguity.expected[where])
        elif checked:
            self._contiguity.expected[where] = checked[-1].offset + 1
            await engine.settle(Batch(where=where, generation=batch.generation, records=checked))

    def _tell_group(self) -> None:
        """Tell the group how far we are: a hint for people's tools, never a position."""
        if time.monotonic() < self._tell_at:
            return
        self._tell_at = time.monotonic() + TELL_SECONDS
        now = {where: last + 1 for where, last in self._running().settled().items()}
        if moved := [self._named(where, next_) for where, next_ in now.items() if self._told.get(where) != next_]:
            self._consumer.commit(offsets=moved, asynchronous=True)
        self._told = now

    def _running(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the feed was not started")
        return self._engine

    def _where(self, named: Any) -> Where:
        if isinstance(named, Message):
            return Where(str(named.topic()).removeprefix(self._prefix), named.partition() or 0)
        return Where(named.topic.removeprefix(self._prefix), named.partition)

    def _named(self, where: Where, offset: int | None = None) -> TopicPartition:
        name = self._prefix + where.topic
        return (
            TopicPartition(name, where.partition) if offset is None else TopicPartition(name, where.partition, offset)
        )


def _record(message: Message) -> Record:
    return Record(message.offset() or 0, message.key(), message.value(), tuple(message.headers() or ()))  # type: ignore[arg-type] # bytes, says the protocol


def _look_at(error: KafkaError) -> None:
    """Go on after what the client mends by itself; raise what only a person can."""
    if error.fatal() or error.code() in UNMENDABLE:
        raise KafkaException(error)
    log.warning("fetch", why=error.name())


UNMENDABLE = (
    # What a poll hands out after a fatal error is this code without the flag; the client does nothing more, for ever.
    KafkaError._FATAL,  # noqa: SLF001 - its documented name
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
)
