"""How far the consumers are, as their SQL says, beside the log: never beyond its end, and at its end when all is done."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.audit.law import Findings, found
from infra.settings import Settings
from infra.state import all_positions
from schemas.topics import read_by

Known = Mapping[str, Mapping[tuple[str, int], int]]
"""Consumer -> (topic, partition) -> offset of the last settled record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the positions say."""

    behind: Mapping[str, int]
    """Consumer -> records that it has not settled; only those who have some."""

    findings: Findings


def positions(settings: Settings) -> Known:
    """Return the positions of every consumer whose state is here; look before you ask where the log ends."""
    known = {name: position.read() for name, position in sorted(all_positions(settings).items())}
    return {name: places for name, places in known.items() if places}


def compare(known: Known, ends: Mapping[tuple[str, int], int]) -> Progress:
    """Compare positions with the ends of a log that was asked for later."""
    beyond, behind = [], {}
    for consumer, places in known.items():
        for (topic, partition), last in places.items():
            end = ends.get((topic, partition), 0)
            if last >= end:
                beyond.append(f"{consumer} settled {topic}/{partition}/{last}, and the log ends at {end}")
        reads = {topic.name for topic in read_by(consumer)}
        left = sum(end - 1 - places.get(where, -1) for where, end in ends.items() if where[0] in reads)
        if left > 0:
            behind[consumer] = left
    return Progress(behind=behind, findings=found("position", unexplained=beyond))
