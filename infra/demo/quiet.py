"""Is anything still unread anywhere? Asked by the stepped clock before it jumps to the next due moment.

All of it is monotone: a position only grows, and moves only after what it caused lies on the log. So if every
consumer stands at the ends, and the ends are the same afterwards, then nothing was under way in between.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from infra.state import Positions
from schemas.topics import TOPICS


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far everybody is."""

    busy: str
    """What is not done yet, for the log; empty when all is quiet."""

    next_due: datetime | None
    """The earliest row due in any processor's state."""


def consumers() -> dict[str, list[str]]:
    """Return application -> topics it consumes, as `topics.yaml` declares."""
    reads: dict[str, list[str]] = {}
    for topic in TOPICS:
        for name in topic.consumers:
            reads.setdefault(name, []).append(topic.name)
    return reads


def behind(positions: Mapping[str, Positions], ends: Mapping[tuple[str, int], int]) -> str:
    """Name the first consumer that has not read to the end."""
    for application, topics in consumers().items():
        if application not in positions:
            continue
        known = positions[application].read()
        for (topic, partition), end in ends.items():
            if topic in topics and end > 0 and known.get((topic, partition), -1) + 1 < end:
                return f"{application} reads {topic}/{partition}"
    return ""


def waiting_files(folders: Iterable[Path]) -> str:
    """Name the first packet that intake has not finished with."""
    for folder in folders:
        for packet in (*folder.glob("*.edxml"), *folder.glob("work/*.edxml")):
            return f"intake has {packet.name}"
    return ""
