"""A log file that keeps within bounds while its process lives: when it is full it becomes `.log.1`, and a new one begins.

The process turns its own file, between two lines, by renaming: nothing is copied or cut, so no line is lost, and nobody else
has to be alive for it. Its stdout and stderr follow to the new file, and with them what libraries write there.
"""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.settings import Settings

APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
STDOUT_AND_STDERR = (1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much one process may keep of what it said."""

    file_bytes: int = 20_000_000
    """Of one file; the line that fills it is still in it."""

    generations: int = 5
    """Full files kept beside the one being written: `.log.1` is the newest."""

    @classmethod
    def of(cls, settings: Settings) -> "Bounds":
        """Return what the settings say."""
        return cls(file_bytes=settings.log_mb * 1_000_000, generations=settings.log_generations)


class LogFile:
    """Takes whole lines; a line that cannot be written (the disk is full) is counted, and never an exception of its process."""

    def __init__(self, path: Path, bounds: Bounds, *, carries: tuple[int, ...] = ()) -> None:
        self._path, self._bounds, self._carries = path, bounds, carries
        self._lock = threading.Lock()
        self._unwritten = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = -1
        self._open()

    def write(self, lines: str) -> int:
        """Append; before it, begin a new file if this one is full or was taken away."""
        with self._lock:
            try:
                self._follow()
                _append(self._handle, (self._confession() + lines).encode("utf-8", "backslashreplace"))
                self._unwritten = 0
            except OSError:
                self._unwritten += 1
        return len(lines)

    def flush(self) -> None:
        """Do nothing: each line was handed to the system when it was written."""

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)

    def _confession(self) -> str:
        """Return a line that says how many could not be written, behind whatever half line the last try left."""
        return f"\n{json.dumps({'event': 'lines_unwritten', 'count': self._unwritten})}\n" if self._unwritten else ""

    def _follow(self) -> None:
        here = os.fstat(self._handle)
        if here.st_size >= self._bounds.file_bytes:
            turn_if_full(self._path, self._bounds)
        elif _is_at(self._path, here):
            return
        self._open()

    def _open(self) -> None:
        fresh = os.open(self._path, APPEND, 0o644)
        old, self._handle = self._handle, fresh
        for number in self._carries:
            os.dup2(fresh, number)
        if old >= 0:
            os.close(old)


def turn_if_full(path: Path, bounds: Bounds) -> None:
    """Set a full log aside as `.1`, the older ones one further; whoever comes second finds it done."""
    with _alone(path.parent):
        try:
            if path.stat().st_size < bounds.file_bytes:
                return
        except FileNotFoundError:
            return
        kept = range(1, bounds.generations)
        free = next((number for number in kept if not generation(path, number).exists()), bounds.generations)
        for number in range(free, 1, -1):
            generation(path, number - 1).replace(generation(path, number))
        path.replace(generation(path, 1))


def generation(path: Path, number: int) -> Path:
    """Return where a log's n-th last full file lies."""
    return path.with_name(f"{path.name}.{number}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only one that renames logs here; the lock is of this call alone, so nobody inherits it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_at(path: Path, here: os.stat_result) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)


def _append(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]
