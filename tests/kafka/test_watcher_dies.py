"""The watcher dies at every step of emit, confirm, forget while deadlines run out: each due alert is raised, under one id, step by step."""

import random
import signal
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import pytest

from infra.clock import open_clock
from infra.settings import Settings
from schemas.events import Event
from tests import axis
from tests.kafka.watching import SECONDS, Life, Sent, live, receipt, record, require_right, sent, watcher

SAMPLE, FULL = 8, 200
AT_ONCE = 24
OF_TIMERS = ("timer_begun", "timer_emitted", "timer_confirmed", "timer_settled")
OF_A_BATCH = ("begun", "emitted", "confirmed", "settled")
LATE = 0.15
"""Share of the receipts that are kept back until after the next life: their deadline may then be over on the log."""

SEED = 7
POINTS = (*OF_TIMERS, *OF_A_BATCH)
LONGEST_SECONDS = 20.0
"""A point that is not reached until then (no timer due at its second visit): the process is killed where it stands."""


@pytest.mark.parametrize(
    "deaths",
    [
        pytest.param(SAMPLE, marks=pytest.mark.timeout(300)),
        pytest.param(FULL, marks=[pytest.mark.slow, pytest.mark.timeout(7_200)]),
    ],
)
def test_every_due_alert_is_raised_once_whenever_the_watcher_dies(settings: Settings, deaths: int) -> None:
    """The clock moves on before each life, so every life begins with deadlines that ran out; receipts reach the log late."""
    axis.open_axis(settings)
    chance, clock, late = random.Random(SEED), open_clock(settings), set[str]()
    deliveries, unsaid, reached = list[Sent](), list[Sent](), Counter[str]()
    for number in range(deaths):
        new = sent(AT_ONCE, number * AT_ONCE, at=clock.now(), chance=chance)
        deliveries, unsaid = deliveries + new, unsaid + [each for each in new if each.taken_at is not None]
        clock.advance(clock.now() + timedelta(minutes=chance.choice((1, 4, 16, 50))))
        happened = [each for each in unsaid if each.taken_by(clock.now())]
        kept = {each.event.delivery_id for each in happened if chance.random() < LATE}
        said = [each for each in happened if each.event.delivery_id not in kept]
        record(settings, [*((each.event, each.event.occurred_at) for each in new), *receipts(said, clock.now(), late)])
        late |= kept
        unsaid = [each for each in unsaid if each not in said]
        reached[_life(settings, number, chance)] += 1
    record(settings, receipts([each for each in unsaid if each.taken_by(clock.now())], clock.now(), late))
    live(settings)

    assert set(POINTS) <= set(reached)
    require_right(settings, deliveries, late)


def receipts(said: Iterable[Sent], now: datetime, late: Collection[str]) -> list[tuple[Event, datetime]]:
    """Return receipts with the moments at which they are recorded: when they were given, or now if they are late."""
    return [(receipt(each), now if each.event.delivery_id in late else each.taken_at or now) for each in said]


def _life(settings: Settings, number: int, chance: random.Random) -> str:
    """Let a watcher live and die; return where it died. The first lives pass every point in turn."""
    point = POINTS[number] if number < len(POINTS) else chance.choice((*POINTS, ""))
    visit = 1 if number < len(POINTS) else chance.choice((1, 1, 2, 3))
    running = watcher(settings, LIENTHONG_CRASH_AT=f"{point}:{visit}" if point else "")
    by_itself = _dies(running, LONGEST_SECONDS if point else chance.uniform(1, 6))
    return point if by_itself else "anywhere"


def _dies(running: Life, seconds: float) -> bool:
    """Wait for its death, or kill it after so long; tell whether it died by its own hand."""
    running.join(seconds)
    by_itself = running.exitcode is not None
    running.kill()
    running.join(SECONDS)
    assert -signal.SIGKILL == running.exitcode
    return by_itself
