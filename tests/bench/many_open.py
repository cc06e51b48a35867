"""The watcher with many deliveries open beside itself with none, and beside Kafka Streams: rate, look, start, memory, lateness, all due at once."""

import os
import statistics
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from infra.clock import set_clock
from infra.settings import Settings
from infra.state import METADATA, State, open_database
from infra.supervise.child import die_with_parent
from schemas.topics import PARTITIONS
from tests.axis import MORNING, until
from tests.bench import events, filled, streams_rival
from tests.bench.alert_times import AlertTimes
from tests.bench.contenders import ROOT, Contender, ours, provide
from tests.bench.contest import Say, contest
from tests.bench.crew import ENDLESS, SECONDS, Timestamps, crew
from tests.bench.filled import STEADY_FROM, Filled, Open
from tests.bench.ground import Ground, load
from tests.bench.growth import resident
from tests.bench.javac import has_compiler

SOURCE, ALERTS, OBLIGATIONS = "document.dispatched", "document.alerts", "document.obligations"
WARN = timedelta(minutes=15)
"""From the dispatch to the first step of the transport clock."""

LEAD = timedelta(seconds=5)
LOOKS = 100
GUARANTEE = "at_least_once"
Values = dict[str, dict[str, list[float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A watcher's state: with so many open."""

    name: str
    url: str
    count: int


def measure(
    made: Ground, *, many: int, records: int, rounds: int, folder: Path, postgres: str, only: str, say: Say
) -> Values:
    """Return unit -> what -> values; Kafka Streams is left out where Java is no JDK, or `only` names others."""
    rival = has_compiler(made.settings) and ("Streams" in only or not only)
    opened = Open(many)
    rows = list(filled.rows(opened, made.reference))
    states = [
        _state(made, some, url, folder, say)
        for url in (f"sqlite:///{folder}", *([postgres] if postgres else []))
        for some in ([], rows)
    ]
    rows.clear()
    found: Values = {"events/s": {}, "CPU µs/event": {}, "times": {}, "ms": {}, "s": {}, "MB": {}, "alerts/s": {}}
    _rates(made, opened, states, found, rival=rival, records=records, rounds=rounds, folder=folder, say=say)
    for state in states:
        say(str(found))
        _look(state, found)
        if state.count:
            _live(made, opened, state, found, number=filled.FIRST // 2 + len(found["s"]), folder=folder)
        else:
            _only_start(made, state, found, number=filled.FIRST // 4 + len(found["s"]), folder=folder)
    say(str(found))
    if rival:
        _rival(made, opened, found, folder)
    return found


def _state(made: Ground, rows: Sequence[Filled], where: str, folder: Path, say: Say) -> Kept:
    """Make a state: a watcher claims its partitions in it and takes the rules over, then the open deliveries are put in."""
    url = f"{where}/open{len(rows)}_{made.settings.topic_prefix.strip('.').replace('-', '_')}"
    backend = "PostgreSQL" if url.startswith("postgresql") else "SQLite"
    name = f"{backend}, {len(rows):,} open"
    provide(url)
    with crew(made.settings, [("watcher", "0")], folder, state=url):
        engine = open_database(url, METADATA)
        until(lambda: _rules_are_known(State(engine, "watcher")), seconds=SECONDS)
        engine.dispose()
    began = time.monotonic()
    filled.fill(url, rows)
    say(f"{name}: filled in {time.monotonic() - began:.0f} s")
    return Kept(name=name, url=url, count=len(rows))


def _rules_are_known(state: State) -> bool:
    with state.engine.connect() as connection:
        known = connection.exec_driver_sql("select count(*) from ownership where versions <> '{}'").scalar()
    return known == PARTITIONS


def _rates(
    made: Ground,
    opened: Open,
    states: Sequence[Kept],
    found: Values,
    *,
    rival: bool,
    records: int,
    rounds: int,
    folder: Path,
    say: Say,
) -> None:
    count = load(made.settings, events.dispatches(records))
    known = [each.key for each in events.dispatches(records)][::2]
    crowd = [
        replace(
            ours("watcher", count, name=f"lienthong, {state.name}", LIENTHONG_STATE=state.url),
            before=lambda url=state.url: filled.read_again(url, known),  # type: ignore[misc] # bound now
        )
        for state in states
    ]
    if rival:
        crowd += [_streams(made, count, many, folder) for many in (Open(0), opened)]
    laps = contest(crowd, made.settings, [ALERTS, OBLIGATIONS], rounds=rounds, folder=folder, say=say)
    for contender in crowd:
        own = [lap for lap in laps if lap.contender == contender.name]
        found["events/s"][contender.name] = [lap.rate for lap in own]
        found["CPU µs/event"][contender.name] = [lap.cpu_us for lap in own]
    rate = {name: statistics.median(values) for name, values in found["events/s"].items()}
    for none, many in zip(crowd[::2], crowd[1::2], strict=True):
        found["times"][f"{many.name}, to none"] = [rate[many.name] / rate[none.name]]
    for number, contender in enumerate(crowd[:-2] if rival else []):
        beside = crowd[number % 2 - 2]
        found["times"][f"{contender.name}, to {beside.name}"] = [rate[contender.name] / rate[beside.name]]
    for state in states:
        filled.read_again(state.url, known)


def _look(state: Kept, found: Values) -> None:
    """Time what a tick asks where nothing is due: which partitions have something due, and of each what."""
    engine, times = open_database(state.url, METADATA), list[float]()
    known = State(engine, "watcher")
    for _ in range(LOOKS):
        began = time.perf_counter()
        known.partitions_due(MORNING)
        known.due(0, MORNING, 500)
        times.append((time.perf_counter() - began) * 1000)
    engine.dispose()
    found["ms"][f"a look, {state.name}"] = times


def _only_start(made: Ground, state: Kept, found: Values, *, number: int, folder: Path) -> None:
    with _started(made, state, found, number, folder) as pid:
        found["MB"][f"memory of the watcher after its start, {state.name}"] = [resident(pid)]


def _live(made: Ground, opened: Open, state: Kept, found: Values, *, number: int, folder: Path) -> None:
    with _started(made, state, found, number, folder) as pid:
        found["MB"][f"memory of the watcher after its start, {state.name}"] = [resident(pid)]
        _expire(made.settings, opened, state.name, found)
        found["MB"][f"memory of the watcher after the mass, {state.name}"] = [resident(pid)]


@contextmanager
def _started(made: Ground, state: Kept, found: Values, number: int, folder: Path) -> Iterator[int]:
    """Start a watcher whose next delivery lies on the log; yield its pid once it has said the duties of that."""
    seen = Timestamps(made.settings, OBLIGATIONS)
    load(made.settings, events.opened(1, number))
    began = time.monotonic()
    try:
        with crew(made.settings, [("watcher", "0")], folder, state=state.url) as (pid,):
            found["s"][f"claimed after the start, {state.name}"] = [time.monotonic() - began]
            seen.of([next(iter(events.opened(1, number))).correlation_id])
            found["s"][f"next delivery's duties said after the start, {state.name}"] = [time.monotonic() - began]
            yield pid
    finally:
        seen.close()
        set_clock(made.settings.clock_file, "stepped", at=MORNING)


def _expire(settings: Settings, opened: Open, name: str, found: Values) -> None:
    """Let the mass run out at one moment, then the steady ones one after the other by a clock that runs."""
    alerts = AlertTimes(settings)
    try:
        began = time.monotonic()
        set_clock(settings.clock_file, "stepped", at=MORNING + WARN + timedelta(seconds=1))
        alerts.wait(opened.mass, seconds=SECONDS)
        late = time.monotonic() - began
        found["s"][f"{opened.mass:,} due at once, all raised, {name}"] = [late]
        found["alerts/s"][f"all due at once, {name}"] = [opened.mass / late]
        alerts.forget()
        start = STEADY_FROM + WARN - LEAD
        set_clock(settings.clock_file, "rate", at=start)
        real = time.time()
        alerts.wait(opened.steady, seconds=SECONDS)
        lateness = sorted(_lateness(alerts.seen.values(), start, real))
        found["s"][f"deadline to alert, p50, {name}"] = [statistics.median(lateness)]
        found["s"][f"deadline to alert, p99, {name}"] = [lateness[int(len(lateness) * 0.99)]]
    finally:
        alerts.close()
        set_clock(settings.clock_file, "stepped", at=MORNING)


def _lateness(seen: Iterable[tuple[int, datetime]], start: datetime, real: float) -> Iterator[float]:
    """Kafka's timestamp of an alert, by the axis' clock, behind the moment at which its step was due."""
    for stamp, due in seen:
        yield (start + timedelta(seconds=stamp / 1000 - real) - due).total_seconds()


def _streams(made: Ground, records: int, opened: Open, folder: Path) -> Contender:
    more = {"count": opened.count, "mass": opened.mass, "steady": opened.steady, "morning": MORNING.isoformat()}
    return streams_rival.contender(
        "sla",
        GUARANTEE,
        records,
        made.settings,
        made.reference,
        source=SOURCE,
        class_path=streams_rival.class_path(made.settings, folder / "classes"),
        opened=more,
    )


def _rival(made: Ground, opened: Open, found: Values, folder: Path) -> None:
    """Let Kafka Streams raise the same."""
    rival = _streams(made, ENDLESS, opened, folder)
    said = folder / "streams-mass.txt"
    with said.open("wb") as out:
        running = subprocess.Popen(
            [each.format(run="mass") for each in rival.argv],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=os.environ,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, no locks taken
        )
    try:
        until(lambda: said.read_text().count("FILLED") == PARTITIONS, seconds=SECONDS)
        _expire(made.settings, opened, rival.name, found)
        found["MB"][f"memory after the mass, {rival.name}"] = [resident(running.pid)]
    finally:
        running.kill()
        running.wait()
