"""Leaves out what repeats itself: of one kind of line a few a minute are written, then how many more there were.

An outage makes libraries and retries say one thing thousands of times; the first of them says it all.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import structlog

SECONDS = 60.0
ALLOWED = 10
"""Lines of one kind in so many seconds."""

KINDS = 200
"""More kinds than this in one such time share one allowance, so that what is written stays bounded whatever is said."""

LEFT_OUT = "lines_left_out"
LAST = frozenset({"ending", "stopped", "stopped_in_work"})
"""Events after which a process says nothing more: they are always written, behind all that is still to be said."""

NAMING = ("process", "reason", "kind", "why", "what")
"""Fields that make one event two kinds."""

LONGEST = 80
_VARYING = re.compile(r"[0-9]+")

Kind = tuple[str, ...]
OTHERS: Kind = ("others",)


@dataclass(slots=True)
class _Count:
    ends_at: float
    said: int = 0
    left_out: int = 0


class Repeats:
    """Counts lines; a processor for structlog (call it) and a filter for the standard library's handlers."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._counts: dict[Kind, _Count] = {}
        self._look_at = 0.0

    def __call__(self, _logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Pass a line on or raise `DropEvent`."""
        event = str(line.get("event"))
        if event == LEFT_OUT:
            return line
        named = (_plain(line[name]) for name in NAMING if name in line)
        if not self._passes((str(line.get("level")), event, *named), last=event in LAST):
            raise structlog.DropEvent
        return line

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a library's line is written."""
        return self._passes((record.levelname.lower(), record.name, _plain(record.getMessage())), last=False)

    def _passes(self, kind: Kind, *, last: bool) -> bool:
        now = self._now()
        with self._lock:
            over = self._over(now, everything=last)
            count = self._counts.get(kind)
            if count is None and len(self._counts) >= KINDS:
                kind = OTHERS
                count = self._counts.get(kind)
            if count is None:
                count = self._counts[kind] = _Count(now + SECONDS)
            passes = last or count.said < ALLOWED
            count.said += passes
            count.left_out += not passes
        for what, left_out in over:
            structlog.get_logger(__name__).warning(LEFT_OUT, of=" ".join(what), count=left_out)
        return passes

    def _over(self, now: float, *, everything: bool) -> list[tuple[Kind, int]]:
        """Forget what was counted until now, and return what was left out of it."""
        if now < self._look_at and not everything:
            return []
        ended = [kind for kind, count in self._counts.items() if everything or count.ends_at <= now]
        over = [(kind, self._counts.pop(kind).left_out) for kind in ended]
        self._look_at = min((count.ends_at for count in self._counts.values()), default=now)
        return [(kind, left_out) for kind, left_out in over if left_out]


def _plain(said: object) -> str:
    """Return what stays the same when the same thing is said of another number, port or offset."""
    return _VARYING.sub("#", str(said)[: 4 * LONGEST])[:LONGEST]
