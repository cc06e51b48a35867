"""Why a process ended, in one line for people: taken from what it wrote since it started."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from infra.logfile import generation

LOOK_BYTES = 64_000
LONGEST = 300
DECISIVE = ("ending: ", "cannot_start: ", "crashed: ")
"""The events by which a process says why it ends: they count more than the errors before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where in a log something began; the file may have been turned since."""

    inode: int
    offset: int

    @classmethod
    def of(cls, log: BinaryIO) -> "Mark":
        """Return the place where the next line will stand."""
        return cls(inode=os.fstat(log.fileno()).st_ino, offset=log.seek(0, os.SEEK_END))


def last_words(log: Path, since: Mark | None) -> str:
    """Return why a process said it ends, else the first error it logged, else the end of a traceback or its last lines."""
    lines = [line for line in _written(log, since).splitlines() if line.strip()]
    errors = [said for line in lines if (said := _error(line))]
    decisive = [said for said in errors if said.startswith(DECISIVE)]
    return (decisive[-1] if decisive else errors[0] if errors else _end(lines))[:LONGEST]


def _written(log: Path, since: Mark | None) -> str:
    """Return the last of what was written since; where the log was turned meanwhile, the end of the file before as well."""
    try:
        with log.open("rb") as written:
            here = os.fstat(written.fileno())
            began = since.offset if since is not None and since.inode == here.st_ino else 0
            turned = since is not None and since.inode != here.st_ino
            earlier = _tail(generation(log, 1)) if turned and here.st_size < LOOK_BYTES else b""
            written.seek(max(began, here.st_size - LOOK_BYTES))
            return (earlier + written.read()).decode("utf-8", "replace")
    except OSError:
        return ""


def _tail(log: Path) -> bytes:
    try:
        with log.open("rb") as written:
            written.seek(max(0, log.stat().st_size - LOOK_BYTES))
            return written.read()
    except OSError:
        return b""


def _error(line: str) -> str:
    """Say a log line of level error or worse: its event, why (the last line of its exception), and what helps."""
    said = _fields(line)
    if said.get("level") not in ("error", "critical"):
        return ""
    exception = str(said.get("exception", "")).strip().splitlines()
    more = exception[-1:] or [str(said[name]) for name in ("why", "what") if name in said]
    mend = f" → {said['mend']}" if "mend" in said else ""
    return ": ".join([str(said.get("event", "")), *more]) + mend


def _end(lines: list[str]) -> str:
    """Say the last line; what must be mended stands before how (`→`)."""
    if not lines:
        return ""
    if lines[-1].startswith("→") and len(lines) > 1:
        return f"{_plain(lines[-2])} {lines[-1]}"
    return _plain(lines[-1])


def _plain(line: str) -> str:
    said = _fields(line)
    return str(said.get("event", line)) if said else line


def _fields(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
