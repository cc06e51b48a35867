"""Taking packets back, before and after the recipient took them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.settings import Settings
from schemas.events import Act, ContentRef
from tests.connectors.delivery_scene import Scene
from tests.connectors.life import COMMUNE, DELIVERY, DOCUMENT_ID, HEALTH, OTHER_DELIVERY, at

PACKET_NAME = f"{DELIVERY}.edxml"
OFFERED, RECEIVED = ("OFFERED", "renamed"), "RECEIVED"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an axis of one's own."""
    return Scene(Settings(var=tmp_path / "var"))


def taken(scene: Scene) -> None:
    """Take the packet out of the inbox, as a recipient's system does."""
    scene.packet().unlink()


def recall(scene: Scene) -> ContentRef:
    """Let the sender recall the delivery."""
    content = scene.keep(b"thu hoi")
    scene.take(scene.dispatched(act=Act.RECALL, content=content))
    return content


def note_of_recall(scene: Scene) -> tuple[bool, str]:
    """Return what the recall note says."""
    note = json.loads((scene.inbox() / f"{DELIVERY}.recall.json").read_bytes())
    return note["withdrawn"], note["sentence_vi"]


def test_a_recall_withdraws_what_nobody_took(scene: Scene) -> None:
    """The packet and its note are gone, a note says so, and nothing is ever received."""
    scene.take(scene.dispatched())

    recall(scene)

    assert [f"{DELIVERY}.recall.json"] == scene.names()
    assert (True, f"Bên gửi hoặc trục thu hồi văn bản {DOCUMENT_ID}. Gói tin chưa được lấy và đã được rút khỏi hộp nhận.") == note_of_recall(scene)  # fmt: skip
    assert () == scene.tick(at(30))
    assert () == scene.take(scene.acknowledged("02", 40))
    assert [OFFERED] == scene.facts()


def test_each_delivery_is_withdrawn_on_its_own(scene: Scene) -> None:
    """Two recipients share an inbox; both are recalled, one after the other."""
    for recipient in (HEALTH, COMMUNE):
        scene.take(scene.dispatched(recipient))

    for recipient in (HEALTH, COMMUNE):
        scene.take(scene.dispatched(recipient, act=Act.RECALL))

    assert [f"{each}.recall.json" for each in (DELIVERY, OTHER_DELIVERY)] == scene.names()


def test_a_recall_of_what_was_taken_leaves_a_note(scene: Scene) -> None:
    """The recipient has it: it is told, and has received it all the same."""
    scene.take(scene.dispatched())
    taken(scene)

    recall(scene)
    scene.tick(at(30))

    assert not note_of_recall(scene)[0]
    assert [OFFERED, (RECEIVED, "taken")] == scene.facts()


def test_a_recall_that_is_done_again_says_the_same(scene: Scene) -> None:
    """A crash after the packet was moved away: the next process does not take it for taken by the recipient."""
    scene.take(scene.dispatched())
    event = scene.dispatched(act=Act.RECALL)
    first = scene.look(event)
    (scene.inbox() / f"{DELIVERY}.recall.json").unlink()

    assert first == scene.look(event)
    assert [] == scene.names()
    scene.take(event)
    assert () == scene.tick(at(30))


def test_a_recall_cancels_what_still_waits(scene: Scene) -> None:
    """Never offered, and then recalled: the next try offers nothing and leaves nothing."""
    scene.inbox().parent.mkdir(parents=True)
    scene.inbox().touch()
    scene.take(scene.dispatched())
    scene.inbox().unlink()

    recall(scene)
    scene.tick(at(30))

    assert ([], [], {}) == (scene.facts(), scene.names(), scene.due)


def test_a_recall_while_an_update_waits_withdraws_the_first_version(scene: Scene) -> None:
    """The update could not be laid out (its bytes are missing); what lies there is the first version."""
    scene.take(scene.dispatched())
    scene.take(scene.dispatched(act=Act.UPDATE, content=replace(scene.content, sha256="e" * 64)))

    recall(scene)

    assert [f"{DELIVERY}.recall.json"] == scene.names()


def test_a_recall_of_an_inbox_that_is_away_is_tried_again(scene: Scene) -> None:
    """The folder for withdrawn packets cannot be made: the packet stays until it can."""
    scene.take(scene.dispatched())
    (scene.inbox() / ".withdrawn").touch()
    recall(scene)
    assert PACKET_NAME in scene.names()
    (scene.inbox() / ".withdrawn").unlink()

    scene.tick(at(4))

    assert [f"{DELIVERY}.recall.json"] == scene.names()
    assert {} == scene.due
