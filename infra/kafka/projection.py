"""Projections: rows of one's own, written in the same transaction as the position (the register)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from infra.kafka.burial import fault_of
from infra.kafka.desk import Attempt, Desk
from infra.kafka.lane import Lane
from infra.kafka.records import Where
from infra.kafka.stepping import Item, NotNowError
from infra.state import Changes, FencedError
from infra.state.database import writing
from schemas.events import Event


class Arrived(NamedTuple):
    """One event of a batch and where it lay."""

    event: Event
    where: Where
    offset: int


Project = Callable[[Connection, Sequence[Arrived]], object]
"""Writes what the events mean into tables of one's own; may be called again for the same events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Projecting:
    """Runs one app's projection."""

    desk: Desk
    project: Project
    attempt: Attempt

    async def take(self, lane: Lane, where: Where, items: Sequence[Item], last: int) -> None:
        """Write rows and position; one event that breaks the projection becomes a dead letter, and the rest goes on."""
        await self._bury(where, items, [item for item in items if item.fault is not None])
        raised = await self._settle(lane, where, items, last)
        if raised is None:
            return
        broken = await self.desk.sql_call(self._rehearse, where, [item for item in items if item.fault is None])
        if not broken:
            raise raised  # each alone passes: it is not one event's fault
        await self._bury(where, items, broken)
        if (again := await self._settle(lane, where, items, last)) is not None:
            raise again

    async def _settle(self, lane: Lane, where: Where, items: Sequence[Item], last: int) -> Exception | None:
        arrived = _arrived(where, [item for item in items if item.fault is None])
        raised: Any = await self.desk.sql_call(
            self.attempt,
            self.desk.state.settle,
            lane.partition,
            lane.epoch,
            Changes(),
            topic=where.topic,
            expected=lane.positions[where.topic],
            last=last,
            write=lambda connection: self.project(connection, arrived) if arrived else None,
        )
        if isinstance(raised, FencedError | OperationalError | NotNowError):
            raise raised  # the database, the owner, the outside: no event's fault
        return raised if isinstance(raised, Exception) else None

    def _rehearse(self, where: Where, items: Sequence[Item]) -> list[Item]:
        """Project one by one, each in a savepoint, keep nothing, and return those that cannot be taken."""
        broken = []
        with writing(self.desk.state.engine) as connection:
            for item in items:
                savepoint = connection.begin_nested()
                raised = self.attempt(self.project, connection, _arrived(where, [item]))
                if isinstance(raised, Exception):
                    savepoint.rollback()
                    item.fault = fault_of(raised)
                    broken.append(item)
                else:
                    savepoint.commit()
            connection.rollback()
        return broken

    async def _bury(self, where: Where, items: Sequence[Item], broken: Sequence[Item]) -> None:
        """Bury what is broken; what lies between is not, so that only what comes in a row counts as such."""
        now, letters = self.desk.clock.now(), []
        for item in items:
            if item.fault is None:
                self.desk.streaks.taken(where.topic)
            elif any(item is each for each in broken):
                letters.append(self.desk.bury(item.record, where, item.fault, now))
        if letters:
            await asyncio.to_thread(self.desk.outbox.write, letters)


def _arrived(where: Where, items: Sequence[Item]) -> list[Arrived]:
    return [Arrived(item.event, where, item.record.offset) for item in items if item.event is not None]
