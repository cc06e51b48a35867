"""Taking files out of a door: nothing is taken twice, no name is given twice, strange names do no harm."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.folders import Door, taken_at
from connectors.intake.taking import Taken, left, take, tidy, waiting
from connectors.receipts import INDEX, names_of, note_digest, write_receipt
from tests.axis import MORNING

SHA256 = "a" * 64


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Return an empty door."""
    folder = tmp_path / "outbox"
    folder.mkdir()
    return Door(folder=folder, principal="folder:h53")


def put(door: Door, name: str, content: bytes = b"x", *, age: int = 0) -> Path:
    """Drop a file that was last written so many seconds ago."""
    path = door.folder / name
    path.write_bytes(content)
    os.utime(path, (1_000_000_000 - age,) * 2)
    return path


def take_all(door: Door) -> list[Taken]:
    """Take whatever waits, in the morning."""
    return take(door, waiting(door.folder), now=MORNING)


def test_the_oldest_comes_first(door: Door) -> None:
    """What a client dropped first is handed over first, whatever it is called."""
    put(door, "b.edxml", age=3)
    put(door, "a.edxml", age=1)
    put(door, "c.edxml", age=2)

    assert ["b.edxml", "c.edxml", "a.edxml"] == [each.given for each in take_all(door)]


@pytest.mark.parametrize("name", [".hidden.edxml", "a.edxml.part", ".a.edxml.part", "a.xml", "readme", ".edxml"])
def test_unfinished_and_foreign_files_stay(door: Door, name: str) -> None:
    """Dotfiles, `.part` and everything that is not called a packet is left alone."""
    path = put(door, name)

    assert [] == take_all(door)
    assert path.exists()


def test_the_name_tells_when(door: Door) -> None:
    """The moment is in the name, to the microsecond, and comes out of it again after a crash."""
    put(door, "a~b.edxml")
    moment = MORNING + timedelta(microseconds=123_457)
    (taken,) = take(door, waiting(door.folder), now=moment)

    assert (moment, moment) == (taken.moment, taken_at(taken.name))
    assert "a~b.edxml" == taken.given
    assert [taken] == left(door, now=MORNING + timedelta(days=1))


@pytest.mark.parametrize("where", ["work", "accepted", "refused", "receipt"])
def test_a_name_is_given_once(door: Door, where: str) -> None:
    """The same name at the same moment is moved on by a microsecond, also where only a receipt is left of the first."""
    put(door, "a.edxml")
    (first,) = take_all(door)
    if where == "receipt":
        first.path.unlink()
        write_receipt(door.refused, first.name, "receipt", {})
    else:
        first.path.rename(door.folder / where / first.name)
    put(door, "a.edxml")
    (second,) = take_all(door)

    assert timedelta(microseconds=1) == second.moment - first.moment


def test_two_takers_share_and_nothing_is_lost(door: Door) -> None:
    """Two intakes on one folder, 200 files, the same names over again: each file is taken by exactly one of them."""
    taken: list[Taken] = []
    done = threading.Event()

    def take_on() -> None:
        while not done.is_set():
            taken.extend(take_all(door))

    takers = [threading.Thread(target=take_on) for _ in range(2)]
    for taker in takers:
        taker.start()
    contents = {f"{number}".encode() for number in range(200)}
    for content in contents:
        beside = put(door, ".a.part", content)
        while (door.folder / "a.edxml").exists():
            pass
        beside.rename(door.folder / "a.edxml")
    while (door.folder / "a.edxml").exists():
        pass
    done.set()
    for taker in takers:
        taker.join()

    assert len(contents) == len(taken)
    assert contents == {each.path.read_bytes() for each in taken}


def test_a_vanished_file_is_nothing(door: Door) -> None:
    """The client took its file back between the look and the rename."""
    path = put(door, "a.edxml")
    found = waiting(door.folder)
    path.unlink()

    assert [] == take(door, found, now=MORNING)


def test_what_somebody_put_into_work_is_taken_properly(door: Door) -> None:
    """A file in `work/` without a moment in its name gets one."""
    door.work.mkdir()
    (door.work / "a.edxml").write_bytes(b"x")
    (door.work / "b~999999999999999999999999.edxml").write_bytes(b"x")

    assert {MORNING} == {each.moment for each in left(door, now=MORNING)}
    assert {MORNING} == {each.moment for each in left(door, now=MORNING + timedelta(hours=1))}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Công văn 12.edxml", "Công văn 12.edxml"),
        ("a\nb\x85c\u2028d.edxml", "a_b_c_d.edxml"),
        ("\u202eexe.edxml", "_exe.edxml"),
        (os.fsdecode(b"\xff\xfe.edxml"), "\ufffd\ufffd.edxml"),
        ("ệ" * 80 + ".edxml", "ệ" * 46 + ".edxml"),
    ],
)
def test_strange_names_are_tidied(door: Door, given: str, kept: str) -> None:
    """Line breaks, direction marks, bytes that are no UTF-8 and names too long for a receipt."""
    put(door, given)
    (taken,) = take_all(door)

    assert (kept, kept) == (tidy(given), taken.given)
    write_receipt(door.accepted, taken.name, "acknowledged-" + "x" * 60, {"file": taken.given})


def test_the_index_finds_every_name_once(door: Door) -> None:
    """The names under which the same bytes were handed over, in order; a repeat after a crash changes nothing."""
    for name in ("a~1.edxml", "b~2.edxml", "a~1"):
        note_digest(door, SHA256, name)

    assert ["a~1", "b~2"] == names_of(door, SHA256)
    assert [] == names_of(door, "b" * 64)
    assert [SHA256] == [file.name for file in (door.accepted / INDEX).iterdir()]


@pytest.mark.parametrize("digest", ["", "../x", "A" * 64, "a" * 63])
def test_only_a_digest_becomes_a_path(door: Door, digest: str) -> None:
    """Whatever else is asked for is a mistake of the caller."""
    with pytest.raises(ValueError, match="no SHA-256"):
        names_of(door, digest)
