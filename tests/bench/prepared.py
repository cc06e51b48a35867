"""The benchmarks with rivals: which events, which processor, who runs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from schemas.events import Event
from tests.bench import events, streams_rival
from tests.bench.contenders import Contender, bare, ours, plain_faust
from tests.bench.contest import Say, contest
from tests.bench.ground import Ground, load
from tests.bench.javac import has_compiler
from tests.bench.marks import Lap


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a processor is given and what it must say."""

    name: str
    processor: str
    source: str
    outputs: tuple[str, ...]
    make: Callable[[int], Iterable[Event]]
    rivals: bool = True


WORKS = {
    work.name: work
    for work in (
        Work(
            name="route",
            processor="router",
            source="document.signed",
            outputs=("document.dispatched",),
            make=events.signed,
        ),
        Work(
            name="sla",
            processor="watcher",
            source="document.dispatched",
            outputs=("document.alerts", "document.obligations"),
            make=events.dispatches,
        ),
        Work(
            name="verify",
            processor="verifier",
            source="document.submitted",
            outputs=("document.signed",),
            make=events.submitted,
            rivals=False,
        ),
    )
}


def run(
    name: str,
    made: Ground,
    *,
    records: int,
    rounds: int,
    folder: Path,
    say: Say,
    postgres: str = "",
    guarantees: Iterable[str] = tuple(streams_rival.GUARANTEES),
    only: str = "",
) -> list[Lap]:
    """Prepare the events and let all contenders work through them, in turns; `only` those whose names hold one of these words."""
    work = WORKS[name]
    count = load(made.settings, work.make(records))
    everybody = [ours(work.processor, count), bare(work.source, work.outputs[0], count)]
    if postgres:
        everybody.append(
            ours(work.processor, count, name="lienthong, PostgreSQL", LIENTHONG_STATE=f"{postgres}/{{run}}")
        )
    if work.rivals:
        everybody += [
            plain_faust(work.processor, count),
            *_streams(work, made, count, guarantees, folder=folder, say=say),
        ]
    chosen = [each for each in everybody if not only or any(word in each.name for word in only.split(","))]
    return contest(chosen, made.settings, work.outputs, rounds=rounds, folder=folder, say=say)


def batches(made: Ground, sizes: Iterable[int], *, records: int, rounds: int, folder: Path, say: Say) -> list[Lap]:
    """Let the router work through the same events in batches of several sizes."""
    work = WORKS["route"]
    count = load(made.settings, work.make(records))
    everybody = [
        ours(work.processor, count, name=f"batches of {size}", LIENTHONG_MAX_POLL_RECORDS=str(size)) for size in sizes
    ]
    return contest(everybody, made.settings, work.outputs, rounds=rounds, folder=folder, say=say)


def _streams(
    work: Work, made: Ground, count: int, guarantees: Iterable[str], *, folder: Path, say: Say
) -> list[Contender]:
    if not has_compiler(made.settings):
        say("Kafka Streams is left out: this machine's Java is no JDK (Debian: apt-get install default-jdk-headless)")
        return []
    class_path = streams_rival.class_path(made.settings, folder / "classes")
    return [
        streams_rival.contender(
            work.name, guarantee, count, made.settings, made.reference, source=work.source, class_path=class_path
        )
        for guarantee in guarantees
    ]
