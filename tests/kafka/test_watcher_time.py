"""The watcher's deadlines by the log: a slow catch-up, a weekend away, a clock that jumps, partitions that move, a state made anew."""

import random
import sqlite3
from datetime import datetime, timedelta

import pytest

from infra.clock import open_clock, set_clock
from infra.settings import Settings
from tests import axis
from tests.axis import MORNING
from tests.kafka.watching import (
    SECONDS,
    WARNED,
    Sent,
    live,
    receipt,
    record,
    require_right,
    sent,
    settled,
    stop,
    watcher,
)

HOUR = timedelta(hours=1)
MANY = 240
SLOW = {"LIENTHONG_MAX_POLL_RECORDS": "2", "LIENTHONG_TICK_SECONDS": "0.05"}
"""So few records at once, and so many looks at what is due, that the catch-up takes hundreds of them."""

Rows = list[tuple[object, ...]]
pytestmark = pytest.mark.timeout(400)


def on_the_log(settings: Settings, deliveries: list[Sent], until: datetime) -> None:
    """Record dispatches and what was received until a moment, each when it happened."""
    said = [(receipt(each), each.taken_at) for each in deliveries if each.taken_at and each.taken_at <= until]
    record(settings, [*((each.event, each.event.occurred_at) for each in deliveries), *said])


@pytest.mark.parametrize(
    ("away", "urgencies"),
    [(2 * HOUR, tuple(WARNED)), (timedelta(days=3), ("normal",))],
    ids=["two hours", "a weekend"],
)
def test_what_waits_unread_holds_deadlines_back(
    settings: Settings, away: timedelta, urgencies: tuple[str, ...]
) -> None:
    """All that happened while the worker was away lies on two topics, seven others are idle; it is read in small bites.

    Urgent deliveries are raised again each ten minutes, each time in a round of its own: three days of that would be thousands.
    """
    axis.open_axis(settings)
    deliveries = sent(MANY, 0, at=MORNING, chance=random.Random(1), urgencies=urgencies)
    on_the_log(settings, deliveries, MORNING + away)
    set_clock(settings.clock_file, "stepped", at=MORNING + away)

    live(settings, **SLOW)

    require_right(settings, deliveries)


def never_taken(number: int, at: datetime, chance: random.Random) -> list[Sent]:
    """Return deliveries that nobody ever takes."""
    return [Sent(event=each.event) for each in sent(MANY // 4, number * MANY, at=at, chance=chance)]


def test_a_clock_that_jumps_misses_and_repeats_nothing(settings: Settings) -> None:
    """An hour ahead while everything due lies on the log; then an hour back, with new deliveries; then on."""
    axis.open_axis(settings)
    chance, deliveries = random.Random(2), list[Sent]()
    for number, at in enumerate((MORNING, MORNING + HOUR, MORNING, MORNING + 2 * HOUR)):
        set_clock(settings.clock_file, "stepped", at=at)
        never = never_taken(number, at, chance)
        record(settings, [(each.event, at) for each in never])
        deliveries += never
        live(settings)
    set_clock(settings.clock_file, "stepped", at=MORNING + 3 * HOUR)
    live(settings)

    require_right(settings, deliveries)


def test_partitions_that_move_take_their_deadlines_along(settings: Settings) -> None:
    """Two workers share them; one dies while deadlines run out, the other one gets all."""
    axis.open_axis(settings)
    short = {"LIENTHONG_SESSION_TIMEOUT": "6"}
    chance, clock, deliveries = random.Random(3), open_clock(settings), list[Sent]()
    workers = [watcher(settings, replica=name, **short) for name in ("0", "1")]
    try:
        for number in range(3):
            never = never_taken(number, clock.now(), chance)
            deliveries += never
            axis.write(settings, [each.event for each in never])
            axis.until(lambda: settled(settings), seconds=SECONDS)
            clock.advance(clock.now() + timedelta(minutes=20))
            if number == 1:
                workers[0].kill()
        axis.until(lambda: settled(settings), seconds=SECONDS)
    finally:
        stop(workers[1])
        workers[0].kill()
        workers[0].join(SECONDS)

    require_right(settings, deliveries)


def test_a_state_made_from_the_topics_alone_is_the_lost_one(settings: Settings) -> None:
    """Row by row, and each row's next moment; what is raised again is the same events."""
    axis.open_axis(settings)
    deliveries = sent(MANY, 0, at=MORNING, chance=random.Random(4))
    on_the_log(settings, deliveries, MORNING + 2 * HOUR)
    set_clock(settings.clock_file, "stepped", at=MORNING + 2 * HOUR)
    live(settings)
    before = _state(settings)
    for file in settings.var.rglob("*.sqlite*"):
        file.unlink()

    live(settings)

    assert before == _state(settings)
    assert MANY == len(before[0])
    require_right(settings, deliveries)


def _state(settings: Settings) -> tuple[Rows, Rows]:
    file = settings.state_url("watcher").removeprefix("sqlite:///")
    database = sqlite3.connect(file)
    try:
        memory = database.execute("select partition, row, value from memory order by row").fetchall()
        return memory, database.execute("select partition, row, due_at from due order by row").fetchall()
    finally:
        database.close()
