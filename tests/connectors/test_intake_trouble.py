"""When the disk is full, the broker away, a door unreadable or the reader broken: nothing is lost, and it is said once."""

import errno
from collections.abc import Iterable
from typing import Any, BinaryIO

import pytest
from structlog.testing import capture_logs

from connectors.intake import queue
from connectors.intake.queue import Queue
from infra.clock import open_clock
from infra.content import DirectoryStore
from infra.kafka.outbox import NotConfirmedError
from infra.settings import Settings
from schemas.events import ContentRef
from tests.axis import until
from tests.connectors.doorway import at_endpoint, at_hand, intake, prepare
from tests.connectors.packets import document


class FullDisk(DirectoryStore):
    """A store without room, until somebody frees some."""

    full = True

    def put(self, content: Iterable[bytes] | BinaryIO, media_type: str) -> ContentRef:
        """Store, if there is room."""
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().put(content, media_type)


class BrokenStore(DirectoryStore):
    """A bug that certain bytes reach."""

    def put(self, content: Iterable[bytes] | BinaryIO, media_type: str) -> ContentRef:
        """Break."""
        raise ZeroDivisionError(f"a word of the packet ({media_type}, {content})")


@pytest.fixture
def axis(settings: Settings) -> Settings:
    """Return the settings of an axis whose topics are there."""
    prepare(settings)
    return settings


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon."""
    monkeypatch.setattr(queue, "FIRST_SECONDS", 0.05)


def test_a_full_disk_loses_nothing_and_is_told_once(axis: Settings) -> None:
    """Three packets wait in `work/` while there is no room; they go on when there is some."""
    doorway, store = at_hand(axis), FullDisk(axis.content_folder)
    for number in range(3):
        doorway.drop(document(number), f"{number}.edxml")
    with capture_logs() as logs, intake(axis, content=store) as one:
        until(lambda: bool(one.round()) or one.tried > 9)
        waiting = doorway.unfinished()
        store.full = False
        until(lambda: one.round() == 0 and not doorway.unfinished())

    assert 3 == len(waiting)
    assert 3 == len(doorway.receipts()) == len(doorway.events())
    assert ["No space left on device"] == [each["why"] for each in logs if each["event"] == "packet_not_taken_in"]


def test_a_broker_that_is_away_moves_nothing(axis: Settings) -> None:
    """Nothing is confirmed, so no receipt is written; when it answers again, the same event is."""
    doorway = at_hand(axis)
    doorway.drop(document())
    away = axis.model_copy(update={"kafka_bootstrap": "127.0.0.1:9"})
    quick: dict[str, Any] = {"message.timeout.ms": 300}
    with intake(away, **quick) as one, pytest.raises(NotConfirmedError):
        one.round()
    left = doorway.unfinished()
    with intake(axis) as one:
        one.round()

    assert 1 == len(left)
    assert True is doorway.receipt()["accepted"]
    assert 1 == len(doorway.events())


def test_an_unreadable_door_keeps_nobody_waiting(axis: Settings) -> None:
    """The folder of one endpoint is a file; another one's packets pass. It is told once, and told anew after it was mended."""
    broken, doorway = at_endpoint(axis, "h53-01"), at_endpoint(axis, "h53-02")
    broken.door.folder.parent.mkdir(parents=True)
    broken.door.folder.write_bytes(b"")
    doorway.drop(document())
    with capture_logs() as logs, intake(axis) as one:
        done = [one.round(), one.round()]

    assert [1, 0] == done
    assert ["folder:h53-01"] == [each["door"] for each in logs if each["event"] == "door_not_looked_into"]


def test_a_packet_that_breaks_the_reader_is_refused_in_the_end(axis: Settings) -> None:
    """Three tries, then the sender is told; the words of the exception, which may be the packet's, are never logged."""
    doorway = at_hand(axis)
    doorway.drop(document())
    with capture_logs() as logs, intake(axis, content=BrokenStore(axis.content_folder)) as one:
        until(lambda: bool(one.round()))

    assert "INTERNAL_ERROR" == doorway.receipt()["refusal"]["code"]
    assert ["ZeroDivisionError"] == [each["error"] for each in logs if each["event"] == "packet_not_taken_in"]
    assert "a word of the packet" not in str(logs)


def test_another_intakes_file_is_left_to_it_for_a_while(axis: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What appears in `work/` after our start is somebody else's; after a minute it is ours."""
    doorway = at_hand(axis)
    found = Queue(lambda: [doorway.door], open_clock(axis))
    doorway.door.work.mkdir(parents=True)
    first = found.next(10)
    (doorway.door.work / "a~1700000000000000.edxml").write_bytes(document())
    waits = found.next(10)
    monkeypatch.setattr("connectors.intake.queue.time.monotonic", lambda: 1e9)

    assert ([], []) == (first, waits)
    assert ["a.edxml"] == [each.given for each in found.next(10)]


def test_no_door_starves(axis: Settings) -> None:
    """One door with a hundred packets, another with one: the round takes some of each."""
    busy, other = at_endpoint(axis, "h53-01"), at_endpoint(axis, "h53-02")
    for number in range(100):
        busy.drop(document(number), f"{number}.edxml")
    other.drop(document())
    taken = Queue(lambda: [busy.door, other.door], open_clock(axis)).next(10)

    assert {"folder:h53-01": 5, "folder:h53-02": 1} == {
        name: sum(each.door.principal == name for each in taken) for name in ("folder:h53-01", "folder:h53-02")
    }
