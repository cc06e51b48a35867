"""The axis' own processes on a log that somebody poisons: what is written, what each process makes of it, whether it stays up."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.clock import open_clock
from infra.kafka import clients
from infra.kafka.dead_letters import DeadLetter, read_dead_letters
from infra.kafka.ends import BrokerEnds
from infra.kafka.history import Place
from infra.kafka.records import Where
from infra.kafka.sealing import seal
from infra.settings import Settings
from infra.state import positions_of
from processors.topology import FLOWS
from schemas.events import Event
from schemas.topics import BY_NAME, read_by
from tests import axis
from tests.kafka.poison import Poison, neighbours

ROOT = Path(__file__).parents[2]
GRACE_SECONDS = 30.0
QUICK = {"LIENTHONG_TICK_SECONDS": "0.2", "LIENTHONG_SMTP_PORT": "9", "LIENTHONG_POOL_WORKERS": "1"}


@dataclass
class Written:
    """What lies on the log."""

    poison: dict[Place, Poison] = field(default_factory=dict)
    good: dict[Place, Event] = field(default_factory=dict)


def write(settings: Settings, poisons: Mapping[str, Iterable[Poison]]) -> Written:
    """Write each topic's poison into the partition of a valid message, between it and another one."""
    written, clock = Written(), open_clock(settings)
    producer = clients.producer(settings, **{"message.max.bytes": 64 * 1024 * 1024})

    def put(topic: str, key: Any, value: Any, headers: Any, partition: int = -1) -> Place:
        places: list[Place] = []

        def report(error: Any, message: Any) -> None:
            assert error is None, error
            places.append(Place(topic, message.partition(), message.offset()))

        producer.produce(settings.topic_prefix + topic, value, key, partition, headers=headers, on_delivery=report)
        assert 0 == producer.flush(30)
        return places[0]

    for topic, bad in poisons.items():
        before, after = neighbours(topic)
        sealed = [seal(event, app="test", clock=clock) for event in (before, after)]
        first = put(topic, sealed[0].key, sealed[0].value, sealed[0].headers)
        written.good[first] = before
        for each in bad:
            written.poison[put(topic, each.key, each.value, each.headers, first.partition)] = each
        written.good[put(topic, sealed[1].key, sealed[1].value, sealed[1].headers)] = after
    return written


@dataclass
class Process:
    """One process of the axis, as the supervisor starts it."""

    settings: Settings
    name: str
    child: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it says."""
        return self.settings.var / f"{self.name}.log"

    def start(self) -> None:
        """Start it."""
        module = "processors" if self.name in FLOWS else "connectors"
        self.settings.var.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.child = subprocess.Popen(
                [sys.executable, "-m", module, self.name],
                env={**axis.environment(self.settings), **QUICK, "PATH": os.environ.get("PATH", "")},
                cwd=ROOT,
                stdout=out,
                stderr=out,
            )

    def end(self) -> int:
        """Ask it to end; return its exit code, or what it had ended with by itself."""
        assert self.child is not None
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            return self.child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait()


@contextmanager
def running(settings: Settings, names: Iterable[str]) -> Iterator[list[Process]]:
    """Run processes; at the end each must still be the one that was started, and end in order."""
    processes = [Process(settings, name) for name in names]
    for each in processes:
        each.start()
    try:
        yield processes
    finally:
        codes = {each.name: each.end() for each in processes}
    said = {each.name: each.log.read_text(errors="replace")[-2_000:] for each in processes if codes[each.name]}
    assert {} == said


def wait_until_read(settings: Settings, processes: Iterable[Process], *, seconds: float) -> None:
    """Wait until the processes have settled all that lies on their topics, what they wrote for each other included."""
    ends, processes = BrokerEnds(settings), list(processes)
    states = {each.name: positions_of(settings, each.name) for each in processes}

    def all_read() -> bool:
        for each in processes:
            assert each.child is not None
            assert each.child.poll() is None, each.log.read_text(errors="replace")[-3_000:]
            wheres = [Where(topic.name, number) for topic in read_by(each.name) for number in range(topic.partitions)]
            settled = states[each.name].read()
            if any(
                settled.get((where.topic, where.partition), -1) + 1 < end for where, end in ends.latest(wheres).items()
            ):
                return False
        return True

    axis.until(all_read, seconds=seconds)


def letters(settings: Settings) -> dict[Place, dict[str, DeadLetter]]:
    """Return record -> stage -> its dead letter."""
    found: dict[Place, dict[str, DeadLetter]] = defaultdict(dict)
    for letter in read_dead_letters(settings):
        assert letter.stage not in found[letter.place], "one letter of one stage"
        found[letter.place][letter.stage] = letter
    return found


def expected(written: Written, names: Iterable[str]) -> dict[Place, dict[str, str]]:
    """Return record -> stage -> reason: every consumer of the topic that runs buries what is no event."""
    running_ones = set(names)
    found = {}
    for place, poison in written.poison.items():
        stages = running_ones & set(BY_NAME[place.topic].consumers)
        if poison.reason and stages:
            found[place] = dict.fromkeys(sorted(stages), poison.reason)
    return found
