"""Delivery to folders: a packet lies in an inbox once, whatever happens in between."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.delivery.inbox import Inbox, mark_of
from infra.settings import Settings
from schemas.events import Act, DocumentReceived
from tests.connectors.delivery_scene import HEALTH_INBOX, PACKET, Scene
from tests.connectors.life import DELIVERY, DOCUMENT_ID, HEALTH, PROVINCE, at, later

PACKET_NAME, NOTE_NAME = f"{DELIVERY}.edxml", f"{DELIVERY}.json"
OFFERED, RECEIVED = ("OFFERED", "renamed"), "RECEIVED"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an axis of one's own."""
    return Scene(Settings(var=tmp_path / "var"))


def taken(scene: Scene) -> None:
    """Take the packet out of the inbox, as a recipient's system does."""
    scene.packet().unlink()


def test_a_dispatch_lays_note_and_packet_into_the_inbox(scene: Scene) -> None:
    """The recipient sees a packet with the sender's bytes and a note that says what a document system must know."""
    (event,) = scene.take(scene.dispatched())

    note = json.loads((scene.inbox() / NOTE_NAME).read_bytes())
    assert [PACKET_NAME, NOTE_NAME] == scene.names()
    assert PACKET == scene.packet().read_bytes()
    assert (DELIVERY, DOCUMENT_ID, PROVINCE, HEALTH) == tuple(
        note[name] for name in ("delivery_id", "document_id", "sender", "recipient")
    )
    assert ("normal", "V/v rà soát", None, hashlib.sha256(PACKET).hexdigest()) == tuple(
        note[name] for name in ("urgency", "subject", "due_on", "sha256")
    )
    assert isinstance(event, DocumentReceived)
    assert (DELIVERY, scene.content.sha256, HEALTH_INBOX, at(3)) == (
        event.delivery_id, event.sha256, event.endpoint, event.occurred_at,
    )  # fmt: skip
    assert [OFFERED] == scene.facts()


def test_the_note_is_there_before_the_packet(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever a recipient sees a packet, its note lies beside it: nothing appears under the packet's name before."""
    seen = []
    before = Path.replace

    def replacing(path: Path, target: Path) -> Path:
        seen.append((target.name, scene.names()))
        return before(path, target)

    monkeypatch.setattr(Path, "replace", replacing)
    scene.take(scene.dispatched())

    assert [(NOTE_NAME, []), (PACKET_NAME, [NOTE_NAME])] == seen


def test_the_packet_is_a_copy(scene: Scene) -> None:
    """What a recipient does to its file changes nothing in the content store."""
    scene.take(scene.dispatched())
    scene.packet().write_bytes(b"changed by the recipient")

    assert PACKET == scene.store.read(scene.content.sha256)


def test_offered_once_although_stepped_twice(scene: Scene) -> None:
    """A process dies after the effect and before its transaction: the next one says the same and lays nothing out again."""
    first = scene.look(scene.dispatched())
    taken(scene)

    second = scene.restart().look(scene.dispatched())

    assert first == second
    assert [NOTE_NAME] == scene.names()


def test_a_crash_between_mark_and_rename_is_finished(scene: Scene) -> None:
    """The mark is written and the packet lies beside it: the next process renames it, and does not copy again."""
    event = scene.dispatched()
    box, mark = Inbox(scene.inbox()), mark_of(event)

    def half_way(file: Path) -> None:
        file.write_bytes(PACKET)

    box.lay(PACKET_NAME, mark, half_way, at(3))
    scene.packet().rename(scene.inbox() / ".offered" / f"{mark}.part")
    scene.store.path(scene.content.sha256).unlink()

    scene.take(event)

    assert PACKET == scene.packet().read_bytes()
    assert [OFFERED] == scene.facts()


def test_a_repeat_on_the_log_changes_nothing(scene: Scene) -> None:
    """The router wrote the same dispatch twice; the recipient has taken the first: no second offer, no second receipt."""
    scene.take(scene.dispatched())
    taken(scene)
    scene.tick(at(10))

    scene.take(later(scene.dispatched(), 60))

    assert [OFFERED, (RECEIVED, "taken")] == scene.facts()
    assert [NOTE_NAME] == scene.names()


def test_a_state_made_anew_repeats_the_facts_and_lays_nothing_out(scene: Scene) -> None:
    """All rows are lost after a delivery was taken; reading the topics again gives the same events, moments included."""
    scene.take(scene.dispatched())
    taken(scene)
    scene.tick(at(10))

    anew = Scene(scene.settings)
    anew.take(scene.dispatched())
    anew.tick(at(90))

    assert scene.said == anew.said
    assert [NOTE_NAME] == anew.names()


def test_a_state_made_anew_repeats_what_was_said_late(scene: Scene) -> None:
    """Offered only at the second try, received by a status while the packet still lies there: the same moments again."""
    scene.inbox().parent.mkdir(parents=True)
    scene.inbox().touch()
    scene.take(scene.dispatched())
    scene.inbox().unlink()
    scene.tick(at(5))
    scene.take(scene.acknowledged("01", 30))

    anew = Scene(scene.settings)
    anew.take(scene.dispatched())

    assert [OFFERED, (RECEIVED, "status")] == scene.facts()
    assert scene.said == anew.said


def test_a_state_made_anew_does_not_take_withdrawn_for_taken(scene: Scene) -> None:
    """The recall is still to be read; the packet is gone because the axis took it back."""
    scene.take(scene.dispatched())
    scene.take(scene.dispatched(act=Act.RECALL))

    anew = Scene(scene.settings)
    anew.take(scene.dispatched())

    assert () == anew.tick(at(30))


def test_an_update_takes_the_place_of_a_packet_that_nobody_took(scene: Scene) -> None:
    """The new version lies there alone, and what is received is its digest."""
    scene.take(scene.dispatched())
    newer = scene.keep(b"phien ban hai")
    scene.take(scene.dispatched(act=Act.UPDATE, content=newer))
    assert b"phien ban hai" == scene.packet().read_bytes()
    taken(scene)

    (event,) = scene.tick(at(10))

    assert [OFFERED, OFFERED, (RECEIVED, "taken")] == scene.facts()
    assert isinstance(event, DocumentReceived)
    assert newer.sha256 == event.sha256


@pytest.fixture(autouse=True)
def _nothing_half_written(tmp_path: Path) -> Iterator[None]:
    """No test leaves half a file that a recipient could see."""
    yield
    assert [] == [each for each in tmp_path.rglob("inbox/*.part") if each.name[0] != "."]
