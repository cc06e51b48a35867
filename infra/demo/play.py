"""Plays the scripted week: hands packets over when they are due, lets the recipients answer, and moves a stepped clock.

A process of its own (`python -m infra.demo.play`), so that the axis under it is exactly the one that runs without a demo.
For `--until-settled` the clock is stepped: it jumps to the next due moment only when nothing is unread anywhere,
so restarts of any process on the way cannot change what becomes due.
"""

import heapq
import itertools
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import structlog

from infra import logs
from infra.clock import Clock, open_clock
from infra.demo.observer import Observer, outcome_table
from infra.demo.packets import HandedOver, Packets
from infra.demo.plan import Kind, Planned, make_plan, week_end
from infra.demo.quiet import Quiet
from infra.demo.recipients import Answer, Recipients, looks
from infra.demo.result import Result
from infra.durable import write_atomically
from infra.settings import Settings

LOOK_SECONDS = 0.05
"""Real seconds between two looks at the world."""

FRESH_UP_TO = 500
"""Packets up to which each has a PDF of its own; signing one costs some 25 ms."""

STANDSTILL_SECONDS = 300.0
"""Real seconds without any progress after which a stepped run gives up and says what it waits for."""

log = structlog.get_logger(__name__)


@dataclass(order=True, slots=True)
class _Act:
    at: datetime
    order: int
    do: Callable[[], None] = field(compare=False)
    idle: Callable[[], bool] = field(compare=False, default=bool)
    """Tells whether it would change nothing, as things are."""


class Play:
    """One week of the demo province."""

    def __init__(self, settings: Settings, clock: Clock, *, monday: date, packets: int) -> None:
        self._settings, self._clock = settings, clock
        self._observer = Observer(settings)
        self._packets = Packets(settings, monday=monday, fresh=packets <= FRESH_UP_TO)
        self._ready = self._packets.ready()
        self._recipients = Recipients(endpoints=self._packets.endpoints, habits=self._packets.cast.habits)
        self._quiet = Quiet(settings, self._observer, self._packets.intake_folders)
        plan = make_plan(self._packets.cast, monday=monday, packets=packets)
        begins = clock.now() if clock.mode == "real" else plan[0].at  # in real time the week may be under way
        self._plan = [planned for planned in plan if planned.at >= begins]
        self._end = week_end(monday)
        self._acts: list[_Act] = []
        self._order = itertools.count()
        self._handed: list[tuple[Planned, HandedOver]] = []
        for planned in self._plan:
            self._at(planned.at, partial(self._hand_over, planned))
        for at, what in looks(monday):
            self._at(at, partial(self._look, what), idle=partial(self._recipients.idle, what))

    def until_settled(self) -> bool:
        """Step through the whole week; True when every packet ended as the plan expects."""
        for _path in self._ready:
            pass
        while True:
            self._wait_until_quiet()
            now = self._clock.now()
            if self._due(now):
                self._say_progress()
                continue
            following = self._next_moment()
            if following is None or following > self._end:
                break
            self._clock.advance(max(now, following))
        return self._report()

    def for_people(self) -> None:
        """Follow the running clock until the process is stopped."""
        self._say_progress()
        while self._clock.now() < self._end:
            if self._due(self._clock.now()):
                self._say_progress()
            elif next(self._ready, None) is None:  # ready packets are composed while there is nothing else to do
                time.sleep(LOOK_SECONDS * 4)  # the clock runs by itself; this only paces the looks
        self._observer.catch_up()
        self._report()

    def _at(self, at: datetime, do: Callable[[], None], *, idle: Callable[[], bool] = bool) -> None:
        heapq.heappush(self._acts, _Act(at, next(self._order), do, idle))

    def _next_moment(self) -> datetime | None:
        """Return when anything happens next; acts before it that would change nothing are left out."""
        due = self._quiet.next_due()
        while self._acts and (due is None or self._acts[0].at < due) and self._acts[0].idle():
            heapq.heappop(self._acts)
        moments = [act.at for act in self._acts[:1]]
        return min(moments if due is None else [*moments, due], default=None)

    def _due(self, now: datetime) -> bool:
        """Do what is due; True if there was anything."""
        did = False
        while self._acts and self._acts[0].at <= now:
            heapq.heappop(self._acts).do()
            did = True
        return did

    def _hand_over(self, planned: Planned) -> None:
        handed = self._packets.hand_over(planned, now=self._clock.now())
        self._handed.append((planned, handed))

    def _look(self, what: str) -> None:
        for answer in self._recipients.look(what):
            self._say(answer)

    def _say(self, answer: Answer) -> None:
        self._packets.answer(answer, now=self._clock.now())

    def _wait_until_quiet(self) -> None:
        since, waiting_for = time.monotonic(), ""
        while busy := self._quiet.busy(self._recipients.taken, self._clock.now()):
            if busy != waiting_for:
                since, waiting_for = time.monotonic(), busy
            elif time.monotonic() - since > STANDSTILL_SECONDS:
                log.error("standstill", waiting_for=busy)
                raise SystemExit(1)
            time.sleep(LOOK_SECONDS)  # polling the broker and the state stores, not a synchronisation

    def _rows(self) -> list[tuple[Planned, str, str]]:
        repeats: dict[str, int] = {}
        rows = []
        for planned, handed in self._handed:
            if planned.kind is Kind.REPEATED:
                repeats[handed.sha256] = repeats.get(handed.sha256, 0) + 1
            actual = self._observer.actual(planned, handed.sha256, repeat=repeats.get(handed.sha256, 1))
            rows.append((planned, handed.document_id, actual))
        return rows

    def _report(self) -> bool:
        outcomes = outcome_table(self._rows())
        ok = len(outcomes) == len(self._plan) and all(row["expected"] == row["actual"] for row in outcomes)
        Result(ok=ok, outcomes=outcomes, counts=self._observer.counts).write(self._settings)
        log.info("week_over", ok=ok, packets=len(outcomes))
        return ok

    def _say_progress(self) -> None:
        said = {"handed_over": len(self._handed), "packets": len(self._plan)}
        write_atomically(self._settings.var / "demo" / "progress.json", json.dumps(said).encode())


def main(arguments: list[str]) -> int:
    """`python -m infra.demo.play MONDAY PACKETS [--until-settled]`."""
    settings = Settings.load()
    logs.configure("demo", out=logs.own_file(settings))
    clock = open_clock(settings)
    play = Play(settings, clock, monday=date.fromisoformat(arguments[0]), packets=int(arguments[1]))
    if "--until-settled" in arguments:
        return 0 if play.until_settled() else 1
    play.for_people()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
