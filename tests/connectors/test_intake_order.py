"""In which order packets are taken in: urgent ones first, every door its share, and only so many as the axis has room for."""

import os
from pathlib import Path

import pytest

from connectors.folders import Door
from connectors.intake.listing import PEEKS_AT_ONCE
from connectors.intake.peeking import HEAD_BYTES, ORDINARY, peek
from connectors.intake.queue import Queue
from infra.clock import open_clock, set_clock
from infra.settings import Settings
from tests.axis import MORNING
from tests.connectors.packets import COMMUNE, HEALTH, document

HEAD = b'<?xml version="1.0"?><edXML:edXML xmlns:edXML="x"><edXML:MessageHeader>'


def packet(priority: str = "", recipients: int = 1) -> bytes:
    """Return the beginning of a packet."""
    said = f"<edXML:Priority>{priority}</edXML:Priority>".encode() if priority else b""
    return HEAD + b"<edXML:To><edXML:OrganId>H53</edXML:OrganId></edXML:To>" * recipients + said


@pytest.fixture
def doors(tmp_path: Path) -> list[Door]:
    """Return three empty doors."""
    found = [Door(folder=tmp_path / name, principal=f"folder:{name}") for name in ("a", "b", "c")]
    for door in found:
        door.folder.mkdir()
    return found


@pytest.fixture
def queue(doors: list[Door], settings: Settings) -> Queue:
    """Return the queue of these doors."""
    set_clock(settings.clock_file, "stepped", at=MORNING)
    return Queue(lambda: doors, open_clock(settings))


def put(door: Door, count: int, content: bytes = HEAD, name: str = "n", *, age: int = 0) -> None:
    """Drop packets, the oldest with the lowest number."""
    for number in range(count):
        path = door.folder / f"{name}{number:05}.edxml"
        path.write_bytes(content)
        os.utime(path, (1_000_000_000 - age + number,) * 2)


def given(queue: Queue, limit: int, room: float) -> list[str]:
    """Take once; return door and name of each."""
    return [f"{each.door.folder.name}/{each.given.removesuffix('.edxml')}" for each in queue.next(limit, room)]


def test_every_door_has_its_share(queue: Queue, doors: list[Door]) -> None:
    """A flood in one door leaves the others theirs."""
    put(doors[0], 1_000)
    put(doors[1], 2)
    put(doors[2], 2)

    assert ["a/n00000", "a/n00001", "b/n00000", "b/n00001", "c/n00000", "c/n00001"] == given(queue, 6, 1_000)


def test_room_is_shared_too(queue: Queue, doors: list[Door]) -> None:
    """A circular to 3,500 is as much work as hundreds of others: the doors beside it take in what their share allows."""
    put(doors[0], 10, packet(recipients=500))
    put(doors[1], 20)

    assert ["a/n00000", *(f"b/n{number:05}" for number in range(10))] == given(queue, 64, 20)
    assert [] == given(queue, 64, 0)


def test_urgent_packets_need_no_room(queue: Queue, doors: list[Door]) -> None:
    """They go first, from any door, also behind a thousand others of their own sender."""
    put(doors[0], 1_000)
    put(doors[0], 1, packet("2"), "z", age=-5_000)
    put(doors[1], 3, packet("1"))
    put(doors[2], 3, packet("0"))

    assert ["a/z00000", "b/n00000", "b/n00001", "b/n00002"] == given(queue, 64, 0)
    assert [] == given(queue, 64, 0)


def test_a_flood_of_urgent_packets_is_shared_as_well(queue: Queue, doors: list[Door]) -> None:
    """Who calls everything urgent does not keep others waiting."""
    put(doors[0], PEEKS_AT_ONCE, packet("4"))
    put(doors[1], 1, packet("1"))

    assert {"a", "b"} == {name[0] for name in given(queue, 8, 0)}


def test_a_written_packet_is_seen_as_it_is(tmp_path: Path) -> None:
    """What our own writer makes, with and without a priority; recipients are counted."""
    path = tmp_path / "a.edxml"
    for priority, urgent in ((0, False), (3, True)):
        path.write_bytes(document(priority=priority, recipients=(HEALTH, COMMUNE)))
        assert (urgent, 1.2) == (peek(path).urgent, round(peek(path).units, 6))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * HEAD_BYTES * 2,
        b"<Priority" * 10_000,
        b"<Priority " + b"x" * HEAD_BYTES,
        b"<Priority>" + b" " * HEAD_BYTES,
        b"<Priority>1e9</Priority>",
        b"<Priority>000</Priority>",
        b"x" * HEAD_BYTES + b"<Priority>4</Priority>",
    ],
)
def test_whatever_cannot_be_seen_is_ordinary(tmp_path: Path, content: bytes) -> None:
    """Bytes of all kinds; and what is no file at all is not opened, so that nothing waits for it."""
    path = tmp_path / "a.edxml"
    path.write_bytes(content)
    os.mkfifo(tmp_path / "pipe.edxml")
    (tmp_path / "link.edxml").symlink_to(path)
    (tmp_path / "folder.edxml").mkdir()

    for each in (path, *(tmp_path / f"{name}.edxml" for name in ("pipe", "link", "folder", "nothing"))):
        assert ORDINARY == peek(each)
