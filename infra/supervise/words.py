"""Why a process ended, in one line for people: taken from what it wrote since it started."""

import json
from pathlib import Path
from typing import Any

LOOK_BYTES = 64_000
LONGEST = 300


def last_words(log: Path, since: int) -> str:
    """Return the first error that a process logged, else the end of a traceback or its last line; `since`: where its log began."""
    try:
        with log.open("rb") as written:
            written.seek(max(since, log.stat().st_size - LOOK_BYTES))
            lines = written.read().decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    errors = [said for line in lines if (said := _error(line))]
    return (errors[0] if errors else _plain(lines[-1]) if lines else "")[:LONGEST]


def _error(line: str) -> str:
    """Say a log line of level error or worse: its event, and the last line of its exception."""
    said = _fields(line)
    if said.get("level") not in ("error", "critical"):
        return ""
    exception = str(said.get("exception", "")).strip().splitlines()
    more = exception[-1:] or [str(said[name]) for name in ("why", "what") if name in said]
    return ": ".join([str(said.get("event", "")), *more])


def _plain(line: str) -> str:
    said = _fields(line)
    return str(said.get("event", line)) if said else line


def _fields(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
