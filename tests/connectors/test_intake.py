"""Intake on the real broker: what is dropped into a door becomes one event and one receipt, and nothing is lost on the way."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.receipts import names_of
from infra.clock import open_clock
from infra.content import open_content
from infra.settings import Settings
from schemas.events import DocumentRefused, DocumentSubmitted, Stage, StatusSubmitted
from schemas.ids import document_key
from tests.axis import MORNING
from tests.connectors.doorway import at_endpoint, at_hand, intake, prepare
from tests.connectors.packets import HEALTH, PROVINCE, document, document_id, status

KEY = document_key(PROVINCE, document_id())


@pytest.fixture
def axis(settings: Settings) -> Settings:
    """Return the settings of an axis whose topics are there."""
    prepare(settings)
    return settings


def sha256(content: bytes) -> str:
    """Return a digest as hex."""
    return hashlib.sha256(content).hexdigest()


def test_a_packet_becomes_an_event_and_a_receipt(axis: Settings) -> None:
    """The event names who handed over what when; the bytes are in the store; the receipt claims no more than the hand-over."""
    packet, doorway = document(), at_endpoint(axis, "h53")
    doorway.drop(packet, "Công văn 1.edxml")
    with intake(axis) as one:
        done = one.round()
    event, receipt = doorway.event(), doorway.receipt()

    assert 1 == done
    assert isinstance(event, DocumentSubmitted)
    assert (KEY, KEY, PROVINCE) == (event.document_key, event.correlation_id, event.sender)
    assert ("folder:h53", "folder", MORNING) == (event.submitted_by, event.channel, event.occurred_at)
    assert (document_id(), (HEALTH,)) == (event.envelope.document_id, event.envelope.recipients)
    assert packet == open_content(axis).read(event.content.sha256)
    assert ("accepted", True, True, None) == tuple(receipt[name] for name in ("folder", "kept", "accepted", "refusal"))
    assert ("Công văn 1.edxml", sha256(packet), document_id()) == tuple(
        receipt[name] for name in ("file", "digest", "document_id")
    )
    assert "biên nhận bàn giao" in receipt["sentence_vi"]
    assert [] == doorway.unfinished()
    (name,) = names_of(doorway.door, sha256(packet))
    assert (doorway.door.accepted / f"{name}.edxml").read_bytes() == packet


def test_a_status_is_keyed_as_its_document(axis: Settings) -> None:
    """The department says 03 to the province: the key is that of the province's document, and the bytes are kept."""
    packet, doorway = status("03"), at_endpoint(axis, "h53-17")
    doorway.drop(packet)
    with intake(axis) as one:
        one.round()
    event, receipt = doorway.event(), doorway.receipt()

    assert isinstance(event, StatusSubmitted)
    assert (KEY, "03", HEALTH, PROVINCE) == (event.document_key, event.code, event.said_by, event.addressed_to)
    assert ("folder:h53-17", MORNING, "Đã tiếp nhận") == (event.submitted_by, event.said_at, event.reason)
    assert packet == open_content(axis).read(event.content.sha256)
    assert ("accepted", "status", True) == (receipt["folder"], receipt["kind"], receipt["accepted"])


def test_what_cannot_be_read_is_refused_by_its_digest(axis: Settings) -> None:
    """No content is stored; the event is keyed by SHA-256; the file and its receipt lie in `refused/`."""
    doorway = at_hand(axis)
    doorway.drop(b"<not edxml")
    with intake(axis) as one:
        one.round()
    event, receipt = doorway.event(), doorway.receipt()

    assert isinstance(event, DocumentRefused)
    assert (sha256(b"<not edxml"), Stage.INTAKE) == (event.key, event.stage)
    assert ("XML_NOT_WELL_FORMED", "sender") == (receipt["refusal"]["code"], receipt["refusal"]["who_must_act"])
    assert ("refused", True, False, "folder:intake") == (
        receipt["folder"], receipt["kept"], receipt["accepted"], receipt["submitted_by"]
    )  # fmt: skip
    assert not open_content(axis).exists(event.sha256)


def test_a_refused_status_is_none_of_its_document(axis: Settings) -> None:
    """A status without a word for its code: refused as a status, so that the document it is about does not look refused."""
    doorway = at_hand(axis)
    doorway.drop(status("03").replace(b">03</edXML:StatusCode>", b"></edXML:StatusCode>"))
    with intake(axis) as one:
        one.round()
    event, receipt = doorway.event(), doorway.receipt()

    assert isinstance(event, DocumentRefused)
    assert (True, "MISSING_FIELD", document_id()) == (event.about_status, event.reason, event.document_id)
    assert ("status", False) == (receipt["kind"], receipt["accepted"])


def test_a_secret_leaves_no_bytes(axis: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Marked in its subject: digest, sender and time are told; nothing of it is left under `var`, nor said in the log."""
    packet, doorway = document(77, subject="Tối mật: kế hoạch phòng thủ"), at_hand(axis)
    doorway.drop(packet)
    with intake(axis) as one:
        one.round()
    event, receipt = doorway.event(), doorway.receipt()
    left = {path: path.read_bytes() for path in axis.var.rglob("*") if path.is_file()}

    assert isinstance(event, DocumentRefused)
    assert ("SECRET_FORBIDDEN", PROVINCE, "", "Subject") == (
        event.reason, event.sender, event.document_id, event.element
    )  # fmt: skip
    assert ("refused", False, "") == (receipt["folder"], receipt["kept"], receipt["document_id"])
    said = [*(content.decode(errors="replace") for content in left.values()), *capsys.readouterr()]
    for word in ("kế hoạch", "phòng thủ", "77/UBND", "TVBC"):
        assert not [text for text in said if word in text]
    assert packet not in left.values()


def test_an_unknown_sender_is_keyed_as_addressed(axis: Settings) -> None:
    """Who may send is the router's question; intake loses nothing."""
    doorway = at_hand(axis)
    doorway.drop(document(sender="000.98.98.H53"))
    with intake(axis) as one:
        one.round()
    event = doorway.event()

    assert isinstance(event, DocumentSubmitted)
    assert "000.98.98.H53" == event.sender


def test_the_same_bytes_twice_are_two_events(axis: Settings) -> None:
    """Each hand-over is one, at the same moment too: under the same name or another. Both are found by the digest."""
    doorway = at_hand(axis)
    with intake(axis) as one:
        for name in ("a.edxml", "a.edxml", "b.edxml"):
            doorway.drop(document(), name)
            one.round()

    assert 3 == len({event.event_id for event in doorway.events()})
    assert 3 == len(names_of(doorway.door, sha256(document())))


@pytest.mark.parametrize("what", ["link", "dangling", "folder", "pipe"])
def test_what_is_no_file_is_put_aside_unopened(axis: Settings, tmp_path: Path, what: str) -> None:
    """A link is not followed, a pipe not waited for; there are no bytes to name, so there is a receipt and no event."""
    doorway, secret = at_hand(axis), tmp_path / "secret"
    secret.write_bytes(document())
    doorway.door.folder.mkdir(parents=True)
    path = doorway.door.folder / "a.edxml"
    match what:
        case "link":
            path.symlink_to(secret)
        case "dangling":
            path.symlink_to(tmp_path / "nothing")
        case "folder":
            path.mkdir()
        case _:
            os.mkfifo(path)
    with intake(axis) as one:
        one.round()
    receipt = doorway.receipt()

    assert ("refused", False, "NOT_EDXML") == (receipt["folder"], receipt["accepted"], receipt["refusal"]["code"])
    assert [] == doorway.events()
    assert [] == doorway.unfinished()
    assert secret.exists()


def test_a_file_that_is_too_large_is_refused_unread(axis: Settings) -> None:
    """A megabyte over the limit, and no XML at all: the size decides, the digest names it."""
    small, packet = axis.model_copy(update={"packet_mb": 1}), b"x" * (2 * 1024 * 1024)
    doorway = at_hand(small)
    doorway.drop(packet)
    with intake(small) as one:
        one.round()
    event = doorway.event()

    assert isinstance(event, DocumentRefused)
    assert ("RESOURCE_LIMIT", sha256(packet)) == (event.reason, event.sha256)
    assert "2.097.152" in event.sentence_vi


def test_more_recipients_than_a_record_holds_are_refused(axis: Settings) -> None:
    """No file may stop the ones behind it: an event that would not fit is a refusal."""
    doorway = at_hand(axis)
    to = b"<edXML:To><edXML:OrganId>H53.%07d.AAA.BBB.CCC.DDD.EEE.FFF</edXML:OrganId><edXML:OrganName>X</edXML:OrganName></edXML:To>"
    first, _, last = document().partition(b"<edXML:To>")
    many = b"".join(to % number for number in range(15_000))
    doorway.drop(first + many + last.partition(b"</edXML:To>")[2], "a.edxml")
    doorway.drop(document(2), "b.edxml")
    with intake(axis) as one:
        one.round()

    assert {None, "RESOURCE_LIMIT"} == {
        receipt["refusal"] and receipt["refusal"]["code"] for receipt in doorway.receipts()
    }


def test_two_intakes_on_one_folder_share_the_work(axis: Settings) -> None:
    """Forty packets, two intakes: each packet has one receipt and one event."""
    doorway = at_hand(axis)
    with intake(axis) as one, intake(axis) as other:
        one.round()
        other.round()
        for number in range(40):
            doorway.drop(document(number), f"{number}.edxml")
            (one if number % 2 else other).round()

    assert 40 == len(doorway.receipts())
    assert 40 == len(doorway.events()) == len({event.event_id for event in doorway.events()})


def test_an_endpoint_with_an_unusable_name_is_no_door(axis: Settings) -> None:
    """A hidden folder beside the endpoints keeps nobody waiting."""
    (axis.endpoints_folder / ".trash" / "outbox").mkdir(parents=True)
    doorway = at_hand(axis)
    doorway.drop(document())
    with intake(axis) as one:
        assert 1 == one.round()


def test_time_goes_on_between_rounds(axis: Settings) -> None:
    """Each hand-over has the moment at which it was taken."""
    doorway, clock = at_hand(axis), open_clock(axis)
    with intake(axis) as one:
        doorway.drop(document(1), "a.edxml")
        one.round()
        clock.advance(MORNING + timedelta(hours=1))
        doorway.drop(document(2), "b.edxml")
        one.round()

    assert {MORNING, MORNING + timedelta(hours=1)} == {event.occurred_at for event in doorway.events()}
