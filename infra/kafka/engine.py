"""The engine: owns the lanes of a process, gives every piece of work its turn, and looks after the timers.

It knows neither Faust nor a consumer: whoever feeds it is its `Host`. One lane does one thing at a time; lanes run side by side.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from infra import metrics
from infra.kafka.bounds import check_bounds
from infra.kafka.deciding import Deciding
from infra.kafka.ending import End, end_process
from infra.kafka.ends import Ends, NoAnswerError
from infra.kafka.epochs import wakes
from infra.kafka.lane import Lane
from infra.kafka.records import Batch, Where
from infra.kafka.settle import Settlement, policy
from infra.kafka.stepping import Noticing, Overlay
from infra.state import Changes

TIMERS_AT_ONCE = 500
"""Due rows of one transaction unless an app says otherwise; the same for every process of an app, so that a round done again is cut the same way."""

MEASURE_SECONDS = 1.0
"""How often the broker is asked how far the log is, where nothing is due: the question costs it more than us."""

log = structlog.get_logger(__name__)


class Host(Protocol):
    """The consumer that feeds the engine."""

    def moved(self, where: Where, generation: int | None) -> bool:
        """Tell whether a rebalance is under way, or took the partition or (unless None) the generation away."""

    async def reseek(self, where: Where, offset: int) -> None:
        """Deliver from this offset on again."""


@dataclass(slots=True, kw_only=True)
class Engine:
    """Settles batches and fires timers for the partitions that the host was assigned."""

    topics: Sequence[str]
    """Every topic of the app, without prefix."""

    settlement: Settlement
    ends: Ends
    host: Host
    sparse: Collection[str] = ()
    end: End = end_process
    lanes: dict[int, Lane] = field(default_factory=dict)
    unread: dict[Where, int] = field(default_factory=dict)
    """Records on the log that are not settled, as of the last tick."""

    elsewhere: dict[Where, int] = field(default_factory=dict)
    """Where no lane is ours: how far the others are, offset of the last settled record."""

    fired: int = 0
    """Timers fired since the start."""

    timers_at_once: int = TIMERS_AT_ONCE
    after_timers: Callable[[], None] = lambda: None
    """Called whenever some timers were settled: a long round is progress too."""

    _turns: dict[int, asyncio.Condition] = field(default_factory=lambda: defaultdict(asyncio.Condition))
    _ticking: set[int] = field(default_factory=set)
    _asking: bool = False
    _measure_at: float = 0.0
    """Monotonic time from which on the lag is measured again."""

    async def claim(self, wheres: Iterable[Where]) -> dict[Where, int]:
        """Take partitions over, giving all others up; return the offset that each must be read from."""
        mine = sorted(set(wheres))
        held = sorted({where.partition for where in mine} | self.lanes.keys())
        desk = self.settlement.desk
        async with policy(desk.app, self.end, lambda: False), AsyncExitStack() as turns:
            for partition in held:
                await turns.enter_async_context(self._turns[partition])  # waits for the work under way
            first, after = await asyncio.to_thread(lambda: (self.ends.first(mine), self.ends.latest(mine)))
            self.lanes.clear()
            self.unread.clear()
            metrics.forget_partitions()
            self._measure_at = 0.0
            for partition in sorted({where.partition for where in mine}):
                topics = {where.topic: first[where] for where in mine if where.partition == partition}
                claimed = await desk.sql_call(desk.state.claim, partition, topics)
                self.lanes[partition] = Lane.of(partition, claimed)
                check_bounds(self.lanes[partition], first, after, self.end)
            for partition in held:
                self._turns[partition].notify_all()
            desk.crash("claimed")
        return {where: last + 1 for where, last in self.settled().items()}

    async def settle(self, batch: Batch) -> bool:
        """Take a batch through; True: it may be acked. Never raises: what goes wrong ends the process or drops the batch."""
        settled = False
        turn = self._turns[batch.where.partition]
        async with (
            policy(self.settlement.desk.app, self.end, lambda: self.host.moved(batch.where, batch.generation)),
            turn,
        ):
            await turn.wait_for(
                lambda: self._stale(batch) or not self.lanes[batch.where.partition].held_back(batch.where.topic)
            )
            settled = not self._stale(batch) and await self._settle(self.lanes[batch.where.partition], batch)
            turn.notify_all()
        return settled

    async def _settle(self, lane: Lane, batch: Batch) -> bool:
        where, records = batch.where, batch.records
        expected = lane.positions[where.topic] + 1
        if records[0].offset < expected:
            records = [record for record in records if record.offset >= expected]
        if records and records[0].offset > expected and where.topic not in self.sparse:
            log.warning("hole", topic=where.topic, partition=where.partition, expected=expected, got=records[0].offset)
            await self.host.reseek(where, expected)
            return False
        if records:
            if lane.plan is None:
                await self._switch(lane)
            await self.settlement.batch(lane, where, records)
        return True

    def blocked(self) -> set[Where]:
        """Return the partitions whose batches would have to wait for work that the last owner had begun."""
        return {
            Where(topic, lane.partition)
            for lane in self.lanes.values()
            for topic in lane.positions
            if lane.held_back(topic)
        }

    async def tick(self) -> None:
        """Once a second or so: put new reference data in force, look outside, fire what is due, measure the lag."""
        desk, work = self.settlement.desk, self.settlement.work
        waiting: set[int] = set()
        if isinstance(work, Deciding):
            await self._each(list(self.lanes), self._prepare)
            now = desk.clock.now()
            due = await desk.sql_call(desk.state.partitions_due, now)
            waiting = {number for number, lane in self.lanes.items() if number in due or lane.plan is not None}
        if (waiting or time.monotonic() >= self._measure_at) and (ends := await self._ask()) is not None:
            self._measure(ends)
            await self._each(waiting, lambda lane: self._fire(lane, ends, now))

    async def _ask(self) -> Mapping[Where, int] | None:
        """Ask how far the log is, after `now` was taken (`Lane.watermark`); None while nobody can say: nothing is due then."""
        if self._asking:
            return None  # behind a question that is not answered, more would only hold more threads
        self._asking, state = True, self.settlement.desk.state
        try:
            if not self.lanes:
                known = await self.settlement.desk.sql_call(state.positions)
                self.elsewhere = {Where(*at): last for at, last in known.items() if at[0] in self.topics}
            return await asyncio.to_thread(self.ends.latest, list(self.settled() or self.elsewhere))
        except NoAnswerError as exc:
            log.warning("no_ends", why=str(exc))
            return None
        finally:
            self._asking = False

    def settled(self) -> dict[Where, int]:
        """Return the offset of the last settled record of each partition that is ours."""
        lanes = self.lanes.values()
        return {Where(topic, lane.partition): last for lane in lanes for topic, last in lane.positions.items()}

    async def _each(self, partitions: Iterable[int], do: Callable[[Lane], Awaitable[None]]) -> None:
        """Do something in some lanes, side by side, each in its turn; a lane where the last such look still works is left out."""
        free = [partition for partition in partitions if partition not in self._ticking]
        await asyncio.gather(*(self._look(partition, do) for partition in free))

    async def _look(self, partition: int, do: Callable[[Lane], Awaitable[None]]) -> None:
        self._ticking.add(partition)
        turn = self._turns[partition]
        try:
            async with policy(self.settlement.desk.app, self.end, lambda: self._lost(partition)), turn:
                if (lane := self.lanes.get(partition)) is not None and not self._lost(partition):
                    await do(lane)
                turn.notify_all()
        finally:
            self._ticking.discard(partition)

    async def _prepare(self, lane: Lane) -> None:
        if lane.plan is None:
            await self._switch(lane)
            await self._notice(lane)

    async def _fire(self, lane: Lane, ends: Mapping[Where, int], now: datetime) -> None:
        """Fire all that is due until the watermark; first, and up to the same moment, what the last owner had begun."""
        if lane.plan is not None and lane.plan.until_at is None:
            return  # a batch comes first
        until = lane.plan.until_at if lane.plan else lane.watermark(self.topics, ends, now)
        desk, most = self.settlement.desk, self.timers_at_once
        while until is not None and (due := await desk.sql_call(desk.state.due, lane.partition, until, most)):
            await self.settlement.timers(lane, due, until)
            self.fired += len(due)
            self.after_timers()
        lane.plan = None

    async def _notice(self, lane: Lane) -> None:
        """Let a connector's core look outside; what it saw becomes due rows, under the fence and before it is acted on."""
        work, desk = self.settlement.work, self.settlement.desk
        core: object = work.core if isinstance(work, Deciding) else None
        if not isinstance(core, Noticing):
            return
        rows = await desk.sql_call(desk.state.beginning_with, lane.partition, core.notices)
        overlay, now = Overlay(rows), desk.clock.now()
        overlay.apply(await asyncio.to_thread(lambda: list(core.notice(rows, now))))
        if overlay.changes != Changes():
            await desk.sql_call(desk.state.settle, lane.partition, lane.epoch, overlay.changes)

    async def _switch(self, lane: Lane) -> None:
        """Put the newest reference data in force in a lane where nothing is under way."""
        work, desk = self.settlement.work, self.settlement.desk
        if not isinstance(work, Deciding):
            return
        versions = dict(work.epochs.current().versions)
        if versions == dict(lane.versions):
            return
        wake = wakes(work.core, lane.versions, versions)
        await desk.sql_call(desk.state.switch, lane.partition, lane.epoch, versions, wake=wake, now=desk.clock.now())
        lane.versions = versions
        desk.crash("switched")

    def _stale(self, batch: Batch) -> bool:
        lane = self.lanes.get(batch.where.partition)
        gone = lane is None or batch.where.topic not in lane.positions
        return gone or self.host.moved(batch.where, batch.generation)

    def _lost(self, partition: int) -> bool:
        return any(self.host.moved(Where(topic, partition), None) for topic in self.topics)

    def _measure(self, ends: Mapping[Where, int]) -> None:
        app = self.settlement.desk.app
        self._measure_at = time.monotonic() + MEASURE_SECONDS
        positions = self.settled() or self.elsewhere
        self.unread = {where: max(0, end - positions[where] - 1) for where, end in ends.items() if where in positions}
        for where, lag in self.unread.items():
            if where.partition in self.lanes:
                metrics.show_partition((app, where.topic, where.partition), lag=lag, settled=positions[where] + 1)
