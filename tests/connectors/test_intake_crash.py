"""Whatever ends intake, wherever: the next start says the same events again, and every file is put away."""

import signal
from datetime import timedelta

import pytest

from connectors.folders import taken_name
from infra.clock import open_clock
from infra.settings import Settings
from schemas.events import Event
from tests.axis import MORNING, open_axis, until
from tests.connectors.doorway import Doorway, at_endpoint, intake, process
from tests.connectors.packets import document, status

PACKETS = {
    "document.edxml": document(1),
    "status.edxml": status(number=1),
    "unreadable.edxml": b"<not edxml",
    "secret.edxml": document(2, subject="Tuyệt mật"),
}
POINTS = ("taken", "stored", "emitted", "confirmed", "receipted")


@pytest.fixture
def doorway(settings: Settings) -> Doorway:
    """Return the door of a client system on an axis with directory and secrecy rules."""
    open_axis(settings, kinds=("directory", "secrecy"))
    return at_endpoint(settings, "h53")


def said(doorway: Doorway) -> dict[str, list[Event]]:
    """Return every event by its id."""
    found: dict[str, list[Event]] = {}
    for event in doorway.events():
        found.setdefault(event.event_id, []).append(event)
    return found


@pytest.mark.parametrize("point", POINTS)
def test_killed_between_effects_it_says_the_same_again(doorway: Doorway, point: str) -> None:
    """Killed once; an hour later by the axis' clock the next start repeats ids, contents and moments."""
    for name, packet in PACKETS.items():
        doorway.drop(packet, name)
    with process(doorway.settings, LIENTHONG_CRASH_AT=f"{point}:1") as killed:
        assert -signal.SIGKILL == killed.wait(60)
    before = said(doorway)
    open_clock(doorway.settings).advance(MORNING + timedelta(hours=1))
    with process(doorway.settings) as second:
        until(lambda: len(doorway.receipts()) == len(PACKETS) and not doorway.unfinished())
        second.terminate()
        assert 0 == second.wait(20)
    found = said(doorway)

    assert len(PACKETS) == len(found)
    assert set(before) <= set(found)
    for repeated in found.values():
        assert [repeated[0]] * len(repeated) == repeated
        assert MORNING == repeated[0].occurred_at
    if point in ("confirmed", "receipted"):
        assert len(PACKETS) == len(before)
        assert {2} == {len(repeated) for repeated in found.values()}


def test_asked_to_stop_it_leaves_the_rest(doorway: Doorway) -> None:
    """SIGTERM in the middle of 100 packets: an end in good order, and after the next start each packet was said once."""
    for number in range(100):
        doorway.drop(document(number), f"{number}.edxml")
    with process(doorway.settings) as first:
        until(lambda: bool(doorway.receipts()))
        first.terminate()
        assert 0 == first.wait(20)
    halfway = len(doorway.receipts())
    with process(doorway.settings) as second:
        until(lambda: len(doorway.receipts()) == 100 and not doorway.unfinished())
        second.terminate()
        assert 0 == second.wait(20)

    assert halfway < 100
    assert 100 == len(said(doorway))


def test_what_was_left_in_work_is_finished_first(doorway: Doorway) -> None:
    """A file that an earlier process took keeps its moment; it goes before what came later."""
    doorway.drop(document(1), "a.edxml")
    doorway.door.work.mkdir()
    earlier = taken_name("a.edxml", MORNING - timedelta(hours=1))
    (doorway.door.folder / "a.edxml").rename(doorway.door.work / earlier)
    doorway.drop(document(2), "b.edxml")
    with intake(doorway.settings) as one:
        one.round()

    assert ["2026-11-23T08:00:00+07:00", "2026-11-23T09:00:00+07:00"] == [each["at"] for each in doorway.receipts()]
