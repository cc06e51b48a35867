"""What every piece of work needs at hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

import structlog

from infra import metrics
from infra.clock import Clock
from infra.kafka.burial import Fault, bury
from infra.kafka.crashpoint import CrashPoints, no_crash
from infra.kafka.outbox import Outbox
from infra.kafka.records import Message, Raw, Where
from infra.kafka.streaks import Streaks, TooManyDeadLettersError
from infra.state import State
from infra.state.notes import read_note, write_note

P = ParamSpec("P")
T = TypeVar("T")
Attempt = Callable[..., Any]
"""Calls its first argument with the others and returns the result, or the exception it raised (`settle.attempt`)."""

STREAKS = "dead_letters_in_a_row"
"""Note of a stop at the limit."""

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Desk:
    """The tools of one app's process, shared by all its lanes."""

    app: str
    group: str
    state: State
    outbox: Outbox
    clock: Clock
    sql: Executor
    dead_letter_limit: int = 20
    """Dead letters in a row, of one topic, after which the process ends."""

    crash: CrashPoints = no_crash
    streaks: Streaks = field(init=False)
    _recalled: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.streaks = Streaks(self.dead_letter_limit)

    async def sql_call(self, call: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
        """Run a blocking call where the database is talked to."""
        return await asyncio.get_running_loop().run_in_executor(self.sql, lambda: call(*args, **more))

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Keep the count of dead letters in a row over a stop at the limit, so that a start does not bury as many again."""
        if not self._recalled:
            self.streaks.load(await self.sql_call(read_note, self.state, STREAKS))
            self._recalled = True
        try:
            yield
        except TooManyDeadLettersError:
            await self.sql_call(write_note, self.state, STREAKS, self.streaks.dump())
            raise
        if self.streaks.moved:
            await self.sql_call(write_note, self.state, STREAKS, self.streaks.dump())
            self.streaks.moved = False

    def bury(self, record: Raw, where: Where, fault: Fault, now: datetime) -> Message:
        """Return a record's dead letter; raise `TooManyDeadLettersError` instead of emptying a topic."""
        self.streaks.broken(where.topic, fault, record.headers)
        place = {"topic": where.topic, "partition": where.partition, "offset": record.offset}
        log.error("dead_letter", reason=fault.reason, fault=fault.message, **place)
        metrics.DEAD_LETTERS.labels(process=self.app, topic=where.topic, reason=fault.reason).inc()
        return bury(record, where, fault, app=self.app, group=self.group, now=now)
