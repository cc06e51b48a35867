"""Work by a core: read rows under the fence, prepare, step, write, and hand back what changed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from prometheus_client import Histogram

from infra import metrics
from infra.kafka.burial import Fault, fault_of
from infra.kafka.desk import Attempt, Desk
from infra.kafka.epochs import Epochs
from infra.kafka.lane import Lane
from infra.kafka.records import Message, Record, Where
from infra.kafka.sealing import seal
from infra.kafka.stepping import Item, Overlay, Prepare, take
from infra.state import Changes, Plan
from schemas.events import Event, TimerFired
from schemas.ids import event_id
from schemas.reference import Reference
from schemas.step import Core


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Runs one app's core."""

    desk: Desk
    core: Core
    epochs: Epochs
    attempt: Attempt
    prepare: Prepare | None = None

    async def decide(self, lane: Lane, where: Where, items: Sequence[Item], plan: Plan) -> Changes:
        """Do everything up to the confirmation of every outcome; return what is left to settle."""
        timer = plan.until is not None
        for item in items:
            item.keys, item.fault = self._keys(item)
        rows = [row for item in items for row in item.keys]
        known = await self.desk.sql_call(self.desk.state.begin, lane.partition, lane.epoch, plan, rows)
        lane.plan = plan
        self.desk.crash("timer_begun" if timer else "begun")
        reference = self.epochs.at_hand(lane.versions)
        if reference is None:
            reference = await asyncio.to_thread(self.epochs.of, lane.versions)
        good = [item for item in items if item.event is not None and item.fault is None]
        if self.prepare is not None and good:
            results = await self.prepare([item.event for item in good if item.event], known, reference)
            for item, result in zip(good, results, strict=True):
                item.prepared = result
        overlay = Overlay(known)
        await asyncio.to_thread(self._say, where, items, overlay, reference, timer=timer)
        return overlay.changes

    def _say(self, where: Where, items: Sequence[Item], overlay: Overlay, reference: Reference, *, timer: bool) -> None:
        """Step, and write what came of it: one errand of one thread, for each change of threads costs as much as a step."""
        if messages := self._steps(where, items, overlay, reference):
            self.desk.outbox.write(messages, timer=timer)

    def _keys(self, item: Item) -> tuple[tuple[str, ...], Fault | None]:
        if item.event is None or item.fault is not None:
            return (), item.fault
        keys = self.attempt(lambda event: tuple(self.core.keys(event)), item.event)
        return ((), fault_of(keys)) if isinstance(keys, Exception) else (keys, None)

    def _steps(self, where: Where, items: Sequence[Item], overlay: Overlay, reference: Reference) -> list[Message]:
        stamp = self.desk.clock.now()
        messages: list[Message] = []

        def ready(event: Event) -> Message:
            return seal(event, app=self.desk.app, clock=self.desk.clock, now=stamp)

        for item in items:
            if item.fault is None and item.event is not None:
                now = item.event.recorded_at or item.event.occurred_at
                said = self.attempt(take, self.core, item, overlay, reference, ready, now=now)
                if not isinstance(said, Exception):
                    messages += said
                    self.desk.streaks.taken(where.topic)
                    _observe(item.event, said, stamp, now)
                    continue
                item.fault = fault_of(said)
            if isinstance(item.event, TimerFired):
                overlay.changes.due[item.event.row] = None  # it would break again at once, for ever
            if item.fault is not None:
                messages.append(self.desk.bury(item.record, where, item.fault, stamp))
        return messages


def _observe(event: Event, said: Sequence[Message], stamp: datetime, now: datetime) -> None:
    if not isinstance(event, TimerFired):
        seconds = max(0.0, (stamp - now).total_seconds())
        for message in said:
            _stage(type(event).__name__, message.says).observe(seconds)


@cache
def _stage(source: str, outcome: str) -> Histogram:
    """Return one pair's own histogram: to find it anew for every event would cost more than to count."""
    return metrics.STAGE.labels(source=source, outcome=outcome)


def timer_item(app: str, partition: int, row: str, due_at: datetime) -> Item:
    """Return a due row as an event; as a record it lies at no offset."""
    name = event_id("timer", app, str(partition), row, due_at.isoformat())
    event = TimerFired(event_id=name, occurred_at=due_at, recorded_at=due_at, row=row, due_at=due_at)
    return Item(record=Record(-1, row.encode(), due_at.isoformat().encode()), event=event)
