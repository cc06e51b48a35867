"""The inbox over HTTP: listed, leased, fetched, confirmed once, answered by a status."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.clock import real_now
from infra.settings import Settings
from schemas.edxml import StatusPacket, read_packet
from schemas.edxml.limits import Limits
from schemas.events import Act
from tests.axis import MORNING
from tests.connectors import life
from tests.connectors.api_inbox import DELIVERY, OTHER, PACKET, SHA256, box, laid_out, lay
from tests.connectors.api_scene import Scene, api
from tests.connectors.packets import COMMUNE, HEALTH
from tests.reference_files import present

CONFIRM = {"sha256": SHA256}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Yield an API with two packets that wait."""
    with api(Settings(var=tmp_path / "var")) as running:
        lay(running)
        yield running


def ids(scene: Scene, name: str) -> list[str]:
    """Return what waits for a client."""
    return [each["delivery_id"] for each in scene.ask("GET", "/v1/inbox", name).json()["items"]]


def test_each_sees_what_waits_for_it(scene: Scene) -> None:
    """The department its own, the commune its own, others nothing; another's agency may not be asked for."""
    assert {"so-y-te": [DELIVERY], "xa-b": [OTHER], "tinh": [], "nobody": []} == {
        name: ids(scene, name) for name in ("so-y-te", "xa-b", "tinh", "nobody")
    }
    assert 403 == scene.ask("GET", f"/v1/inbox?agency={COMMUNE}", "so-y-te").status_code


def test_a_packet_is_fetched_as_often_as_needed(scene: Scene) -> None:
    """The bytes under their digest; nothing is taken by it."""
    fetched = [scene.ask("GET", f"/v1/inbox/{DELIVERY}", "so-y-te") for _ in range(2)]

    assert [PACKET, PACKET] == [each.content for each in fetched]
    assert f'"{SHA256}"' == fetched[0].headers["etag"]
    assert (box(scene.settings, "h53-17") / f"{DELIVERY}.edxml").exists()


def test_a_part_can_be_fetched(scene: Scene) -> None:
    """A download that broke goes on where it was (RFC 9110)."""
    part = scene.ask("GET", f"/v1/inbox/{DELIVERY}", "so-y-te", headers={"Range": "bytes=100-199"})

    assert (206, PACKET[100:200]) == (part.status_code, part.content)


def test_confirming_takes_it_once(scene: Scene) -> None:
    """Packet and note leave the inbox, which `deliver` sees; a repeated confirmation is no fault."""
    path = f"/v1/inbox/{DELIVERY}/receipt"
    said = [scene.ask("POST", path, "so-y-te", json=CONFIRM) for _ in range(2)]

    assert [(200, "now"), (200, "before")] == [(each.status_code, each.json()["taken"]) for each in said]
    assert [] == list(box(scene.settings, "h53-17").iterdir())
    assert (box(scene.settings, "h53-31-21") / f"{OTHER}.edxml").exists()


def test_other_bytes_are_not_confirmed(scene: Scene) -> None:
    """Whoever has something else in hand has not received it."""
    answer = scene.ask("POST", f"/v1/inbox/{DELIVERY}/receipt", "so-y-te", json={"sha256": "0" * 64})

    assert (422, "DIGEST_MISMATCH") == (answer.status_code, answer.json()["code"])
    assert (box(scene.settings, "h53-17") / f"{DELIVERY}.edxml").exists()


def test_what_was_taken_back_is_gone(scene: Scene) -> None:
    """The axis was quicker: 410 for fetching and confirming."""
    recalled = life.dispatched(event_id="recall", act=Act.RECALL)
    scene.tell([*laid_out(), recalled])
    (box(scene.settings, "h53-17") / f"{DELIVERY}.edxml").unlink()
    said = [
        scene.ask("GET", f"/v1/inbox/{DELIVERY}", "so-y-te"),
        scene.ask("POST", f"/v1/inbox/{DELIVERY}/receipt", "so-y-te", json=CONFIRM),
    ]

    assert [(410, "DELIVERY_WITHDRAWN")] * 2 == [(each.status_code, each.json()["code"]) for each in said]


def test_a_lease_is_held_by_one_worker(scene: Scene) -> None:
    """The second worker gets nothing, until the time is over; another client is not concerned."""
    path = "/v1/leases"
    first, second = (scene.ask("POST", path, "so-y-te", json={"seconds": 1}).json()["items"] for _ in range(2))
    other = scene.ask("POST", path, "xa-b", json={"limit": 1}).json()["items"]
    scene.office.memory._now = lambda: real_now() + timedelta(hours=1)
    third = scene.ask("POST", path, "so-y-te").json()["items"]

    assert [[DELIVERY], [], [OTHER], [DELIVERY]] == [
        [each["delivery_id"] for each in items] for items in (first, second, other, third)
    ]


def test_a_status_is_said_as_a_packet(scene: Scene) -> None:
    """It lies in the client's door as any packet; said again it is the same one, whatever the moment."""
    path, said = f"/v1/inbox/{DELIVERY}/status", {"code": "03", "by": "Trần Thị Bình", "reason": "Đã vào sổ"}
    answers = [scene.ask("POST", path, "so-y-te", json=said) for _ in range(2)]
    (file,) = scene.office.handovers.door("so-y-te").folder.glob("*.edxml")
    packet = read_packet(file, limits=Limits(), now=scene.office.clock.now(), secrecy=None)

    assert [202, 200] == [each.status_code for each in answers]
    assert isinstance(packet, StatusPacket)
    assert ("03", HEALTH, life.PROVINCE, "Đã vào sổ") == (
        packet.code,
        packet.said_by,
        packet.addressed_to,
        packet.reason,
    )
    assert MORNING < present(packet.said_at)


@pytest.mark.parametrize(
    ("name", "said", "status"),
    [
        ("so-y-te", {"code": "99", "by": "A"}, 400),
        ("so-y-te", {"code": "02", "by": "A"}, 400),
        ("so-y-te", {"code": "03", "by": " "}, 400),
        ("so-y-te", {"code": "13", "by": "A", "reason": "x"}, 403),
        ("tinh", {"code": "03", "by": "A"}, 403),
        ("xa-b", {"code": "03", "by": "A"}, 404),
        ("tinh", {"code": "13", "by": "A", "reason": "Gửi nhầm"}, 202),
    ],
)
def test_who_may_say_what(scene: Scene, name: str, said: dict[str, str], status: int) -> None:
    """The recipient answers, the sender asks to take back, the third knows of nothing."""
    assert status == scene.ask("POST", f"/v1/inbox/{DELIVERY}/status", name, json=said).status_code
