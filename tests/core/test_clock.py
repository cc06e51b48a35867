"""The clock file: one time for all processes, announced when it is not the real one."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import clock as clocks
from infra.clock import ClockError, FileClock, set_clock, since

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def looks_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock look at its file each time."""
    monkeypatch.setattr(clocks, "LOOK_AGAIN_SECONDS", 0.0)


def test_without_a_file_time_is_real(tmp_path: Path) -> None:
    """No clock file: the machine's time, and nothing is announced."""
    clock = FileClock(tmp_path / "clock.json")
    before = datetime.now(UTC)
    now = clock.now()

    assert before <= now <= datetime.now(UTC)
    assert (False, "real") == (clock.simulated, clock.mode)


def test_a_stepped_clock_stands_still_until_moved(tmp_path: Path) -> None:
    """It shows the same moment however often it is read, and says that it is simulated."""
    set_clock(tmp_path / "clock.json", "stepped", at=MONDAY)
    clock = FileClock(tmp_path / "clock.json")

    assert [MONDAY, MONDAY] == [clock.now(), clock.now()]
    assert clock.simulated

    clock.advance(MONDAY + timedelta(hours=1))

    assert MONDAY + timedelta(hours=1) == clock.now()


def test_a_stepped_clock_never_goes_back(tmp_path: Path) -> None:
    """An earlier moment changes nothing."""
    set_clock(tmp_path / "clock.json", "stepped", at=MONDAY)
    clock = FileClock(tmp_path / "clock.json")
    clock.advance(MONDAY - timedelta(seconds=1))

    assert MONDAY == clock.now()


def test_only_a_stepped_clock_is_moved(tmp_path: Path) -> None:
    """Moving a running clock would stop it for everybody: refused."""
    path = tmp_path / "clock.json"
    with pytest.raises(ClockError):
        FileClock(path).advance(MONDAY)
    set_clock(path, "rate", at=MONDAY, rate=60)
    with pytest.raises(ClockError):
        FileClock(path).advance(MONDAY + timedelta(days=1))

    assert "rate" == FileClock(path).mode


def test_a_rate_runs_so_many_times_as_fast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten real seconds at 60x are ten simulated minutes."""
    monkeypatch.setattr("time.time", lambda: 1_000.0)
    set_clock(tmp_path / "clock.json", "rate", at=MONDAY, rate=60)
    clock = FileClock(tmp_path / "clock.json")

    assert MONDAY == clock.now()

    monkeypatch.setattr("time.time", lambda: 1_010.0)

    assert MONDAY + timedelta(minutes=10) == clock.now()


@pytest.mark.usefixtures("looks_always")
def test_every_step_is_seen_by_other_readers(tmp_path: Path) -> None:
    """A hundred quick steps: the reader sees each, although inode numbers, sizes and coarse file times repeat."""
    path = tmp_path / "clock.json"
    set_clock(path, "stepped", at=MONDAY)
    mover, reader = FileClock(path), FileClock(path)
    steps = [MONDAY + timedelta(seconds=number) for number in range(1, 101)]
    seen = []
    for step in steps:
        mover.advance(step)
        seen.append(reader.now())

    assert steps == seen


def test_two_who_move_it_at_once_do_not_turn_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between one mover's look and its write, a second one moves on further: it has to wait for its turn, and the later moment stays."""
    path = tmp_path / "clock.json"
    set_clock(path, "stepped", at=MONDAY)
    later = threading.Thread(target=FileClock(path).advance, args=(MONDAY + timedelta(hours=2),))

    def write(*args: Any, **options: Any) -> None:
        if not later.ident:
            later.start()
            later.join(0.2)  # it gets all the time it would need, were there no turns
        set_clock(*args, **options)

    monkeypatch.setattr(clocks, "set_clock", write)
    FileClock(path).advance(MONDAY + timedelta(hours=1))
    later.join()

    assert MONDAY + timedelta(hours=2) == FileClock(path).now()


def test_the_file_is_read_at_most_every_20_ms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand readings within the span look once."""
    looks = []

    def read(path: Path) -> clocks._Face:
        looks.append(path)
        return clocks._REAL

    monkeypatch.setattr("time.monotonic", lambda: 5.0)
    monkeypatch.setattr(clocks, "_read", read)
    clock = FileClock(tmp_path / "clock.json")
    for _ in range(1_000):
        clock.now()

    assert 1 == len(looks)


@pytest.mark.parametrize("content", [b"{", b'{"mode": "sundial"}', b'{"face": 1}', b"[]"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    """A clock file that cannot be understood is an error that says which file, never silently real time."""
    (tmp_path / "clock.json").write_bytes(content)
    with pytest.raises(ClockError, match=r"clock\.json"):
        FileClock(tmp_path / "clock.json").now()


def test_simulated_time_needs_an_offset(tmp_path: Path) -> None:
    """A naive moment would mean another one on each machine."""
    with pytest.raises(ValueError, match="offset"):
        set_clock(tmp_path / "clock.json", "stepped", at=datetime(2026, 11, 23, 8))  # noqa: DTZ001 - the case


def test_a_span_is_never_negative() -> None:
    """Clocks of two machines may differ."""
    assert timedelta() == since(MONDAY + timedelta(seconds=1), MONDAY)
