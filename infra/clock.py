"""The axis' clock: real time, or simulated time that is announced; all processes share one clock file.

* `real`: the machine's clock.
* `rate`: starts at a simulated moment and runs so many times as fast as life.
* `stepped`: stands still until somebody moves it on, so that a simulated week takes a minute and a restart changes nothing.
"""

import fcntl
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol, get_args

from infra.durable import write_atomically
from infra.errors import EnvironmentFaultError
from infra.settings import Settings

LOOK_AGAIN_SECONDS = 0.02
"""How old what was read from the clock file may be."""

Mode = Literal["real", "rate", "stepped"]


class ClockError(EnvironmentFaultError):
    """The clock file cannot be understood, or the clock does not do what is asked of it."""


class Clock(Protocol):
    """Tells the time, in UTC."""

    @property
    def mode(self) -> Mode:
        """How it runs."""

    @property
    def simulated(self) -> bool:
        """Tell whether it is not the real time; every event and log line then says so."""

    def now(self) -> datetime:
        """Return the moment."""

    def advance(self, to: datetime) -> None:
        """Move a stepped clock on; never back."""


@dataclass(frozen=True, slots=True)
class _Face:
    """What the clock file says."""

    mode: Mode
    real_at: float = 0.0
    """Unix time at which the simulated moment was valid."""

    simulated_at: float = 0.0
    rate: float = 1.0


_REAL = _Face("real")


class FileClock:
    """Reads the clock file, at most every `LOOK_AGAIN_SECONDS`; no file means real time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._looked_at = float("-inf")
        self._face = _REAL

    @property
    def mode(self) -> Mode:
        """How it runs."""
        return self._look().mode

    @property
    def simulated(self) -> bool:
        """Tell whether it is not the real time."""
        return self._look().mode != "real"

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        face = self._look()
        if face.mode == "real":
            return datetime.now(UTC)
        past = (time.time() - face.real_at) * face.rate if face.mode == "rate" else 0.0
        return datetime.fromtimestamp(face.simulated_at + past, UTC)

    def advance(self, to: datetime) -> None:
        """Move a stepped clock on, for all processes; an earlier moment changes nothing. Raise `ClockError` if it is not stepped."""
        with self._path.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two who advance at once must not turn it back
            face = _read(self._path)
            if face.mode != "stepped":
                raise ClockError(
                    f"the clock runs ({face.mode}); only a stepped one can be moved", "start with a stepped clock"
                )
            if to.timestamp() > face.simulated_at:
                set_clock(self._path, "stepped", at=to)
        self._looked_at = float("-inf")

    def _look(self) -> _Face:
        now = time.monotonic()
        if now - self._looked_at >= LOOK_AGAIN_SECONDS:
            self._face = _read(self._path)
            self._looked_at = now
        return self._face


def _read(path: Path) -> _Face:
    """Read the file itself: inode, time and size may repeat between two quick steps, the content does not."""
    try:
        face = _Face(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return _REAL
    except (ValueError, TypeError) as exc:
        raise ClockError(f"{path} is no clock file", "remove it; the axis then runs on real time") from exc
    if face.mode not in get_args(Mode):
        raise ClockError(
            f"{path}: there is no clock of mode {face.mode!r}", "remove it; the axis then runs on real time"
        )
    return face


def set_clock(path: Path, mode: Mode, *, at: datetime | None = None, rate: float = 1.0) -> None:
    """Write the clock file: `at` is the simulated moment that it shows now (not for `real`), with its offset."""
    if mode != "real" and (at is None or at.tzinfo is None):
        raise ValueError("a simulated clock starts at a moment with an offset")
    face = {"mode": mode, "real_at": time.time(), "simulated_at": at.timestamp() if at else 0.0, "rate": rate}
    write_atomically(path, json.dumps(face).encode())


def open_clock(settings: Settings) -> FileClock:
    """Return the clock that all processes of this axis share."""
    return FileClock(settings.clock_file)


def since(moment: datetime, now: datetime) -> timedelta:
    """Return the span from a moment to now, never negative (clocks of two machines may differ)."""
    return max(timedelta(), now - moment)


def real_now() -> datetime:
    """Return the machine's own time, for what people elsewhere stamp by theirs: a client's signed request."""
    return datetime.now(UTC)


class Stepped:
    """Notices that somebody set the machine's clock (or put it to sleep), by the clock that nobody can set."""

    def __init__(self) -> None:
        self._began = time.time() - time.monotonic()

    def seconds(self) -> float:
        """Return how far it was set since this object was made; below zero: back."""
        return time.time() - time.monotonic() - self._began
