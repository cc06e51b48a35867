"""What every piece of work needs at hand."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
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
from infra.state import State

P = ParamSpec("P")
T = TypeVar("T")
Attempt = Callable[..., Any]
"""Calls its first argument with the others and returns the result, or the exception it raised (`settle.attempt`)."""

log = structlog.get_logger(__name__)


class TooManyDeadLettersError(Exception):
    """So many in a row are a misconfiguration, not bad messages: the topic must not be emptied."""


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
    """Dead letters in a row after which the process ends."""

    crash: CrashPoints = no_crash
    _in_a_row: int = field(default=0, init=False)

    async def sql_call(self, call: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
        """Run a blocking call where the database is talked to."""
        return await asyncio.get_running_loop().run_in_executor(self.sql, lambda: call(*args, **more))

    def taken(self) -> None:
        """Note that a step took its message: the row of dead letters is broken."""
        self._in_a_row = 0

    def bury(self, record: Raw, where: Where, fault: Fault, now: datetime) -> Message:
        """Return a record's dead letter; raise `TooManyDeadLettersError` instead of emptying a topic."""
        self._in_a_row += 1
        if self._in_a_row > self.dead_letter_limit:
            raise TooManyDeadLettersError(f"{self._in_a_row} in a row, the last: {fault.reason} {fault.message}")
        place = {"topic": where.topic, "partition": where.partition, "offset": record.offset}
        log.error("dead_letter", reason=fault.reason, fault=fault.message, **place)
        metrics.DEAD_LETTERS.labels(process=self.app, topic=where.topic, reason=fault.reason).inc()
        return bury(record, where, fault, app=self.app, group=self.group, now=now)
