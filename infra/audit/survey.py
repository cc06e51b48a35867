"""The whole audit of a log, of any length: read once, put on shelves by document, judged shelf after shelf, on all cores."""

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from infra.audit.books import Books
from infra.audit.contents import Checked, check
from infra.audit.entering import enter
from infra.audit.facts import Fact, Name
from infra.audit.law import Findings, judge_log, judge_names, judge_things
from infra.audit.log import Log, Moment, Names, Where
from infra.audit.reading import NO_MESSAGE, read
from infra.audit.shelves import Shelves, room, taken_from
from infra.kafka import clients
from infra.kafka.tail import Row, Tail
from infra.settings import Settings
from infra.supervise.child import die_with_parent
from schemas.topics import TOPICS

Ends = Mapping[tuple[str, int], int]
T = TypeVar("T")

ALONE = 50_000
"""Records that one process reads as soon as others are started."""

ON_A_SHELF = 50_000
"""Records whose facts are judged at once: what the audit needs of memory."""

SHELVES = 200
"""At most, for each is a file or two of each reader."""

READING: Mapping[str, Any] = {
    "check.crcs": True,
    "queued.max.messages.kbytes": 4_096,
    "fetch.max.bytes": 1_048_576,
    "fetch.message.max.bytes": 262_144,
    "fetch.queue.backoff.ms": 10,
}
"""The broker's checksums are checked too; what is fetched ahead is bounded, and fetched again soon: by default a full queue rests for a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the audit is asked."""

    since: Moment | None = None
    """Documents and statuses that were handed over before are not named."""

    settled_by: Moment | None = None
    """What was handed over later may be under way: it is not called lost."""

    contents: bool = True
    """Whether the content store is checked too."""

    jobs: int = 0
    """Processes; 0: as many as there are cores, but one for a short log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the log says."""

    found: Findings
    counts: Mapping[str, int]
    """Topic -> distinct events."""

    repeats: int
    records: int
    dead_letters: Mapping[str, int]
    contents: Checked
    ends: Ends
    """(topic, partition) -> the offset after the last record that was judged."""

    seconds: Mapping[str, float]
    """Reading, and judging with the contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What all processes are told."""

    settings: Settings
    asked: Asked
    folder: Path
    jobs: int
    shelves: int
    ends: Ends

    def shares(self) -> Iterator[range]:
        """Yield the shelves that each job judges."""
        return (range(number, self.shelves, self.jobs) for number in range(self.jobs))


@dataclass(slots=True)
class _Named:
    """What the ids of some shelves say."""

    counts: dict[str, int] = field(default_factory=dict)
    repeats: int = 0
    conflicts: list[str] = field(default_factory=list)
    others: set[Where] = field(default_factory=set)

    def add(self, other: "_Named | Names") -> None:
        for topic, count in other.counts.items():
            self.counts[topic] = self.counts.get(topic, 0) + count
        self.repeats += other.repeats
        self.conflicts += other.conflicts
        self.others |= other.others


def survey(settings: Settings, asked: Asked) -> Answer:
    """Read the log as it is now and judge it; raise `EnvironmentFaultError` without Kafka."""
    clients.require_answer(settings)
    started = time.monotonic()
    ends, records = _extent(settings)
    jobs = asked.jobs or (1 if records < ALONE else os.cpu_count() or 1)
    shelves = min(SHELVES, 1 + records // ON_A_SHELF)
    with room() as folder, _workers(jobs) as workers:
        work = _Work(settings=settings, asked=asked, folder=folder, jobs=jobs, shelves=shelves, ends=ends)
        log, named = Log(), _Named()
        for part in workers.each(range(jobs), _gather, work):
            log.add(part)
        read_in = time.monotonic() - started
        for names in workers.each(work.shares(), _compare, work, log.not_events(NO_MESSAGE)):
            named.add(names)
        found, contents = judge_names(named.conflicts) + judge_log(log), Checked()
        for part_found, checked in workers.each(work.shares(), _judge, work, log, named.others):
            found, contents = found + part_found, contents + checked
    return Answer(
        found=found,
        counts=named.counts,
        repeats=named.repeats,
        records=records,
        dead_letters=log.dead_letters,
        contents=contents,
        ends=ends,
        seconds={"reading": round(read_in, 2), "judging": round(time.monotonic() - started - read_in, 2)},
    )


def _extent(settings: Settings) -> tuple[Ends, int]:
    """Return where the log ends now, and how many offsets it has."""
    tail = Tail(settings, [topic.name for topic in TOPICS])
    try:
        ends = tail.ends()
        return ends, sum(end - tail.positions[where] for where, end in ends.items())
    finally:
        tail.close()


def _gather(number: int, work: _Work) -> Log:
    """Read this job's share of the partitions and put away what their records say."""
    mine = {where: end for where, end in work.ends.items() if where[1] % work.jobs == number}
    only = {partition for _, partition in mine}
    tail = Tail(work.settings, [topic.name for topic in TOPICS], only=only, **READING)
    try:
        with (
            Shelves(work.folder, "names", number, work.shelves) as names,
            Shelves(work.folder, "facts", number, work.shelves) as facts,
        ):

            def keep(name: Name, fact: tuple[str, Fact] | None) -> None:
                names.put(name[1], name)
                if fact is not None:
                    facts.put(*fact)

            return read(chain.from_iterable(_until(tail, mine)), keep)
    finally:
        tail.close()


def _until(tail: Tail, ends: Ends) -> Iterator[Sequence[Row]]:
    """Yield batches, without what was written after the audit began."""
    for rows in tail.rows_until(ends):
        beyond = any(tail.positions[where] > end for where, end in ends.items())
        yield [row for row in rows if row[2] < ends[row[0], row[1]]] if beyond else rows


def _compare(shelves: Iterable[int], work: _Work, no_events: frozenset[Where]) -> _Named:
    """Compare the contents under each event id."""
    found = _Named()
    for shelf in shelves:
        names = Names()
        names.note(each for each in taken_from(work.folder, "names", shelf) if each[0] not in no_events)
        found.add(names)
    return found


def _judge(shelves: Iterable[int], work: _Work, log: Log, others: set[Where]) -> tuple[Findings, Checked]:
    """Judge some shelves, and the contents that their events refer to."""
    found, contents, no_events = Findings(), Checked(), log.not_events(NO_MESSAGE)
    for shelf in shelves:
        books = Books(log=log)
        enter(books, taken_from(work.folder, "facts", shelf), leave_out=no_events, others=others)
        found += judge_things(books, since=work.asked.since, settled_by=work.asked.settled_by)
        checked = check(books.contents, work.settings, look=work.asked.contents)
        contents, found = contents + checked, found + checked.findings
    return found, replace(contents, findings=Findings())


class _Workers:
    """Runs a function once for each share of the work: in processes, or here if there is only one."""

    def __init__(self, pool: Executor | None = None) -> None:
        self._pool = pool

    def each(self, shares: Iterable[object], do: Callable[..., T], *more: object) -> Iterator[T]:
        """Yield what the function returns for each share."""
        if self._pool is None:
            return (do(share, *more) for share in shares)
        futures: list[Future[T]] = [self._pool.submit(do, share, *more) for share in shares]
        return (future.result() for future in futures)


@contextmanager
def _workers(jobs: int) -> Iterator[_Workers]:
    if jobs == 1:
        yield _Workers()
        return
    # Spawned: a fork would take the threads of Kafka's client along. What they make has no cycles; looking for some costs a third.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin) as pool:
        yield _Workers(pool)


def _begin() -> None:
    """Make a new process ready; it ends with the one that asked for it, however that one ends."""
    die_with_parent()
    gc.disable()
