"""Handing packets over by HTTP: streamed into a door, answered with where to ask, and never doubled by a lost answer."""

import base64
import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.http.handover import Handovers
from connectors.http.spool import Spooled
from infra.settings import Settings
from schemas.events import ContentRef, DocumentSubmitted
from schemas.ids import document_key
from tests.axis import events
from tests.connectors import life
from tests.connectors.api_scene import Scene, api, left, taking, token, waiting
from tests.connectors.doorway import TOPICS, prepare
from tests.connectors.packets import HEALTH, PROVINCE, document, document_id, status

PACKET = document()
SHA256 = hashlib.sha256(PACKET).hexdigest()
KEY = {"Idempotency-Key": '"first"'}
WAIT = {"Prefer": "wait=20"}


@pytest.fixture
def scene(settings: Settings) -> Iterator[Scene]:
    """Yield an API beside a real intake, on the real broker."""
    prepare(settings)
    with api(settings) as running, taking(settings):
        yield running


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API beside which no intake runs."""
    with api(Settings(var=tmp_path / "var")) as running:
        yield running


def test_a_packet_is_taken_and_its_story_told(scene: Scene) -> None:
    """202 and where to ask; the event says who handed it over and how; the door's answer is told there."""
    given = scene.ask("POST", "/v1/documents", content=PACKET)
    told = scene.ask("GET", given.headers["location"], headers=WAIT).json()
    (event,) = events(scene.settings, *TOPICS)

    assert (202, SHA256) == (given.status_code, given.json()["digest"])
    assert isinstance(event, DocumentSubmitted)
    assert ("client:tinh", "http", PROVINCE) == (event.submitted_by, event.channel, event.sender)
    assert (document_id(), "taken", True) == (told["document_id"], told["state"], told["receipt"]["accepted"])
    assert scene.office.content.read(SHA256) == PACKET


def test_the_same_key_and_the_same_bytes_are_one_document(scene: Scene) -> None:
    """202, then 200 under the same key, without one, and under another one: one event."""
    first = scene.ask("POST", "/v1/documents", content=PACKET, headers=KEY | WAIT)
    again = [
        scene.ask("POST", "/v1/documents", content=PACKET, headers=each)
        for each in (KEY, {}, {"Idempotency-Key": '"other"'})
    ]

    assert [202, 200, 200, 200] == [each.status_code for each in (first, *again)]
    assert {SHA256} == {each.json()["digest"] for each in again}
    assert 1 == len(events(scene.settings, *TOPICS))


def test_a_key_stands_for_one_packet(scene: Scene) -> None:
    """Other bytes under it are refused; nothing of them stays."""
    scene.ask("POST", "/v1/documents", content=PACKET, headers=KEY | WAIT)
    other = scene.ask("POST", "/v1/documents", content=document(2), headers=KEY)

    assert (422, "IDEMPOTENCY_KEY_REUSED") == (other.status_code, other.json()["code"])
    assert [] == left(scene)
    assert 1 == len(events(scene.settings, *TOPICS))


def test_a_lost_answer_doubles_nothing(scene: Scene) -> None:
    """The connection is cut after the last byte, three times, from three sides at once; then one more try is answered."""
    head = f"POST /v1/documents HTTP/1.1\r\nHost: x\r\nAuthorization: {token('tinh')['Authorization']}\r\n"
    head += f'Idempotency-Key: "first"\r\nContent-Length: {len(PACKET)}\r\n\r\n'

    def lose() -> None:
        with socket.create_connection(("127.0.0.1", scene.port)) as connection:
            connection.sendall(head.encode() + PACKET)

    threads = [threading.Thread(target=lose) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    answer = scene.ask("POST", "/v1/documents", content=PACKET, headers=KEY | WAIT)
    time.sleep(0.3)  # whatever else was handed over would be taken by now

    assert answer.status_code in (200, 202)
    assert 1 == len(events(scene.settings, *TOPICS))
    assert ([], []) == (waiting(scene), left(scene))


def test_what_the_door_refuses_is_a_problem(scene: Scene) -> None:
    """RFC 9457, with the code, a sentence in Vietnamese and who must act; the same bytes may be tried again."""
    answer = scene.ask("POST", "/v1/documents", content=b"rubbish", headers=WAIT | KEY)
    same_key = scene.ask("POST", "/v1/documents", content=b"rubbish", headers=WAIT | KEY)
    anew = scene.ask("POST", "/v1/documents", content=b"rubbish", headers=WAIT)
    problem = answer.json()

    assert (422, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    assert ("NOT_EDXML", 422, "sender") == (problem["code"], problem["status"], problem["who_must_act"])
    assert problem["sentence_vi"]
    assert [422, 422] == [same_key.status_code, anew.status_code]
    assert 2 == len(events(scene.settings, *TOPICS))


@pytest.mark.parametrize("packet", [document(sender=HEALTH), status()], ids=["document", "status"])
def test_nobody_speaks_for_another_agency(alone: Scene, packet: bytes) -> None:
    """The sender is looked at before anything is handed over."""
    answer = alone.ask("POST", "/v1/documents", content=packet)

    assert (403, "SENDER_NOT_ALLOWED") == (answer.status_code, answer.json()["code"])
    assert ([], []) == (waiting(alone), left(alone))


def test_a_digest_that_was_said_must_fit(alone: Scene) -> None:
    """RFC 9530; one that cannot be read is a fault of the request."""
    good = base64.b64encode(hashlib.sha256(PACKET).digest()).decode()
    bad = base64.b64encode(hashlib.sha256(b"x").digest()).decode()
    said = [
        alone.ask("POST", "/v1/documents", content=PACKET, headers={"Content-Digest": f"sha-256=:{each}:"})
        for each in (bad, "x", good)
    ]

    assert [422, 400, 202] == [each.status_code for each in said]
    assert "DIGEST_MISMATCH" == said[0].json()["code"]
    assert [f"{SHA256}.edxml"] == waiting(alone)
    assert [] == left(alone)


def test_a_story_is_told_to_its_sides_only(alone: Scene) -> None:
    """All to the sender; its own delivery to a recipient; 404 to the others, by digest and by document id."""
    content = ContentRef(sha256=SHA256, size=len(PACKET), media_type="x")
    same = {"document_key": document_key(PROVINCE, life.DOCUMENT_ID), "content": content}
    alone.tell(
        [
            life.submitted(**same),
            life.signed(**same),
            *(life.dispatched(each, **same) for each in (HEALTH, life.COMMUNE)),
        ]
    )
    path = f"/v1/documents/{SHA256}"
    by_id = {"document_id": life.DOCUMENT_ID}
    seen = {name: alone.ask("GET", path, name) for name in ("tinh", "so-y-te", "nobody")}
    named = {name: alone.ask("GET", "/v1/documents", name, params=by_id) for name in seen}
    recipients = {
        name: [each["organ_id"] for each in answer.json()["documents"][0]["deliveries"]]
        for name, answer in seen.items()
        if answer.status_code == 200
    }

    assert {"tinh": [HEALTH, life.COMMUNE], "so-y-te": [HEALTH]} == {
        name: sorted(codes) for name, codes in recipients.items()
    }
    assert (404, "DOCUMENT_UNKNOWN") == (seen["nobody"].status_code, seen["nobody"].json()["code"])
    assert [200, 200, 404] == [named[name].status_code for name in seen]


def test_a_handover_that_was_cut_short_is_finished(alone: Scene) -> None:
    """The record is written, the packet has no name yet: the next start gives it one; what has no record is forgotten."""
    handovers = Handovers(alone.settings)
    file = handovers.spool("tinh")
    file.write_bytes(PACKET)
    handovers.hand_over("tinh", Spooled(file=file, sha256=SHA256, size=1), may_retry=lambda: False)
    door = handovers.door("tinh").folder
    (door / f"{SHA256}.edxml").rename(door / ".spool" / f"{SHA256}.ready")
    (door / ".spool" / "half.part").write_bytes(b"x")
    (door / ".spool" / f"{'0' * 64}.ready").write_bytes(b"x")

    handovers.open("tinh")

    assert [f"{SHA256}.edxml"] == waiting(alone)
    assert [] == left(alone)


def test_a_repeat_finishes_what_was_cut_short(alone: Scene) -> None:
    """The client is quicker than a restart: its next try finds the record and gives the packet its name."""
    alone.ask("POST", "/v1/documents", content=PACKET)
    door = alone.office.handovers.door("tinh").folder
    (door / f"{SHA256}.edxml").rename(door / ".spool" / f"{SHA256}.ready")

    assert 200 == alone.ask("POST", "/v1/documents", content=PACKET).status_code
    assert [f"{SHA256}.edxml"] == waiting(alone)


def test_json_says_moments_with_their_offset(alone: Scene) -> None:
    """ISO 8601, as everywhere."""
    alone.tell([life.submitted(), life.signed(), life.dispatched(), life.owed("transport", 5)])
    (owed,) = alone.ask("GET", "/v1/owes", "so-y-te").json()["items"]

    assert owed["by"].endswith("+00:00")
    assert HEALTH == owed["who"]
