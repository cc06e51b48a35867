"""How the rate grows with the workers of one processor."""

from pathlib import Path

from tests.bench import events
from tests.bench.crew import Timestamps, crew
from tests.bench.ground import Ground, load


def together(made: Ground, count: int, *, records: int, folder: Path) -> float:
    """Return events a second of so many routers on one SQLite file, from the first to the last outcome on the log.

    Crews of several sizes follow one another on the same state; each gets documents of its own.
    """
    seen = Timestamps(made.settings, "document.dispatched")
    own = list(events.signed(records, count * records))
    try:
        with crew(made.settings, [("router", str(number)) for number in range(count)], folder):
            load(made.settings, own)
            times = sorted(seen.of([each.correlation_id for each in own]))
        return len(times) / ((times[-1] - times[0]) / 1e3)
    finally:
        seen.close()
