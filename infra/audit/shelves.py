"""Where facts wait until all of the log is read: files, so that memory does not grow with the log.

What is about one document comes to lie on one shelf, so the shelves can be judged one after the other, or side by side.
"""

import marshal
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from infra.supervise.ledger import start_ticks

BEGINS = "lienthong-audit-"
"""What the names of such folders begin with; then comes who made it."""

IN_HAND = 20_000
"""Things that are kept in memory before they are put away."""


@contextmanager
def room() -> Iterator[Path]:
    """Yield a folder that is gone afterwards; those of audits that were killed go first."""
    for left in Path(tempfile.gettempdir()).glob(f"{BEGINS}*"):
        maker = left.name.removeprefix(BEGINS).partition("-")[0]
        if maker.isdigit() and start_ticks(int(maker)) is None:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{BEGINS}{os.getpid()}-") as name:
        yield Path(name)


class Shelves:
    """One writer's files below a folder, `kind-writer-shelf`."""

    def __init__(self, folder: Path, kind: str, writer: int, count: int) -> None:
        self._count, self._held = count, 0
        self._rows: list[list[Any]] = [[] for _ in range(count)]
        self._files: list[BinaryIO] = [(folder / f"{kind}-{writer}-{shelf}").open("wb") for shelf in range(count)]

    def put(self, about: str, thing: Any) -> None:
        """Put one thing on the shelf of what it is about."""
        self._rows[zlib.crc32(about.encode()) % self._count].append(thing)
        self._held += 1
        if self._held >= IN_HAND:
            self._put_away()

    def _put_away(self) -> None:
        for rows, file in zip(self._rows, self._files, strict=True):
            if rows:
                marshal.dump(rows, file)
                rows.clear()
        self._held = 0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put everything away."""
        self._put_away()
        for file in self._files:
            file.close()


def taken_from(folder: Path, kind: str, shelf: int) -> Iterator[Any]:
    """Yield what all writers put on a shelf, each writer's in its order."""
    for path in sorted(folder.glob(f"{kind}-*-{shelf}")):
        with path.open("rb") as file:
            while True:
                try:
                    rows = marshal.load(file)  # noqa: S302 - our own file, written a moment ago into a folder of our own
                except EOFError:
                    break
                yield from rows
