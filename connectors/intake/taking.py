"""Taking files out of a door: renamed into `work/` under a name that says when, so that all that follows can be repeated.

The rename decides between two intakes; names are given under a lock, so that no packet ever takes another one's place.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connectors.folders import SUFFIX, Door, taken_at, taken_name
from connectors.receipts import receipt_file
from infra.durable import sync_folder

MICROSECOND = timedelta(microseconds=1)
MAX_STEM = 140
"""Bytes of a client's file name that are kept: the moment and `.WHAT.json` of a receipt must fit into 255."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file in `work/`."""

    door: Door
    path: Path
    moment: datetime
    """When it was taken, by the axis' clock; part of the name."""

    @property
    def name(self) -> str:
        """`NAME~MOMENT.edxml`, unique in its door for ever."""
        return self.path.name

    @property
    def given(self) -> str:
        """The name under which the client handed it over."""
        return self.path.name.rpartition("~")[0] + SUFFIX


def waiting(folder: Path) -> list[Path]:
    """Return the packets in a folder, the oldest first; dotfiles and `.part` are somebody's unfinished work."""
    with os.scandir(folder) as entries:
        found = [each for each in entries if each.name.endswith(SUFFIX) and not each.name.startswith(".")]
    aged = []
    for each in found:
        try:
            aged.append((each.stat(follow_symlinks=False).st_mtime_ns, each.name))
        except FileNotFoundError:
            continue  # taken by another intake, or taken back
    return [folder / name for _, name in sorted(aged)]


def take(door: Door, found: Iterable[Path], *, now: datetime) -> list[Taken]:
    """Take files that wait in a door; those that another intake took meanwhile are not among them."""
    for folder in (door.work, door.accepted, door.refused):
        folder.mkdir(exist_ok=True)
    with _locked(door):
        taken = [each for path in found if (each := _rename(door, path, now))]
    sync_folder(door.work)
    return taken


def left(door: Door, *, now: datetime) -> list[Taken]:
    """Return what lies in `work/`; a file that somebody put there without a moment is taken now."""
    taken = []
    for path in waiting(door.work) if door.work.exists() else ():
        try:
            taken.append(Taken(door=door, path=path, moment=taken_at(path.name)))
        except (ValueError, OverflowError):
            with _locked(door):
                taken += [each] if (each := _rename(door, path, now)) else []
    return sorted(taken, key=lambda each: each.moment)


def _rename(door: Door, path: Path, now: datetime) -> Taken | None:
    given, moment = tidy(path.name), now
    while _used(door, taken_name(given, moment)):
        moment += MICROSECOND
    target = door.work / taken_name(given, moment)
    try:
        path.rename(target)
    except FileNotFoundError:
        return None
    return Taken(door=door, path=target, moment=moment)


def tidy(name: str) -> str:
    """Return a client's file name fit for logs, index and receipts: UTF-8, printable, not too long."""
    stem = os.fsencode(name.removesuffix(SUFFIX)).decode(errors="replace")
    stem = _UNPRINTABLE.sub("_", stem).encode()[:MAX_STEM].decode(errors="ignore")
    return f"{stem}{SUFFIX}"


def _used(door: Door, name: str) -> bool:
    """Tell whether a name was given before. A file only moves on from `work/`, so it cannot be missed when asked in this order."""
    folders = (door.work, door.accepted, door.refused)
    return any(os.path.lexists(folder / name) or os.path.lexists(receipt_file(folder, name)) for folder in folders)


@contextmanager
def _locked(door: Door) -> Iterator[None]:
    with (door.work / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
