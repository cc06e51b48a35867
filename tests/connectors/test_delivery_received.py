"""When a packet was received: taken away, a receipt beside it, or the first status; once, with one moment."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from infra.settings import Settings
from schemas.events import DocumentReceived
from tests.connectors.delivery_scene import Scene
from tests.connectors.life import DELIVERY, PROVINCE, at

PACKET_NAME, NOTE_NAME = f"{DELIVERY}.edxml", f"{DELIVERY}.json"
OFFERED, RECEIVED = ("OFFERED", "renamed"), "RECEIVED"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an axis of one's own."""
    return Scene(Settings(var=tmp_path / "var"))


def taken(scene: Scene) -> None:
    """Take the packet out of the inbox, as a recipient's system does."""
    scene.packet().unlink()


def test_taken_away_is_received_once_at_the_moment_it_was_seen(scene: Scene) -> None:
    """While it lies there nothing is said; when it is gone, one receipt, dated when that was first seen."""
    scene.take(scene.dispatched())
    assert () == scene.tick(at(5))
    taken(scene)

    (event,) = scene.tick(at(6))

    assert isinstance(event, DocumentReceived)
    assert (RECEIVED, "taken", at(6), scene.content.sha256) == (
        event.milestone, event.how, event.occurred_at, event.sha256,
    )  # fmt: skip
    assert () == scene.tick(at(7))


def test_what_was_seen_keeps_its_moment(scene: Scene) -> None:
    """The timer waits for the log to be read; looking again every second, or a new process, does not move it."""
    scene.take(scene.dispatched())
    taken(scene)
    rows = {row: value for row, value in scene.rows.items() if row.startswith("open:")}
    changes = tuple(scene.core.notice(rows, at(6)))
    scene._keep(changes)

    again = {row: value for row, value in scene.rows.items() if row.startswith("open:")}

    assert 2 == len(changes)
    assert [] == list(scene.restart().core.notice(again, at(7)))
    assert [at(6)] == [each.occurred_at for each in scene.tick(at(8))]


def test_a_receipt_file_is_received_and_removed(scene: Scene) -> None:
    """A system that copies leaves `DELIVERY.receipt`; the packet is its own business."""
    scene.take(scene.dispatched())
    (scene.inbox() / f"{DELIVERY}.receipt").touch()

    scene.tick(at(6))

    assert [OFFERED, (RECEIVED, "receipt")] == scene.facts()
    assert [PACKET_NAME, NOTE_NAME] == scene.names()


def test_the_first_status_is_a_receipt(scene: Scene) -> None:
    """Who says 01 has the bytes: received when the axis took the status in; the file is left where it lies."""
    scene.take(scene.dispatched())

    scene.take(scene.acknowledged("01", 30))
    scene.take(scene.acknowledged("03", 31))

    assert [OFFERED, (RECEIVED, "status")] == scene.facts()
    assert at(30) == scene.said[-1].occurred_at
    assert PACKET_NAME in scene.names()


def test_what_was_seen_goes_before_a_status(scene: Scene) -> None:
    """Seen to be taken, then the status is read before the timer fires: taken, at the moment it was seen."""
    scene.take(scene.dispatched())
    taken(scene)
    rows = {row: value for row, value in scene.rows.items() if row.startswith("open:")}
    scene._keep(scene.core.notice(rows, at(6)))

    scene.take(scene.acknowledged("03", 31))
    scene.tick(at(40))

    assert [OFFERED, (RECEIVED, "taken")] == scene.facts()
    assert at(6) == scene.said[-1].occurred_at


def test_the_senders_own_status_is_no_receipt(scene: Scene) -> None:
    """13 is said by the sender: it proves nothing about the recipient."""
    scene.take(scene.dispatched())

    scene.take(scene.acknowledged("13", 30, said_by=PROVINCE))

    assert [OFFERED] == scene.facts()


def test_an_inbox_that_is_another_folder_proves_nothing(scene: Scene) -> None:
    """A share that is not mounted looks like an inbox from which all was taken: nothing is received, and the log says so once."""
    scene.take(scene.dispatched())
    scene.inbox().rename(scene.inbox().with_name("away"))
    assert () == scene.tick(at(5))
    scene.inbox().mkdir()

    with capture_logs() as lines:
        assert () == scene.tick(at(6))
        assert () == scene.tick(at(7))

    assert ["inbox_is_another"] == [line["event"] for line in lines]
