"""The watcher with many deliveries open: its rate beside the rate with none, a start, and all of them late within a minute."""

import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from infra.clock import set_clock
from infra.settings import Settings
from tests.axis import MORNING, until
from tests.bench import events
from tests.bench.crew import SECONDS, Timestamps, crew
from tests.bench.ground import Ground, ends, load

PROBE = 2_000
"""Deliveries by which a rate is measured."""

FAR = 50_000_000
"""Where the numbers of probes begin, so that they are none of the others."""

LATE = timedelta(minutes=50)
"""So long after the morning every delivery is past the warning of its transport (15 minutes), and none at its breach (an hour)."""

OUT, ALERTS = "document.obligations", "document.alerts"


def measure(made: Ground, *, records: int, folder: Path) -> Mapping[str, dict[str, list[float]]]:
    """Return unit -> what -> value."""
    settings, seen = made.settings, Timestamps(made.settings, OUT)
    try:
        with crew(settings, [("watcher", "0")], folder):
            _rate(settings, seen, FAR)  # caches are warm
            none = _rate(settings, seen, FAR + PROBE)
            load(settings, events.opened(records))
            seen.wait(len(seen.seen) + records)
            many = _rate(settings, seen, FAR + 2 * PROBE)
        load(settings, events.opened(1, FAR + 3 * PROBE))
        began = time.monotonic()
        with crew(settings, [("watcher", "0")], folder):
            seen.wait(len(seen.seen) + 1)
            start = time.monotonic() - began
            before, began = _alerts(settings), time.monotonic()
            set_clock(settings.clock_file, "stepped", at=MORNING + LATE)
            until(lambda: _alerts(settings) >= before + records, seconds=SECONDS)
            late = time.monotonic() - began
    finally:
        seen.close()
        set_clock(settings.clock_file, "stepped", at=MORNING)
    named = f"{records:,} open"
    return {
        "deliveries/s": {"none open": [none], named: [many]},
        "times": {f"{named} to none": [many / none]},
        "s": {
            f"start with {named}, to the next delivery": [start],
            f"first warning of {named}, all due at once": [late],
        },
        "alerts/s": {"all due at once": [records / late]},
    }


def _rate(settings: Settings, seen: Timestamps, first: int) -> float:
    known, began = len(seen.seen), time.monotonic()
    load(settings, events.opened(PROBE, first))
    seen.wait(known + PROBE)
    return PROBE / (time.monotonic() - began)


def _alerts(settings: Settings) -> int:
    return sum(ends(settings, [ALERTS]).values())
