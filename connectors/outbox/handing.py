"""The door side of the relay: files named by their rows' ids, dropped once, and the receipts that intake leaves.

A file only moves on: door, `work/`, then `accepted/` or `refused/` (its receipt comes there first). Asked in this order, none is missed.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from connectors.folders import SUFFIX, Door
from connectors.receipts import RECEIPT
from infra.durable import write_atomically

LOCK = ".outbox.lock"
ANSWER = f".{RECEIPT}.json"


@contextmanager
def alone(door: Door) -> Iterator[None]:
    """Keep other relays of the same door out: looking and dropping is one step."""
    door.folder.mkdir(parents=True, exist_ok=True)
    with (door.folder / LOCK).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def drop(door: Door, row: str, packet: bytes) -> None:
    """Lay a packet into a door under its row's id; it survives a power cut or is not there."""
    write_atomically(door.folder / f"{row}{SUFFIX}", packet, sync=True)


def under_way(door: Door, rows: Iterable[str]) -> set[str]:
    """Return the rows whose files intake has not finished."""
    wanted = set(rows)
    return wanted & {_row(name) for folder in (door.folder, door.work) for name in _names(folder, SUFFIX)}


def answered(door: Door, rows: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what intake answered, row by row; of rows that were answered twice (somebody sent one again), the last."""
    wanted, found = set(rows), dict[str, Path]()
    for folder in (door.accepted, door.refused):
        for name in _names(folder, ANSWER):
            row = _row(name)
            if row in wanted and (row not in found or found[row].name < name):
                found[row] = folder / name
    return {row: json.loads(file.read_bytes()) for row, file in found.items()}


def _row(name: str) -> str:
    return name.removesuffix(SUFFIX).partition("~")[0]


def _names(folder: Path, suffix: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [each.name for each in entries if each.name.endswith(suffix)]
    except FileNotFoundError:
        return []  # no packet came so far yet
