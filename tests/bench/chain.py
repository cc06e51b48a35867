"""The chain submitted -> signed -> dispatched, with the watcher beside it; every signature passes at once.

Times are Kafka's timestamps: from when a submission was produced to when its dispatch was; the sending of the latter (at most
5 ms of lingering, and one confirmation) is not in them.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import quantiles

from infra.clock import open_clock
from infra.kafka import clients
from infra.kafka.outbox import Outbox
from infra.kafka.sealing import seal
from tests.bench import events
from tests.bench.crew import Timestamps, crew
from tests.bench.ground import Ground, load

MEMBERS = (("verifier", "0"), ("router", "0"), ("watcher", "0"))
STEADY, SHARE = 50.0, 0.8
TURN_SECONDS = 0.02


def measure(
    made: Ground, *, records: int, seconds: float, folder: Path, say: Callable[[str], None]
) -> Mapping[str, dict[str, list[float]]]:
    """Return unit -> what was measured -> values: documents a second at most, and how long one takes at two rates."""
    sent, seen = Timestamps(made.settings, "document.submitted"), Timestamps(made.settings, "document.dispatched")
    try:
        with crew(made.settings, MEMBERS, folder):
            load(made.settings, events.submitted(records))
            keys = [each.correlation_id for each in events.submitted(records)]
            most = records / ((max(seen.of(keys)) - min(sent.of(keys))) / 1e3)
            say(f"chain: at most {most:,.0f} documents/s")
            found: dict[str, list[float]] = {}
            first = records
            for rate, name in ((STEADY, f"{STEADY:.0f} documents/s"), (most * SHARE, f"{SHARE:.0%} of the maximum")):
                count = _paced(made, rate, seconds, first)
                keys = [each.correlation_id for each in events.submitted(count, first)]
                waits = quantiles([b - a for a, b in zip(sent.of(keys), seen.of(keys), strict=True)], n=100)
                found |= {f"p50 at {name}": [waits[49]], f"p99 at {name}": [waits[98]]}
                first += count
    finally:
        sent.close()
        seen.close()
    return {"documents/s": {"submitted → dispatched": [most]}, "ms": found}


def _paced(made: Ground, rate: float, seconds: float, first: int) -> int:
    """Submit documents at a rate for a while; return how many."""
    settings, clock = made.settings, open_clock(made.settings)
    outbox = Outbox(clients.producer(settings), app="bench", prefix=settings.topic_prefix)
    ready = [seal(event, app="bench", clock=clock) for event in events.submitted(int(rate * seconds), first)]
    started, done = time.monotonic(), 0
    while done < len(ready):
        due = min(len(ready), int((time.monotonic() - started) * rate) + 1)
        outbox.write(ready[done:due])
        done = due
        time.sleep(TURN_SECONDS)  # the pace at which documents come
    return done
