"""Delivery to folders: a packet lies in an inbox once, and is received once, whatever happens in between."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from connectors.delivery.inbox import Inbox, mark_of
from infra.settings import Settings
from schemas.events import Act, ContentRef, DocumentReceived
from schemas.reference import Reference
from tests.connectors.delivery_scene import HEALTH_INBOX, PACKET, PROVINCE_INBOX, STATUS, Scene
from tests.connectors.life import DELIVERY, DOCUMENT_ID, HEALTH, PROVINCE, at, later
from tests.reference_files import demo, demo_files

PACKET_NAME, NOTE_NAME = f"{DELIVERY}.edxml", f"{DELIVERY}.json"
OFFERED, RECEIVED = ("OFFERED", "renamed"), "RECEIVED"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an axis of one's own."""
    return Scene(Settings(var=tmp_path / "var"))


def taken(scene: Scene) -> None:
    """Take the packet out of the inbox, as a recipient's system does."""
    scene.packet().unlink()


# -- offering ----------------------------------------------------------------------------------------
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


# -- received ----------------------------------------------------------------------------------------
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


# -- not now -----------------------------------------------------------------------------------------
def test_an_inbox_that_cannot_be_written_is_tried_again(scene: Scene) -> None:
    """A file lies where the inbox should be: no event, tries with growing waits; once it is mended, offered at that moment."""
    scene.inbox().parent.mkdir(parents=True)
    scene.inbox().touch()
    assert () == scene.take(scene.dispatched())
    waits = []
    for _ in range(3):
        (due,) = scene.due.values()
        waits.append(due - at(3))
        assert () == scene.tick(due)
    assert [timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=35)] == waits
    scene.inbox().unlink()
    (due,) = scene.due.values()

    (event,) = scene.tick(due)

    assert (due, {}) == (event.occurred_at, scene.due)
    assert [PACKET_NAME, NOTE_NAME] == scene.names()


def test_waits_do_not_grow_without_end(scene: Scene) -> None:
    """After a week of an inbox that is away, it is still tried every ten minutes."""
    scene.inbox().parent.mkdir(parents=True)
    scene.inbox().touch()
    scene.take(scene.dispatched())
    before = at(3)
    for _ in range(40):
        (due,) = scene.due.values()
        last, before = due - before, due
        scene.tick(due)

    assert timedelta(minutes=10) == last


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [("nowhere", "ENDPOINT_UNKNOWN"), ("hook", "ENDPOINT_KIND_NOT_SERVED"), ("deep", "ENDPOINT_ADDRESS_UNUSABLE")],
)
def test_an_endpoint_that_cannot_be_served_keeps_the_delivery_open(scene: Scene, endpoint: str, code: str) -> None:
    """Unknown, not a folder, no folder name: nothing is lost; it waits, and new reference data wakes it."""
    scene.reference = with_endpoints("hook,000.00.17.H53,webhook,https://x.example,push,2020-10-01,2021-01-01",
                                     "hook,000.00.05.H53,webhook,https://x.example,push,2021-01-02,",
                                     "deep,000.00.09.H53,folder,a/b,pull,2020-10-01,")  # fmt: skip
    with capture_logs() as lines:
        assert () == scene.take(scene.dispatched(endpoint=endpoint))
    (row,) = scene.due
    assert row.startswith(scene.core.wake_on_reference)
    assert [(code, endpoint)] == [(line["why"], line["endpoint"]) for line in lines]
    scene.reference = with_endpoints(f"{endpoint},000.00.17.H53,folder,h53-17,pull,2020-10-01,")

    scene.tick(scene.due[row])

    assert [OFFERED] == scene.facts()
    assert [PACKET_NAME, NOTE_NAME] == scene.names()


def with_endpoints(*rows: str) -> Reference:
    """Return the demo's reference data with other endpoints for the agencies that these rows name."""
    owners = {row.split(",")[1] for row in rows}
    lines = demo_files()["endpoints.csv"].decode().splitlines()
    kept = [line for line in lines if line.split(",")[1] not in owners]
    files = {**demo_files(), "endpoints.csv": "\n".join([*kept, *rows, ""]).encode()}
    return replace(demo(), directory=Reference.from_files({"directory": files}).directory)


@pytest.mark.parametrize("stored", [b"other bytes", None, PACKET + b"more"])
def test_content_that_is_not_as_promised_is_not_offered(scene: Scene, stored: bytes | None) -> None:
    """Wrong digest, missing, too long: the inbox stays empty, the delivery open, the log alarms; mended, it goes out."""
    file = scene.store.path(scene.content.sha256)
    file.unlink()
    if stored is not None:
        file.write_bytes(stored)
    with capture_logs() as lines:
        assert () == scene.take(scene.dispatched())
    assert ([], {("content_not_as_promised", "error")}) == (
        scene.names(), {(line["event"], line["log_level"]) for line in lines},
    )  # fmt: skip
    file.write_bytes(PACKET)

    scene.tick(at(4))

    assert [OFFERED] == scene.facts()


# -- recall ------------------------------------------------------------------------------------------
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
    assert [OFFERED] == scene.facts()


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


# -- statuses ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["01", "02", "03", "04", "05", "06", "15", "16", "09"])
def test_what_recipients_say_goes_to_the_sender(scene: Scene, code: str) -> None:
    """The status packet lies in the province's inbox, without a note and without a transport fact of its own."""
    event = scene.acknowledged(code, 30)

    scene.take(event)

    name = f"{DELIVERY}.{event.event_id[:8]}.status.edxml"
    assert ([name], []) == (scene.names(PROVINCE_INBOX), scene.names())
    assert STATUS == (scene.inbox(PROVINCE_INBOX) / name).read_bytes()
    assert [] == scene.facts()


def test_the_senders_request_goes_to_the_recipient(scene: Scene) -> None:
    """13, asked back."""
    scene.take(scene.acknowledged("13", 30, said_by=PROVINCE))

    assert ([], 1) == (scene.names(PROVINCE_INBOX), len(scene.names()))


@pytest.mark.parametrize(
    ("sender", "address"),
    [("000.00.60.H53", "h53"), ("000.00.00.G06", "national"), ("000.00.00.H77", "national")],
)
def test_an_agency_without_an_endpoint_is_reached_by_the_nearest(scene: Scene, sender: str, address: str) -> None:
    """A commune by its province, a ministry and a code nobody knows by the national axis."""
    scene.take(scene.acknowledged("03", 30, sender=sender))

    assert 1 == len(scene.names(address))


def test_a_status_lies_there_once(scene: Scene) -> None:
    """Done again after a crash, or repeated on the log: the sender's system took it, and does not get it again."""
    event = scene.acknowledged("03", 30)
    scene.look(event)
    for packet in scene.inbox(PROVINCE_INBOX).glob("*.edxml"):
        packet.unlink()

    scene.take(event)
    scene.take(later(event, 20))

    assert [] == scene.names(PROVINCE_INBOX)


def test_a_status_read_before_its_dispatch_waits_for_it(scene: Scene) -> None:
    """Topics have no order among each other: the receipt comes with the dispatch, once."""
    event = scene.acknowledged("03", 30)
    scene.take(event)
    scene.take(event)

    scene.take(scene.dispatched())

    assert [OFFERED, (RECEIVED, "status")] == scene.facts()
    assert not [row for row in scene.rows if row.startswith("early:")]


@pytest.fixture(autouse=True)
def _nothing_half_written(tmp_path: Path) -> Iterator[None]:
    """No test leaves half a file that a recipient could see."""
    yield
    assert [] == [each for each in tmp_path.rglob("inbox/*.part") if each.name[0] != "."]
