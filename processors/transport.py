"""Faust's transport as we need it: one Faust event is one fetched batch of one partition, read from our own position.

Faust keeps the group together, fetches, and calls back; it is not asked about delivery. Its bookkeeping of acks and gaps is
bypassed: it books any jump of offsets as a hole in the log and commits past it. Subclasses only, nothing is patched.
Faust's private members used here: `_drain_messages` (overridden), `_getmany`, `_get_active_partitions`, `_commit` (called);
public but undocumented: `perform_seek`, `ack`, `force_commit`. The pinned version and the tests guard them.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import faust
import structlog
from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from infra.kafka.contiguity import Contiguity, HoleError
from infra.kafka.engine import Engine
from infra.kafka.records import Batch, Where

MAX_IN_FLIGHT = 2
"""Batches of one partition between fetch and ack: one at work, one waiting."""

FETCH_SECONDS = 0.1
ROOM_SECONDS = 0.2
FLOW_SECONDS = 1.0

log = structlog.get_logger(__name__)


class BatchMessage(ConsumerMessage):
    """A Faust message that carries a whole batch."""

    __slots__ = ("batch",)
    batch: Batch


class BatchConsumer(driver.Consumer):
    """Fetches batches without holes, from the position that the engine claims."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        transport = cast("BatchTransport", self.transport)
        self._engine, self._names = transport.engine, transport.names
        self.contiguity = Contiguity(sparse=self._engine.sparse)
        self._done: dict[TP, int] = {}
        self._sent: dict[TP, int] = {}
        self._in_flight: Counter[TP] = Counter()
        self._room = asyncio.Event()

    # -- position: from our state, not from the group ---------------------------------------------------
    async def perform_seek(self) -> None:
        """Claim what was assigned and go to where its last owner ended; nothing is delivered before."""
        self.contiguity.restart({})
        committed = await self.seek_to_committed()
        mine = {self._names.where(tp): tp for tp in self.assignment()}
        starts = await self._engine.claim(mine)
        if not mine:
            return
        try:
            await self.seek_wait({mine[where]: offset for where, offset in starts.items()})
        except (KafkaError, TimeoutError) as exc:  # rebalanced again meanwhile: the next assignment seeks again
            log.warning("seek_failed", why=type(exc).__name__)
            return
        self._in_flight.clear()
        self._done = {mine[where]: offset for where, offset in starts.items()}
        self._sent = {TP(*tp): offset for tp, offset in committed.items() if offset}
        self.contiguity.restart(starts)
        log.info("claimed", partitions=sorted({where.partition for where in mine}))

    def holds(self, tp: TP) -> bool:
        """Tell whether a partition is ours now, without the copy that `assignment` makes: each lane asks for each topic at every tick."""
        return tp in self._thread._ensure_consumer().assignment()  # noqa: SLF001 - its two lines, less the copy

    async def reseek(self, where: Where, offset: int) -> None:
        """Deliver from this offset on again."""
        self.contiguity.expected[where] = offset
        await self.seek_wait({self._names.tp(where): offset})

    # -- fetch: in batches, without holes, not faster than they are settled ---------------------------------
    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self.should_stop or fetcher.should_stop):
                if not self.flow_active:
                    await self.wait(self.can_resume_flow.wait(), timeout=FLOW_SECONDS)
                elif wanted := {tp for tp in self._get_active_partitions() if self._in_flight[tp] < MAX_IN_FLIGHT}:
                    await self._fetch(wanted)
                else:
                    await self._wait_for_room()
        except self.consumer_stopped_errors:
            if not self.app.should_stop:
                raise

    async def _fetch(self, wanted: set[TP]) -> None:
        generation = self.app.consumer_generation_id
        for tp, records in (await self._getmany(wanted, FETCH_SECONDS)).items():
            if not self.flow_active or generation != self.app.consumer_generation_id:
                return  # not delivered, so still expected: it is fetched again
            await self._deliver(TP(*tp), records, generation)
            if self.suspend_flow.is_set():
                return

    async def _deliver(self, tp: TP, records: Sequence[Any], generation: int) -> None:
        where = self._names.where(tp)
        try:
            checked = self.contiguity.check(where, records)
        except HoleError as exc:
            self._engine.end("hole survives two seeks", what=str(exc))
        if checked is None:
            await self.seek_wait({tp: self.contiguity.expected[where]})
        elif checked:
            last = checked[-1]
            message = BatchMessage(
                tp.topic, tp.partition, last.offset, last.timestamp / 1000, last.timestamp_type,
                [], b"", b"", None, 0, 0, tp, generation_id=generation,
            )  # fmt: skip
            message.batch = Batch(where=where, generation=generation, records=checked)
            self._in_flight[tp] += 1
            self.app.monitor.track_tp_end_offset(tp, self.highwater(tp) or 0)
            await self.wait_first(self.callback(message), self.suspend_flow.wait())
            if not self.suspend_flow.is_set():
                self.contiguity.expected[where] = last.offset + 1

    async def _wait_for_room(self) -> None:
        self._room.clear()
        try:
            await asyncio.wait_for(self._room.wait(), ROOM_SECONDS)
        except TimeoutError:
            return

    # -- ack and commit: the group's offset is a gauge for people, nothing starts from it ----------------------
    def ack(self, message: Any) -> bool:
        """Note that a batch is settled."""
        if message.acked:
            return False
        message.acked = True
        self.unacked.discard(message)
        if message.generation_id == self.app.consumer_generation_id:
            self._done[message.tp] = max(self._done.get(message.tp, 0), message.offset + 1)
            self.release(message)
        return True

    def release(self, message: Any) -> None:
        """Let the next batch of the partition come, settled or not."""
        self._in_flight[message.tp] = max(0, self._in_flight[message.tp] - 1)
        self._room.set()

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002, FBT001, FBT002 - Faust's signature
        """Tell the group how far we are."""
        if self.app.rebalancing:
            return False
        mine = self.assignment()
        offsets = {tp: next_ for tp, next_ in self._done.items() if tp in mine and next_ > self._sent.get(tp, 0)}
        if not offsets or not await self._commit(offsets):
            return False
        self._sent.update(offsets)
        return True


class BatchTransport(driver.Transport):
    """Makes batch consumers."""

    Consumer = BatchConsumer
    engine: Engine
    names: "Names"


class Names:
    """Topic names with and without the prefix of this axis."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def where(self, tp: Any) -> Where:
        """Return a partition as we name it."""
        return Where(tp.topic.removeprefix(self.prefix), tp.partition)

    def tp(self, where: Where) -> TP:
        """Return a partition as the broker names it."""
        return TP(self.prefix + where.topic, where.partition)


class FaustHost:
    """What the engine wants to know of Faust: three questions."""

    def __init__(self, app: faust.App, names: Names) -> None:
        self._app, self._names = app, names

    def moved(self, where: Where, generation: int | None) -> bool:
        """Tell whether a rebalance is under way, or took the partition or the generation away."""
        if self._app.rebalancing or generation not in (None, self._app.consumer_generation_id):
            return True
        return not consumer_of(self._app).holds(self._names.tp(where))

    async def reseek(self, where: Where, offset: int) -> None:
        """Deliver from this offset on again."""
        await consumer_of(self._app).reseek(where, offset)


def consumer_of(app: faust.App) -> BatchConsumer:
    """Return an app's consumer."""
    return cast("BatchConsumer", app.consumer)


def install(app: faust.App, engine: Engine, names: Names) -> None:
    """Give an app our transport."""
    transport = BatchTransport(app.conf.broker_consumer, app)
    transport.engine, transport.names = engine, names
    app.transport = transport


def batch_of(event: Any) -> Batch:
    """Return the batch that a Faust event carries."""
    return cast("Batch", event.message.batch)
