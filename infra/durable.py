"""Writing small files so that a reader, or the next start after a power cut, sees the old or the new one, never half."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: Path, content: bytes, *, sync: bool = False) -> None:
    """Write beside `path` and rename into place; `sync` waits for the disk, the folder entry included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    with beside.open("wb") as out:
        out.write(content)
        if sync:
            out.flush()
            os.fsync(out.fileno())
    beside.replace(path)
    if sync:
        sync_folder(path.parent)


@contextmanager
def writing_atomically(path: Path) -> Iterator[BinaryIO]:
    """Yield a file beside `path` for something long, written piece by piece; it takes its place when all went well, else it goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as out:
            yield out
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries (a rename, a new file) are on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
