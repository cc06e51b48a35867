"""A connector's core looks outside: what it sees gets one moment, which survives a crash before it was acted on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.kafka.ends import NoAnswerError
from infra.kafka.records import Where
from schemas.events import DocumentReceived, Event, NotifyAttempted, TimerFired
from schemas.ids import event_id
from schemas.reference import Reference
from schemas.step import Change, Forget, Outcome, Put, Wake
from tests.shell.bench import Bench, Log, stepped
from tests.shell.cores import ACKNOWLEDGED, NOON, RECEIVED, received


class InboxCore:
    """Puts a file for each receipt; when somebody took it away, says when that was noticed."""

    notices = "open:"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keys(self, event: Event) -> Iterable[str]:
        """Name the delivery's row."""
        return (event.row if isinstance(event, TimerFired) else f"open:{event.key}",)

    def step(
        self, event: Event, known: Mapping[str, bytes], reference: Reference, now: datetime, prepared: Any = None
    ) -> Outcome:
        """Offer, or say that it was taken."""
        del reference, prepared  # the contract's
        if isinstance(event, DocumentReceived):
            (self._folder / event.key).touch()
            return Outcome(changes=(Put(f"open:{event.key}", b""),))
        assert isinstance(event, TimerFired)
        assert event.row in known
        said = NotifyAttempted(
            event_id=event_id("taken", event.row),
            occurred_at=now,
            alert_id=event.row,
            alert_event_id="",
            channel="",
            to_organ_id="",
            to_role="",
            message_id="",
            delivered=True,
            answer="taken",
        )
        return Outcome(events=(said,), changes=(Forget(event.row),))

    def notice(self, rows: Mapping[str, bytes], now: datetime) -> Iterable[Change]:
        """See which files are gone."""
        return [Wake(row, now) for row in rows if not (self._folder / row.removeprefix("open:")).exists()]


@pytest.fixture
def benches(database: str, tmp_path: Path) -> Iterator[tuple[Bench, Bench]]:
    """Yield two processes that share log, database, clock and folder."""
    log, clock = Log(tmp_path / "log"), stepped(tmp_path)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    both = tuple(Bench(log=log, url=database, clock=clock, core=InboxCore(inbox)) for _ in range(2))
    yield both[0], both[1]
    for bench in both:
        bench.close()


async def test_what_was_taken_is_said_once_at_the_moment_it_was_noticed(
    benches: tuple[Bench, Bench], tmp_path: Path
) -> None:
    """Ten offered, three taken at half past twelve, looked at twice: three facts, all of half past twelve."""
    bench, half_past = benches[0], NOON + timedelta(minutes=30)
    for number in range(10):
        bench.log.put(received(f"d{number}"))
    await bench.claim()
    await bench.drain()
    for number in range(3):
        (tmp_path / "inbox" / f"d{number}").unlink()
    bench.clock.advance(half_past)

    await bench.engine.tick()
    bench.clock.advance(half_past + timedelta(hours=1))
    await bench.engine.tick()

    said = {event.key: event.occurred_at for event in bench.log.events(ACKNOWLEDGED)}
    assert {f"open:d{number}": half_past for number in range(3)} == said
    assert {f"open:d{number}" for number in range(3, 10)} == set(bench.rows())


async def test_a_moment_noticed_survives_a_crash_before_it_is_acted_on(
    benches: tuple[Bench, Bench], tmp_path: Path
) -> None:
    """The process ends between noticing and saying; the next one says it an hour later, with the first one's moment."""
    first, second = benches
    first.log.put(received("d0"))
    await first.claim()
    await first.drain()
    (tmp_path / "inbox" / "d0").unlink()
    lane = next(lane for lane in first.engine.lanes.values() if first.log.read(Where(RECEIVED, lane.partition)))
    await first.engine._notice(lane)

    first.clock.advance(NOON + timedelta(hours=1))
    await second.claim()
    assert isinstance(second.core, InboxCore)
    second.core.notices = "nothing:"  # the second process need not see it again
    await second.engine.tick()

    assert [NOON] == [event.occurred_at for event in second.log.events(ACKNOWLEDGED)]


async def test_nothing_is_said_while_the_log_cannot_be_asked(
    benches: tuple[Bench, Bench], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the log's ends nothing is due: what was noticed waits with its moment."""
    bench = benches[0]
    bench.log.put(received("d0"))
    await bench.claim()
    await bench.drain()
    (tmp_path / "inbox" / "d0").unlink()

    def away(_wheres: Iterable[Where]) -> dict[Where, int]:
        raise NoAnswerError("away")

    monkeypatch.setattr(bench.log, "latest", away)
    await bench.engine.tick()

    assert [] == bench.log.events(ACKNOWLEDGED)
