"""The batch contract and the error policy, the same for all: begin, compute, write, confirm, settle.

1. decode; write the plan down and read the rows together with the fence, in one snapshot;
2. prepare (many events a call), then step one event after the other; encode;
3. produce every outcome, wait until each is confirmed;
4. one SQL transaction: changes, and the position from exactly the expected offset, under our epoch.

A record that cannot be decoded or breaks a step becomes a dead letter, its neighbours unharmed; too many in a row end the
process. Anything else unexpected ends it at once: at-least-once and deterministic ids make the next start harmless.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, TypeVar

import structlog

from infra import metrics
from infra.kafka.burial import fault_of
from infra.kafka.deciding import Deciding, timer_item
from infra.kafka.desk import Desk
from infra.kafka.ending import NEWER, UPGRADE, End
from infra.kafka.lane import Lane
from infra.kafka.projection import Projecting
from infra.kafka.records import Raw, Where
from infra.kafka.stepping import Item, NotNowError
from infra.kafka.streaks import MEND, TooManyDeadLettersError
from infra.state import FencedError, Plan
from infra.state.store import micros
from schemas import codec
from schemas.topics import BY_NAME

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)


def attempt(call: Callable[P, T], *args: P.args, **more: P.kwargs) -> T | Exception:
    """Call what may break on one record; a bug becomes a value, so that it costs this record and no other."""
    try:
        return call(*args, **more)
    except (NotNowError, codec.NewerSchemaError):
        raise
    except Exception as exc:  # noqa: BLE001 - a framework would log it and forget the record; ours becomes a dead letter
        return exc


@asynccontextmanager
async def policy(app: str, end: End, moved: Callable[[], bool]) -> AsyncIterator[None]:
    """Decide about errors: fenced while the group moves is nothing; whatever else happens ends the process."""
    try:
        yield
    except asyncio.CancelledError:
        raise
    except FencedError as exc:
        if not moved():
            end("fenced, and no rebalance is known", what=str(exc))
        metrics.FENCED.labels(process=app).inc()
        log.info("fenced", what=str(exc))
    except codec.NewerSchemaError as exc:
        end(NEWER, what=str(exc), mend=UPGRADE)
    except TooManyDeadLettersError as exc:
        end("too many dead letters in a row", what=str(exc), mend=MEND)
    except BaseException as exc:  # noqa: BLE001 - raising would leave a process that lives and does nothing
        end("unexpected", exc_info=exc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Takes one piece of a lane's work all the way through; whoever calls holds the lane's turn."""

    desk: Desk
    work: Deciding | Projecting

    async def batch(self, lane: Lane, where: Where, records: Sequence[Raw]) -> None:
        """Settle records that follow the lane's position; raise `FencedError`, or `NewerSchemaError` behind what could be read."""
        records, items, newer = _decoded(where, records)
        if records:
            await self._take(lane, where, records, items)
        if newer is not None:
            raise newer

    async def _take(self, lane: Lane, where: Where, records: Sequence[Raw], items: Sequence[Item]) -> None:
        started = time.monotonic()
        last = records[-1].offset
        async with self.desk.counting():
            if isinstance(self.work, Projecting):
                await self.work.take(lane, where, items, last)
            else:
                await self._decided(self.work, lane, where, items, last)
        lane.positions[where.topic] = last
        if times := [item.event.recorded_at for item in items if item.event and item.event.recorded_at]:
            lane.read_until[where.topic] = times[-1]
            ahead = (times[-1] - self.desk.clock.now()).total_seconds()
            metrics.AHEAD.labels(process=self.desk.app).set(max(0.0, ahead))
        metrics.EVENTS_IN.labels(process=self.desk.app, topic=where.topic).inc(len(records))
        metrics.BATCH.labels(process=self.desk.app).observe(len(records))
        metrics.PROCESSING.labels(process=self.desk.app).observe(time.monotonic() - started)
        self.desk.crash("settled")

    async def _decided(self, work: Deciding, lane: Lane, where: Where, items: Sequence[Item], last: int) -> None:
        """Let the core decide; a plan left by the last owner may be longer than this batch and stands until all of it is done."""
        plan = Plan(topic=where.topic, through=max(last, lane.plan.through if lane.plan else last))
        changes = await work.decide(lane, where, items, plan)
        left = None if last >= plan.through else plan
        await self.desk.sql_call(
            self.desk.state.settle,
            lane.partition,
            lane.epoch,
            changes,
            topic=where.topic,
            expected=lane.positions[where.topic],
            last=last,
            plan=left,
        )
        lane.plan = left

    async def timers(self, lane: Lane, due: Sequence[tuple[str, datetime]], until: datetime) -> None:
        """Fire rows that are due, the earliest first; the plan stands until the caller finds no more; raise `FencedError`."""
        if not isinstance(self.work, Deciding):
            raise TypeError("a projection has no timers")
        where = Where(f"timer.{self.desk.app}", lane.partition)
        plan = Plan(until=micros(until))
        items = [timer_item(self.desk.app, lane.partition, row, due_at) for row, due_at in due]
        async with self.desk.counting():
            changes = await self.work.decide(lane, where, items, plan)
            await self.desk.sql_call(self.desk.state.settle, lane.partition, lane.epoch, changes, plan=plan)
        self.desk.crash("timer_settled")


Decoded = tuple[Sequence[Raw], list[Item], codec.NewerSchemaError | None]


def _decoded(where: Where, records: Sequence[Raw]) -> Decoded:
    """Return what can be read of a batch, its events or faults, and why no more: a newer release wrote what follows (ADR 0014)."""
    items: list[Item] = []
    for number, record in enumerate(records):
        try:
            item = _item(where, record)
        except codec.NewerSchemaError as exc:
            return records[:number], items, exc
        if item is not None:
            items.append(item)
    return records, items, None


def _item(where: Where, record: Raw) -> Item | None:
    """Return the record's event or fault; None for a tombstone, which says nothing."""
    if record.value is None and where.topic in BY_NAME and BY_NAME[where.topic].compacted:
        return None
    event = attempt(codec.decode, where.topic, record.key, record.value, record.headers)
    if isinstance(event, Exception):
        return Item(record=record, fault=fault_of(event))
    return Item(record=record, event=event)
