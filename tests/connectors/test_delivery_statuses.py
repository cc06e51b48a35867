"""Status packets lie in the inbox of the agency they are addressed to, once."""

from pathlib import Path

import pytest

from infra.settings import Settings
from tests.connectors.delivery_scene import PROVINCE_INBOX, STATUS, Scene
from tests.connectors.life import DELIVERY, PROVINCE, later

OFFERED, RECEIVED = ("OFFERED", "renamed"), "RECEIVED"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an axis of one's own."""
    return Scene(Settings(var=tmp_path / "var"))


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
