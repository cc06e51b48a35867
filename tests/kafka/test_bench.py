"""The benchmarks' contenders do the work they are measured by: as many events in, the same results out. No times are judged here."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.settings import Settings
from infra.state import METADATA, State, open_database
from processors.sla.cases import DELIVERIES
from processors.sla.core import SlaCore
from schemas.step import Put
from schemas.topics import PARTITIONS
from tests.axis import open_axis
from tests.bench import events, filled, streams_rival
from tests.bench.contenders import plain_faust
from tests.bench.contest import OtherResultsError, require_same
from tests.bench.events import RECIPIENTS
from tests.bench.ground import Ground, load
from tests.bench.javac import has_compiler
from tests.bench.marks import Lap, lap
from tests.bench.prepared import WORKS, run
from tests.bench.rows import OURS, rows, table
from tests.bench.stages import Stages
from tests.reference_files import demo

LATEST = datetime(2030, 1, 1, tzinfo=UTC)
FEW = 60
"""Events of a smoke test: enough that every partition has some."""


def of(contender: str, *, seconds: float = 1.0, cpu: float = 10.0, digest: str = "") -> Lap:
    """Return a lap of a hundred records."""
    return Lap(
        contender=contender, records=100, seconds=seconds, cpu_us=cpu, warm_rate=100, warm_cpu_us=cpu, digest=digest
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "guarantee"), [("route", "at_least_once"), ("sla", "exactly_once_v2")])
def test_all_contenders_say_the_same(settings: Settings, tmp_path: Path, name: str, guarantee: str) -> None:
    """Our worker, plain Faust and Kafka Streams over the same events: `run` raises where one differs."""
    made = Ground(settings=settings, reference=open_axis(settings))
    laps = run(name, made, records=FEW, rounds=1, folder=tmp_path, say=lambda _: None, guarantees=[guarantee])
    outputs = {"route": FEW, "sla": 2 * FEW}[name]
    rivals = {"bare loop", plain_faust("", 0).name}
    rivals |= {streams_rival.GUARANTEES[guarantee]} if has_compiler(settings) else set()

    assert {OURS} | rivals == {each.contender for each in laps}
    assert {FEW} == {each.records for each in laps}
    assert {outputs} == {each.outputs for each in laps if each.contender != "bare loop"}


def test_the_verifier_passes_every_document(settings: Settings, tmp_path: Path) -> None:
    """With a judge that lets all pass there is one verdict a document."""
    made = Ground(settings=settings, reference=open_axis(settings, kinds=["directory"]))
    laps = run("verify", made, records=FEW, rounds=1, folder=tmp_path, say=lambda _: None)

    assert {FEW} == {each.outputs for each in laps}


@pytest.mark.parametrize("name", ["route", "sla"])
def test_the_stages_of_a_batch_are_all_measured(settings: Settings, tmp_path: Path, name: str) -> None:
    """By hand, in one thread: decoding, SQL, core, encoding, producing."""
    made = Ground(settings=settings, reference=open_axis(settings))
    spent = Stages(name, made, tmp_path).measure(FEW)

    assert 6 == len(spent)
    assert all(each > 0 for each in spent.values())


def test_a_contender_that_says_something_else_is_noticed() -> None:
    """Same count, other digest."""
    with pytest.raises(OtherResultsError):
        require_same([of("a", digest="1"), of("b", digest="2")], ["a", "b"])


def test_a_run_that_stops_half_way_is_no_lap() -> None:
    """Only the first mark was said."""
    with pytest.raises(ValueError, match="did not come to the end"):
        lap("a", ["MARK 0 1 1"])


def test_marks_become_rates() -> None:
    """100 records in two seconds, the second half in one half of a second; 40 µs CPU each, then 20."""
    found = lap("a", ["MARK 0 0 0", "MARK 50 1500000000 3000000", "MARK 100 2000000000 4000000"])

    assert (50.0, 100.0, 40.0, 20.0) == (found.rate, found.warm_rate, found.cpu_us, found.warm_cpu_us)


def test_a_ratio_above_one_says_that_ours_is_better() -> None:
    """Half the time and half the CPU of a rival: 2.0 in both measures; medians of what was measured."""
    laps = [
        of(OURS, seconds=1, cpu=5),
        of("rival", seconds=2, cpu=10),
        of("rival", seconds=4, cpu=10),
        of("rival", seconds=2, cpu=10),
    ]
    found = {(each.contender, each.unit): each for each in rows("route", laps, {}, {})}

    assert (2.0, 50.0) == (found["rival", "events/s"].ratio, found["rival", "events/s"].median)
    assert 2.0 == found["rival", "CPU µs/event"].ratio
    assert "| route | rival | 50.0 |" in table(found.values())


def test_prepared_events_are_the_same_in_every_run() -> None:
    """Made from numbers: no clock, no chance; every recipient of the table has a way."""
    assert list(events.signed(20)) == list(events.signed(20))
    assert {code for event in events.dispatches(40) for code in [event.key[33:]]} == set(RECIPIENTS)


def test_open_deliveries_put_into_a_state_are_those_of_the_core(tmp_path: Path) -> None:
    """A row made from a template is, letter for letter, what the core makes of that delivery; it is read by its name."""
    url, many = f"sqlite:///{tmp_path / 'state'}", filled.Open(60)
    open_database(url, METADATA).dispose()
    made = list(filled.rows(many, demo()))
    filled.fill(url, made)
    filled.read_again(url, [row.removeprefix(DELIVERIES) for _, row, _, _ in made[:10]])
    state = State(open_database(url, METADATA), "watcher")

    assert {60 - 10} == {sum(len(state.due(part, LATEST, 100)) for part in range(PARTITIONS))}
    for number, (part, row, value, _) in enumerate(made[10:], start=10):
        event = filled.event(filled.FIRST + number, many.dispatched_at(number))
        (put, _) = SlaCore().step(event, {}, demo(), event.occurred_at).changes
        assert (Put(row=row, value=value), value) == (put, state.beginning_with(part, row)[row])
    state.engine.dispose()


def test_an_empty_load_is_nothing(settings: Settings) -> None:
    """No event, no record."""
    open_axis(settings, kinds=[])

    assert 0 == load(settings, [])


def test_every_benchmark_with_rivals_knows_its_processor() -> None:
    """One work a processor."""
    assert {"router", "watcher", "verifier"} == {each.processor for each in WORKS.values()}
