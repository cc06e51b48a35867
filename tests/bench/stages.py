"""Where the microseconds of an event go: the steps of a batch by hand, one after the other in one thread, CPU time of each."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.clock import open_clock
from infra.kafka import clients
from infra.kafka.outbox import Outbox
from infra.kafka.records import Message
from infra.kafka.sealing import seal
from infra.kafka.stepping import Overlay
from infra.state import METADATA, Plan, State, open_database
from processors.topology import FLOWS
from schemas import codec
from schemas.events import Event
from tests.axis import MORNING
from tests.bench.ground import Ground
from tests.bench.prepared import WORKS

BATCH = 2_000


class Stages:
    """Takes batches as the engine does, and looks at the clock in between."""

    def __init__(self, name: str, made: Ground, folder: Path) -> None:
        self._work, self._reference = WORKS[name], made.reference
        self._core, self._clock = FLOWS[self._work.processor].core(), open_clock(made.settings)
        self._state = State(open_database(f"sqlite:///{folder / name}-stages.sqlite", METADATA), "stages")
        self._outbox = Outbox(clients.producer(made.settings), app="stages", prefix=made.settings.topic_prefix)
        self._epoch, self._last = self._state.claim(0, {self._work.source: 0}).epoch, -1
        self._spent: Counter[str] = Counter()

    def measure(self, records: int) -> Mapping[str, float]:
        """Return stage -> CPU microseconds an event; the first batch warms up and does not count."""
        ready = [seal(event, app="bench", clock=self._clock, now=MORNING) for event in self._work.make(records + BATCH)]
        self._take(ready[:BATCH])
        self._spent.clear()
        for at in range(BATCH, len(ready), BATCH):
            self._take(ready[at : at + BATCH])
        self._state.engine.dispose()
        return {stage: spent / 1e3 / (len(ready) - BATCH) for stage, spent in self._spent.items()}

    def _take(self, raw: Sequence[Message]) -> None:
        through = self._last + len(raw)
        with self._stage("decode"):
            events = [codec.decode(each.topic, each.key, each.value, each.headers) for each in raw]
        keys = [tuple(self._core.keys(event)) for event in events]
        with self._stage("SQL: plan and read"):
            wanted = [row for some in keys for row in some]
            known = self._state.begin(0, self._epoch, Plan(topic=self._work.source, through=through), wanted)
        overlay, said = Overlay(known), list[Event]()
        with self._stage("core"):
            for event, some in zip(events, keys, strict=True):
                outcome = self._core.step(event, overlay.known(some), self._reference, MORNING)
                said += outcome.events
                overlay.apply(outcome.changes)
        with self._stage("encode"):
            ready = [seal(each, app="stages", clock=self._clock, now=MORNING) for each in said]
        with self._stage("produce and confirm"):
            self._outbox.write(ready)
        with self._stage("SQL: rows and position"):
            self._state.settle(
                0, self._epoch, overlay.changes, topic=self._work.source, expected=self._last, last=through
            )
        self._last = through

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        started = time.process_time_ns()
        yield
        self._spent[name] += time.process_time_ns() - started
