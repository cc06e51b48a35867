"""The engine's timers wait for the log, fire once, and survive a bug."""

from collections import Counter
from datetime import timedelta
from typing import Any

from infra.state import Positions
from schemas.events import Event, Milestone
from tests.shell.bench import ONE, ZERO, Make, alerts
from tests.shell.cores import NOON, RECEIVED, WaitingCore, received


async def test_a_timer_waits_for_the_log_not_for_the_wall(make: Make) -> None:
    """An hour passes while the process is down; the receipt on the log, still unread, prevents the alert."""
    bench = make(core=WaitingCore())
    bench.log.put(received("wait-1", 0, milestone=Milestone.OFFERED))
    bench.log.put(received("wait-1", 1, at=NOON + timedelta(minutes=30)))
    where = ZERO if bench.log.read(ZERO) else ONE
    bench.clock.advance(NOON + timedelta(hours=2))
    await bench.claim()
    await bench.engine.settle(bench.batch(where, 0, 1))

    await bench.engine.tick()

    assert Counter() == alerts(bench.log)
    await bench.drain()
    assert Counter() == alerts(bench.log)


async def test_a_due_row_fires_once_at_its_own_moment(make: Make) -> None:
    """Everything is read and an hour is over: one alert, dated when it was due, and no due row is left."""
    bench = make(core=WaitingCore())
    bench.log.put(received("wait-1", milestone=Milestone.OFFERED))
    await bench.claim()
    await bench.drain()
    assert NOON + timedelta(hours=1) == Positions(bench.url, "app").next_due()
    bench.clock.advance(NOON + timedelta(hours=3))

    await bench.engine.tick()
    await bench.engine.tick()

    assert Counter({"wait-1": 1}) == alerts(bench.log)
    assert [NOON + timedelta(hours=1)] == [event.occurred_at for event in bench.log.events("document.alerts")]
    assert Positions(bench.url, "app").next_due() is None


async def test_no_timer_fires_where_only_some_topics_of_an_index_are_ours(make: Make) -> None:
    """What lies on the topic of another worker could resolve the alert; nobody here can know."""
    bench = make(core=WaitingCore())
    bench.log.put(received("wait-1", milestone=Milestone.OFFERED))
    await bench.claim()
    await bench.drain()
    half = make(core=WaitingCore(), topics=(RECEIVED, "document.acknowledged"))
    await half.engine.claim([ZERO, ONE])
    half.clock.advance(NOON + timedelta(hours=3))

    await half.engine.tick()

    assert Counter() == alerts(half.log)


async def test_a_bug_in_a_timer_is_buried_and_does_not_come_back(make: Make) -> None:
    """A step that raises on a timer would raise for ever: a dead letter, and the row rests."""

    class Broken(WaitingCore):
        def step(self, event: Event, *args: Any, **more: Any) -> Any:
            if event.event_id and type(event).__name__ == "TimerFired":
                raise LookupError(event.event_id)
            return super().step(event, *args, **more)

    bench = make(core=Broken())
    bench.log.put(received("wait-1", milestone=Milestone.OFFERED))
    await bench.claim()
    await bench.drain()
    bench.clock.advance(NOON + timedelta(hours=3))

    await bench.engine.tick()

    assert [b"timer.app"] == [dict(each.headers)["__dlq.errors.topic"] for each in bench.log.topic("dead-letter")]
    assert Positions(bench.url, "app").next_due() is None
