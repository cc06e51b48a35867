"""The chain submitted -> signed -> dispatched, with the watcher beside it; every signature passes at once.

Times are Kafka's timestamps: from when a submission was produced to when its dispatch was; the sending of the latter (at most
5 ms of lingering, and one confirmation) is not in them.
"""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import quantiles

from infra.clock import open_clock
from infra.demo.quiet import behind
from infra.kafka import clients
from infra.kafka.ends import BrokerEnds
from infra.kafka.outbox import Outbox
from infra.kafka.records import Where
from infra.kafka.sealing import seal
from infra.state import Positions
from schemas.topics import PARTITIONS, read_by
from tests.axis import until
from tests.bench import events
from tests.bench.crew import Timestamps, crew
from tests.bench.ground import Ground, load

APPS = ("verifier", "router", "watcher")
MEMBERS = tuple((app, "0") for app in APPS)
STEADY, SHARE = 50.0, 0.8
TURN_SECONDS = 0.02
SECONDS = 600.0
TOPIC_NAMES = tuple(dict.fromkeys(topic.name for app in APPS for topic in read_by(app)))


def measure(
    made: Ground, *, records: int, seconds: float, folder: Path, say: Callable[[str], None]
) -> Mapping[str, dict[str, list[float]]]:
    """Return unit -> what was measured -> values: documents a second at most, and how long one takes at two rates."""
    sent, seen = Timestamps(made.settings, "document.submitted"), Timestamps(made.settings, "document.dispatched")
    try:
        with crew(made.settings, MEMBERS, folder):
            load(made.settings, events.submitted(records))
            keys = [each.correlation_id for each in events.submitted(records)]
            began = min(sent.of(keys))
            most = records / ((max(seen.of(keys)) - began) / 1e3)
            settled = records / (_settled(made, folder) - began / 1e3)
            say(f"chain: at most {most:,.0f} documents/s, {settled:,.0f} with all deadlines known")
            found: dict[str, list[float]] = {}
            first = records
            for rate, name in ((STEADY, f"{STEADY:.0f} documents/s"), (settled * SHARE, f"{SHARE:.0%} of the maximum")):
                _settled(made, folder)
                count = _paced(made, rate, seconds, first)
                keys = [each.correlation_id for each in events.submitted(count, first)]
                waits = quantiles([b - a for a, b in zip(sent.of(keys), seen.of(keys), strict=True)], n=100)
                found |= {f"p50 at {name}": [waits[49]], f"p99 at {name}": [waits[98]]}
                first += count
    finally:
        sent.close()
        seen.close()
    rates = {"submitted → dispatched": [most], "submitted → all settled, deadlines too": [settled]}
    return {"documents/s": rates, "ms": found}


def _settled(made: Ground, folder: Path) -> float:
    """Wait until all three have read all there is; return the Unix time."""
    positions = {app: Positions(f"sqlite:///{folder / app}.sqlite", app) for app in APPS}
    wheres = [Where(topic, number) for topic in TOPIC_NAMES for number in range(PARTITIONS)]
    ends = BrokerEnds(made.settings)
    until(lambda: not behind(positions, ends.latest(wheres)), seconds=SECONDS)
    return time.time()


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
