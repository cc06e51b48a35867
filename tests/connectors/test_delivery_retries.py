"""What cannot be delivered now is tried again: nothing is lost, nothing is said before it is true."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from infra.settings import Settings
from schemas.reference import Reference
from tests.connectors.delivery_scene import PACKET, Scene
from tests.connectors.life import DELIVERY, at
from tests.reference_files import demo, demo_files

PACKET_NAME, NOTE_NAME = f"{DELIVERY}.edxml", f"{DELIVERY}.json"
OFFERED = ("OFFERED", "renamed")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an axis of one's own."""
    return Scene(Settings(var=tmp_path / "var"))


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
    assert [] == [row for row in scene.rows if row.startswith("retry:")]
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


@pytest.mark.parametrize("stored", [b"other bytes", None, PACKET + b"more", PACKET[::-1]])
def test_content_that_is_not_as_promised_is_not_offered(scene: Scene, stored: bytes | None) -> None:
    """Other bytes, missing, too long, as long but other: the inbox stays empty, the delivery open, the log alarms; mended, it goes out."""
    file = scene.store.path(scene.content.sha256)
    file.unlink()
    if stored is not None:
        file.write_bytes(stored)
    with capture_logs() as lines:
        assert () == scene.take(scene.dispatched())
    assert ([], {("content_not_as_promised", "error")}) == (
        scene.names(), {(line["event"], line["log_level"]) for line in lines},
    )  # fmt: skip
    assert [] == [*scene.inbox().rglob("*.part")]
    file.write_bytes(PACKET)

    scene.tick(at(4))

    assert [OFFERED] == scene.facts()


def test_an_endpoint_that_ended_meanwhile_is_that_of_today(scene: Scene) -> None:
    """Decided before midnight, delivered after it: the recipient is served where it is now, and nothing waits for the directory."""
    scene.reference = with_endpoints(
        "h53-17,000.00.17.H53,folder,h53-17,pull,2020-10-01,2026-11-22",
        "new,000.00.17.H53,folder,h53-17-new,pull,2026-11-23,",
    )
    scene.take(scene.dispatched())

    assert {} == scene.due
    assert [PACKET_NAME, NOTE_NAME] == scene.names("h53-17-new")
