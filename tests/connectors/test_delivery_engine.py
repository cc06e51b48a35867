"""Delivery under the engine's contract: processes die between any two effects, and each packet is offered and received once."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.folders import SUFFIX, inbox
from infra.clock import FileClock, open_clock
from infra.content import open_content
from infra.settings import Settings
from schemas.events import DocumentAcknowledged, DocumentDispatched, DocumentReceived, Event, Milestone
from schemas.ids import delivery_id
from tests import axis
from tests.connectors import life
from tests.connectors.delivery_scene import HEALTH_INBOX, PACKET, PROVINCE_INBOX, STATUS
from tests.connectors.delivery_worker import deliver
from tests.shell.bench import Log, stepped

DIES_AT = (
    *("begun:2", "emitted:1", "emitted:2", "confirmed:1", "settled:1"),
    *("timer_begun:1", "timer_emitted:1", "timer_confirmed:1", "timer_settled:1"),
)
"""Between every two effects of a batch and of a round of timers."""

COUNT = 12


def dispatches(settings: Settings) -> list[DocumentDispatched]:
    """Return a document's dispatches to twelve recipients who share an inbox."""
    content = open_content(settings).put([PACKET], "application/octet-stream")
    codes = [f"000.00.{number:02}.H53" for number in range(60, 60 + COUNT)]
    return [life.dispatched(code, content=content, endpoint=HEALTH_INBOX) for code in codes]


def statuses(settings: Settings, sent: list[DocumentDispatched]) -> list[DocumentAcknowledged]:
    """Return what every other recipient says, before anybody looks into the inbox."""
    content = open_content(settings).put([STATUS], "application/octet-stream")
    return [life.said("01", 5, each.recipient, content=content) for each in sent[::2]]


def taken(settings: Settings, address: str) -> Iterator[str]:
    """Take everything out of an inbox."""
    for file in sorted(inbox(settings, address).glob(f"*{SUFFIX}")):
        file.unlink()
        yield file.name


def contents(events: list[Event]) -> dict[str, set[Event]]:
    """Return what was said under each event id, whenever it was written."""
    found = defaultdict(set)
    for event in events:
        found[event.event_id].add(replace(event, recorded_at=None))
    return found


def milestones(events: list[Event]) -> Counter[Milestone]:
    """Count the distinct facts by milestone."""
    facts = {each.event_id: each.milestone for each in events if isinstance(each, DocumentReceived)}
    return Counter(facts.values())


@pytest.mark.parametrize("point", DIES_AT)
def test_a_process_that_dies_repeats_nothing(tmp_path: Path, point: str) -> None:
    """Killed at each point, while the recipient empties its inbox: twelve packets and six statuses are seen once, facts agree."""
    settings, clock, log = Settings(var=tmp_path / "var"), stepped(tmp_path, life.at(6)), Log(tmp_path / "log")
    sent = dispatches(settings)
    for event in [*sent, *statuses(settings, sent)]:
        log.put(event)
    seen: Counter[str] = Counter()
    if point.startswith("timer"):
        asyncio.run(deliver(tmp_path))
        seen.update([*taken(settings, HEALTH_INBOX), *taken(settings, PROVINCE_INBOX)])
    worker = [sys.executable, "-m", "tests.connectors.delivery_worker", str(tmp_path), point]
    died = subprocess.run(worker, check=False, timeout=60, cwd=Path(__file__).parents[2])
    assert -signal.SIGKILL == died.returncode

    for minutes in range(3):
        clock.advance(life.at(7 + minutes))
        seen.update([*taken(settings, HEALTH_INBOX), *taken(settings, PROVINCE_INBOX)])
        asyncio.run(deliver(tmp_path))

    said = log.events("document.received")
    assert COUNT + COUNT // 2 == len(seen)
    assert {1} == set(seen.values())
    assert {1} == {len(each) for each in contents(said).values()}
    assert {Milestone.OFFERED: COUNT, Milestone.RECEIVED: COUNT} == milestones(said)
    assert [] == log.topic("dead-letter")


# -- the process itself, on the broker ---------------------------------------------------------------
class Process:
    """`python -m connectors deliver`, as the supervisor starts it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self._child = subprocess.Popen(
            [sys.executable, "-m", "connectors", "deliver"],
            env={**axis.environment(self._settings), "PATH": "", "LIENTHONG_TICK_SECONDS": "0.1"},
            cwd=Path(__file__).parents[2],
            stderr=subprocess.DEVNULL,
        )

    def end(self, number: int = signal.SIGKILL) -> int:
        """End it; return its exit code."""
        if self._child is None:
            return 0
        with suppress(ProcessLookupError):
            self._child.send_signal(number)
        return self._child.wait(20)


@pytest.fixture
def process(settings: Settings) -> Iterator[Process]:
    """Yield the process, and leave none behind."""
    one = Process(settings)
    yield one
    one.end()


def test_the_process_delivers_and_hears_of_it(settings: Settings, process: Process) -> None:
    """On the broker: offered; killed; taken while nobody looks; started again: received, and ended in order."""
    axis.open_axis(settings, at=life.at(6))
    sent = dispatches(settings)
    axis.write(settings, sent)
    process.start()
    box = inbox(settings, HEALTH_INBOX)
    axis.until(lambda: len(list(box.glob(f"*{SUFFIX}"))) == COUNT)
    axis.until(lambda: milestones(axis.events(settings, "document.received"))[Milestone.OFFERED] == COUNT)
    process.end()
    assert COUNT == len(list(taken(settings, HEALTH_INBOX)))
    clock = open_clock(settings)
    assert isinstance(clock, FileClock)
    clock.advance(life.at(6) + timedelta(minutes=1))

    process.start()

    axis.until(lambda: milestones(axis.events(settings, "document.received"))[Milestone.RECEIVED] == COUNT)
    said = axis.events(settings, "document.received")
    assert {1} == {len(each) for each in contents(said).values()}
    assert {delivery_id(life.KEY, each.recipient) for each in sent} == {
        each.delivery_id for each in said if isinstance(each, DocumentReceived)
    }
    assert 0 == process.end(signal.SIGTERM)
    assert [] == list(box.glob(f"*{SUFFIX}"))
