"""How the rate grows with the workers of one processor."""

from pathlib import Path

from tests.bench import events
from tests.bench.crew import Timestamps, crew
from tests.bench.ground import Ground, load


def together(made: Ground, count: int, *, records: int, folder: Path) -> float:
    """Return events a second of so many routers on one SQLite file, from the first to the last outcome on the log."""
    first, own = count * records, folder / f"crew-{count}"
    own.mkdir()
    seen = Timestamps(made.settings, "document.dispatched")
    try:
        with crew(made.settings, [("router", str(number)) for number in range(count)], own):
            before = len(seen.seen)
            load(made.settings, events.signed(records, first))
            names = {each.correlation_id for each in events.signed(records, first)}
            seen.wait(before + records)
        times = sorted(at for name, at in seen.seen.items() if name in names)
        return len(times) / ((times[-1] - times[0]) / 1e3)
    finally:
        seen.close()
