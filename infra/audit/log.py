"""What the audit remembers of the log as a whole: how far it goes, its dead letters, and the ids of its events."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

Where = str
"""`topic/partition/offset` of a record."""

Moment = int
"""Microseconds since 1970."""

DIGEST = 12
"""Bytes of one digest."""

Text = bytes
"""A moment as a header has it: in UTC, so that later ones sort later."""


@dataclass(slots=True)
class Burial:
    """The dead letters of one record."""

    stages: set[str] = field(default_factory=set)
    """Apps that could not take it: the register's trouble is no excuse for the verifier."""

    reasons: set[tuple[str, str]] = field(default_factory=set)
    """(stage, reason)."""


@dataclass(slots=True)
class Log:
    """What one pass leaves of the log as a whole."""

    ends: dict[str, int] = field(default_factory=dict)
    """`topic/partition` -> the highest offset that was read."""

    buried: dict[Where, Burial] = field(default_factory=dict)
    """Records that ended as dead letters, by their coordinates."""

    timers: dict[tuple[str, bytes], dict[str, str]] = field(default_factory=dict)
    """Timers whose step broke, by app, partition and row -> ids of their dead letters, with reasons: what was due was not done."""

    set_aside: set[str] = field(default_factory=set)
    """Ids of dead letters that an operator discarded."""

    unreadable: list[Where] = field(default_factory=list)
    last: dict[str, Moment] = field(default_factory=dict)
    """`topic/partition` -> when its last readable record was recorded."""

    gaps: set[Moment] = field(default_factory=set)
    """Days (their first moment) on which officials were missing in the directory: a step may have had nobody to tell."""

    def add(self, other: "Log") -> None:
        """Take over what another reader found in other partitions; a dead letter may speak of any."""
        self.ends |= other.ends
        self.last |= other.last
        self.unreadable += other.unreadable
        self.gaps |= other.gaps
        self.set_aside |= other.set_aside
        for timer, letters in other.timers.items():
            self.timers.setdefault(timer, {}).update(letters)
        for where, burial in other.buried.items():
            mine = self.buried.setdefault(where, Burial())
            mine.stages |= burial.stages
            mine.reasons |= burial.reasons

    def gave_up(self, stage: str, places: Iterable[Where]) -> bool:
        """Tell whether every record at these places is a dead letter of this app."""
        return all(place in self.buried and stage in self.buried[place].stages for place in places)

    def not_events(self, codes: Collection[str]) -> frozenset[Where]:
        """Return the dead letters whose reason says that they are no message of ours at all."""
        return frozenset(
            where for where, burial in self.buried.items() if any(reason in codes for _, reason in burial.reasons)
        )

    def read_until(self) -> dict[int, Moment]:
        """Return partition index -> the newest moment among the last records of its topics."""
        found: dict[int, Moment] = {}
        for partition, moment in self.last.items():
            number = int(partition.rpartition("/")[2])
            found[number] = max(moment, found.get(number, moment))
        return found

    @property
    def dead_letters(self) -> dict[str, int]:
        """Count the dead letters by reason; the same one written twice is one."""
        found: dict[str, int] = {}
        reasons = [reason for burial in self.buried.values() for _, reason in burial.reasons]
        for reason in (*reasons, *(next(iter(letters.values())) for letters in self.timers.values())):
            found[reason] = found.get(reason, 0) + 1
        return found


@dataclass(slots=True)
class Names:
    """Event ids: each may have one content only."""

    known: dict[str, tuple[bytes, Where]] = field(default_factory=dict)
    """Event id -> digest of its content and where it first lay."""

    counts: dict[str, int] = field(default_factory=dict)
    """Topic -> distinct events."""

    repeats: int = 0
    """Records that repeat an event id with the same content: harmless, and counted."""

    conflicts: list[str] = field(default_factory=list)
    others: set[Where] = field(default_factory=set)
    """Records whose event id was met before with another content."""

    def note(self, names: Iterable[tuple[Where, str, bytes]]) -> None:
        """Compare records with the first of their ids."""
        for where, event_id, digest in names:
            first, at = self.known.setdefault(event_id, (digest, where))
            if at is where:
                topic = where.partition("/")[0]
                self.counts[topic] = self.counts.get(topic, 0) + 1
            elif first == digest or _is_another_version(first, digest):
                self.repeats += 1
            else:
                self.others.add(where)
                self.conflicts.append(f"{event_id}: {at} and {where} differ")


def _is_another_version(first: bytes, digest: bytes) -> bool:
    """Tell whether two records say the same under two versions of their schema: releases side by side repeat each other's events."""
    (one, one_frame), (other, other_frame) = (
        (each[DIGEST : 2 * DIGEST], each[2 * DIGEST :]) for each in (first, digest)
    )
    return one == other != b"" and one_frame != other_frame
