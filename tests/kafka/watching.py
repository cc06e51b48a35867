"""The watcher's real process on a real broker, deliveries with an own plan of when they are received, and what it must then have raised."""

import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess

from infra.clock import open_clock
from infra.content import open_content
from infra.kafka import clients
from infra.kafka.ends import BrokerEnds
from infra.kafka.outbox import Outbox
from infra.kafka.records import Where
from infra.kafka.sealing import seal
from infra.reference import Follower
from infra.settings import Settings
from infra.state import all_positions
from processors.topology import FLOWS, run
from schemas.events import AlertState, DocumentAlert, DocumentDispatched, DocumentReceived, Event, Milestone
from schemas.ids import event_id
from schemas.topics import BY_NAME
from tests import axis
from tests.bench.events import opened
from tests.recount import Recount, events_of, slot

Life = ForkServerProcess
"""A watcher that runs."""

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.kafka.watching", "processors.sla.core"])
SECONDS = 90.0
WARNED = {"normal": timedelta(minutes=15), "khan": timedelta(minutes=5), "hoa_toc": timedelta(minutes=1)}
"""Urgency -> wall time until the first step of the transport clock (sla.yaml)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A delivery and when its recipient really took it; None: never."""

    event: DocumentDispatched
    taken_at: datetime | None = None

    def taken_by(self, moment: datetime) -> bool:
        """Tell whether it was taken until then."""
        return self.taken_at is not None and self.taken_at <= moment

    @property
    def warned_at(self) -> datetime:
        """The moment of the first step."""
        return self.event.occurred_at + WARNED[self.event.urgency]


def sent(
    count: int, first: int, *, at: datetime, chance: random.Random, urgencies: Sequence[str] = tuple(WARNED)
) -> list[Sent]:
    """Return deliveries dispatched now; a third of them are never received, some too late, some just in time."""
    found = []
    for event in opened(count, first):
        assert isinstance(event, DocumentDispatched)
        urgency = chance.choice(urgencies)
        after = WARNED[urgency] * chance.choice((0.3, 0.98, 1.02, 4))
        taken_at = at + after if chance.random() < 0.7 else None
        found.append(Sent(event=replace(event, occurred_at=at, urgency=urgency), taken_at=taken_at))
    return found


def receipt(each: Sent) -> DocumentReceived:
    """Say that the recipient took it, at the moment at which it did."""
    assert each.taken_at is not None
    return DocumentReceived(
        event_id=event_id("received", each.event.delivery_id),
        occurred_at=each.taken_at,
        correlation_id=each.event.document_key,
        delivery_id=each.event.delivery_id,
        document_key=each.event.document_key,
        recipient=each.event.recipient,
        milestone=Milestone.RECEIVED,
        sha256=each.event.content.sha256,
        endpoint=each.event.endpoint,
        how="taken",
    )


def watcher(settings: Settings, *, replica: str = "0", **more: str) -> Life:
    """Start the watcher's process: all that it does, forked from one that has read its modules, for lives here are many and short."""
    given = {**axis.environment(settings), **more}
    life = _FORKS.Process(
        target=_live, args=(given, replica, str(settings.var / f"watcher-{replica}.log")), daemon=True
    )
    life.start()
    return life


def _live(given: Mapping[str, str], replica: str, log: str) -> None:
    os.environ.update(given)
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    run("watcher", replica=replica)


def settled(settings: Settings) -> bool:
    """Tell whether the watcher has read all topics, and fired all that is due."""
    wheres = [Where(topic, part) for topic in FLOWS["watcher"].reads for part in range(BY_NAME[topic].partitions)]
    state = all_positions(settings)["watcher"]
    ends, held, due = BrokerEnds(settings).latest(wheres), state.read(), state.next_due()
    read = all(held.get((where.topic, where.partition), -1) + 1 >= end for where, end in ends.items())
    return read and (due is None or due > open_clock(settings).now())


def stop(running: Life) -> None:
    """End a watcher by its own way."""
    running.terminate()
    running.join(SECONDS)
    assert 0 == running.exitcode


def live(settings: Settings, **more: str) -> None:
    """Let a watcher live until nothing is left to do."""
    running = watcher(settings, **more)
    try:
        axis.until(lambda: settled(settings), seconds=SECONDS)
    finally:
        stop(running)


def record(settings: Settings, said: Iterable[tuple[Event, datetime]]) -> None:
    """Put events onto the log with the moments at which they were recorded, the earliest first; no watcher may be running."""
    outbox, clock = Outbox(clients.producer(settings), app="test", prefix=settings.topic_prefix), open_clock(settings)
    in_order = sorted(said, key=lambda each: each[1])
    outbox.write([seal(event, app="test", clock=clock, now=moment) for event, moment in in_order])


def require_right(settings: Settings, deliveries: Iterable[Sent], late: Collection[str] = ()) -> None:
    """Every alert that was due, under one id, no step left out or repeated; none for what the log showed as received in time.

    `late` are deliveries (ids) whose receipts reached the log after the moment that they tell of: the timer may have been first.
    """
    references, now = Follower(settings, open_content(settings)), open_clock(settings).now()
    references.start()
    facts = [each for each in events_of(settings, FLOWS["watcher"].reads) if _delivery(each) not in late]
    due = Recount(references.current(), now).of(facts)
    references.stop()
    said = [each for each in events_of(settings, ["document.alerts"]) if isinstance(each, DocumentAlert)]
    raised = Counter(slot(each) for each in said if each.delivery_id not in late)
    wanted = Counter(due)
    assert wanted == raised, f"missing {sorted(wanted - raised)[:5]}, besides {sorted(raised - wanted)[:5]}"
    of_transport = [each for each in said if each.clock == "transport"]
    climbed = climbs([each for each in of_transport if each.state is AlertState.FIRING])
    ended = {each.delivery_id: each.why for each in of_transport if each.state is AlertState.RESOLVED}
    for each in deliveries:
        _require_right(each, climbed.get(each.event.delivery_id, []), ended, now, late=each.event.delivery_id in late)


def _require_right(
    each: Sent, steps: list[tuple[int, int]], ended: Mapping[str, str], now: datetime, *, late: bool
) -> None:
    levels = [level for level, _ in steps]
    assert sorted(set(levels)) == list(range(max(levels, default=-1) + 1)), each
    assert {1} >= set(Counter(steps).values()), each
    in_time = each.taken_at is not None and each.taken_at < each.warned_at
    if in_time and not late:
        assert [] == steps, each
    if steps and in_time and each.taken_by(now):
        assert "received_in_time" == ended[each.event.delivery_id], each
    if not in_time and not late and each.warned_at <= now:
        assert steps, each


def _delivery(event: Event) -> str:
    return getattr(event, "delivery_id", "")


def climbs(found: Collection[DocumentAlert]) -> Mapping[str, list[tuple[int, int]]]:
    """Return delivery -> (level, number) of each alert, in the order of time."""
    steps: dict[str, list[tuple[int, int]]] = {}
    for each in sorted(found, key=lambda one: one.occurred_at):
        steps.setdefault(each.delivery_id, []).append((each.level, each.number))
    return steps
