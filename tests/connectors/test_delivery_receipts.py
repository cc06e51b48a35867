"""Follow-up receipts: the sender's system finds beside its packet what became of it, in words, the same however often it is told."""

from pathlib import Path
from typing import Any

import pytest

from connectors.folders import HAND, hand_door
from connectors.receipts import note_digest
from infra.settings import Settings
from schemas.events import Act, DocumentRepeated, Event, Stage
from schemas.ids import event_id
from schemas.reasons import sentence_vi
from tests.connectors.delivery_scene import HEALTH_INBOX, PACKET, PROVINCE_INBOX, Scene
from tests.connectors.life import (
    COMMUNE,
    DELIVERY,
    DOCUMENT_ID,
    HEALTH,
    KEY,
    NOBODY,
    PROVINCE,
    held,
    later,
    made,
    not_routed,
    refused,
)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an axis of one's own."""
    return Scene(Settings(var=tmp_path / "var"))


def repeated(scene: Scene, **fields: Any) -> DocumentRepeated:
    """Answer the same bytes with the first outcome."""
    own: dict[str, Any] = {
        "document_key": KEY,
        "document_id": DOCUMENT_ID,
        "sha256": scene.content.sha256,
        "sender": PROVINCE,
    }
    own |= {"submitted_by": "folder:h53", "first_event_id": event_id("first"), "deliveries": (DELIVERY,)}
    return made(DocumentRepeated, 60, **own | fields)


def every_event(scene: Scene) -> list[Event]:
    """Return one event of each kind that a sender is told about."""
    sha256 = scene.content.sha256
    return [
        held(content=scene.content),
        refused(sha256=sha256),
        refused("RECIPIENT_UNKNOWN", subject=f"{KEY}-{NOBODY}", stage=Stage.ROUTING, addressed=NOBODY, sha256=sha256),
        scene.dispatched(),
        scene.dispatched(COMMUNE, endpoint="h53-31-21"),
        scene.dispatched(act=Act.RECALL),
        scene.acknowledged("03", 30),
        repeated(scene),
    ]


def test_every_outcome_has_a_receipt_of_its_own(scene: Scene) -> None:
    """Eight events, eight files beside the packet; each says what, who must act and when, and speaks Vietnamese."""
    door = scene.hand_over()
    for event in every_event(scene):
        scene.take(event)

    receipts = scene.receipts(door)

    assert {
        "held": "axis", "refused": "sender", "dispatched": "recipient", "acknowledged": "recipient", "repeated": "",
    } == {each["what"]: each["who_must_act"] for each in receipts.values()}  # fmt: skip
    assert len(every_event(scene)) == len(receipts)
    assert all(name.startswith(f"vb~1.{each['what']}-") for name, each in receipts.items())
    assert {(DOCUMENT_ID, scene.content.sha256)} == {
        (each["document_id"], each["digest"]) for each in receipts.values()
    }
    assert {event.event_id for event in every_event(scene)} == {each["event_id"] for each in receipts.values()}
    assert all(each["sentence_vi"] and each["at"].endswith("+07:00") for each in receipts.values())


def sentence(scene: Scene, event: Event) -> str:
    """Return what the sender reads about one event."""
    door = scene.hand_over()
    scene.take(event)
    (receipt,) = scene.receipts(door).values()
    return str(receipt["sentence_vi"])


def test_the_sentences(scene: Scene) -> None:
    """They are read by clerks: what happened, to whom, and when it is tried again."""
    assert sentence(scene, held(content=scene.content)) == (
        f"Văn bản đang được giữ lại, chưa đủ căn cứ xác thực. {sentence_vi('CRL_STALE')} "
        "Trục sẽ thử lại lúc 12:10 23/11/2026."
    )


def test_a_dispatch_names_the_recipient(scene: Scene) -> None:
    """One receipt a recipient."""
    assert f"tới cơ quan {HEALTH}" in sentence(scene, scene.dispatched())


def test_a_status_is_told_with_its_meaning_and_reason(scene: Scene) -> None:
    """By the digest of the dispatch, for the status itself knows only the delivery."""
    scene.take(scene.dispatched())
    event = scene.acknowledged("02", 30, reason="Không thuộc thẩm quyền")

    told = sentence(scene, event)

    assert f"Cơ quan {HEALTH} báo 02, từ chối tiếp nhận. Nội dung: Không thuộc thẩm quyền" == told


def test_a_refusal_says_what_the_event_says(scene: Scene) -> None:
    """The sentence was made where the refusal was decided."""
    assert sentence(scene, refused(sha256=scene.content.sha256)) == "Văn bản bị từ chối."


def test_the_same_again_gives_the_same_bytes(scene: Scene) -> None:
    """Done again after a crash, and repeated on the log with another time of writing."""
    door = scene.hand_over()
    for event in every_event(scene):
        scene.take(event)
    before = {each.name: each.read_bytes() for each in door.accepted.glob("*.json")}

    for event in every_event(scene):
        scene.restart().take(later(event, 90))

    assert before == {each.name: each.read_bytes() for each in door.accepted.glob("*.json")}


def test_receipts_lie_where_the_packet_was_handed_over(scene: Scene) -> None:
    """In every door that speaks for the sender and has these bytes, under every name; in no other."""
    door = scene.hand_over(name="mot~1.edxml")
    scene.hand_over(name="hai~2.edxml")
    stranger = scene.hand_over(HEALTH_INBOX, name="la~3.edxml")
    by_hand = hand_door(scene.settings)
    by_hand.accepted.mkdir(parents=True)
    note_digest(by_hand, scene.content.sha256, "tay~4.edxml")
    assert HAND == by_hand.folder.name

    scene.take(scene.dispatched())

    assert {"mot~1", "hai~2"} == {name.partition(".")[0] for name in scene.receipts(door)}
    assert {"tay~4"} == {name.partition(".")[0] for name in scene.receipts(by_hand)}
    assert {} == scene.receipts(stranger)


def test_a_refusal_goes_to_who_handed_over(scene: Scene) -> None:
    """Not entitled to speak for the sender: told in its own door, and the sender's door hears nothing of it."""
    own, stranger = scene.hand_over(), scene.hand_over(HEALTH_INBOX)

    scene.take(refused("SENDER_NOT_ALLOWED", sha256=scene.content.sha256, submitted_by=f"folder:{HEALTH_INBOX}"))

    assert ({}, 1) == (scene.receipts(own), len(scene.receipts(stranger)))


def test_a_refused_status_is_told_beside_the_status(scene: Scene) -> None:
    """The status packet lies in the door of the system that sent it."""
    door = scene.hand_over(HEALTH_INBOX, sha256=scene.status_content.sha256)

    scene.take(
        refused(
            "STATUS_NOT_ENTITLED", stage=Stage.ROUTING, about_status=True, sha256=scene.status_content.sha256,
            submitted_by=f"folder:{HEALTH_INBOX}",
        )
    )  # fmt: skip

    assert [True] == [each["about_status"] for each in scene.receipts(door).values()]


def test_what_intake_refused_it_answered_itself(scene: Scene) -> None:
    """Its receipt lies in `refused/`."""
    door = scene.hand_over()

    scene.take(refused("NOT_EDXML", stage=Stage.INTAKE, sha256=scene.content.sha256))

    assert {} == scene.receipts(door)


@pytest.mark.parametrize("principal", ["client:qlvb", "folder:a/b", "folder:nobody"])
def test_who_has_no_folder_gets_no_receipt(scene: Scene, principal: str) -> None:
    """A packet that came by another channel, or from a door that is gone: nothing is written, nothing waits."""
    scene.take(not_routed())
    scene.take(refused(sha256=scene.content.sha256, submitted_by=principal))

    assert ({}, []) == (scene.due, [each for each in scene.settings.var.rglob("*.json") if each.is_file()])


def test_a_door_that_cannot_be_written_is_tried_again_and_delays_nobody(scene: Scene) -> None:
    """The sender's folder is broken: the recipient gets the packet now, the sender its receipt when it is mended."""
    door = scene.hand_over()
    index = door.accepted / ".by-digest" / scene.content.sha256
    kept = index.read_bytes()
    index.unlink()
    index.mkdir()
    scene.take(scene.dispatched())
    assert PACKET == scene.packet().read_bytes()
    assert {} == scene.receipts(door)
    index.rmdir()
    index.write_bytes(kept)

    scene.tick(max(scene.due.values()))

    assert ["dispatched"] == [each["what"] for each in scene.receipts(door).values()]
    assert {} == scene.due


def test_a_status_read_before_its_dispatch_is_told_after_it(scene: Scene) -> None:
    """Its digest is known only then."""
    door = scene.hand_over()
    scene.take(scene.acknowledged("03", 30))
    assert {} == scene.receipts(door)

    scene.take(scene.dispatched())

    assert ["acknowledged", "dispatched"] == sorted(each["what"] for each in scene.receipts(door).values())


def test_without_identities_every_door_is_asked(scene: Scene) -> None:
    """Nobody can say who speaks for whom: the index of every door is looked at."""
    scene.reference = type(scene.reference)(directory=scene.reference.directory, routes=scene.reference.routes)
    door, other = scene.hand_over(PROVINCE_INBOX), scene.hand_over(HEALTH_INBOX)

    scene.take(scene.dispatched())

    assert (1, 1) == (len(scene.receipts(door)), len(scene.receipts(other)))
