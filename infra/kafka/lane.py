"""A lane: one partition index with all topics of an app, worked on by one owner, one piece of work at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from infra.kafka.records import Where
from infra.state import Claim, Plan
from infra.state.store import MICROSECOND


@dataclass(slots=True)
class Lane:
    """What this process knows of a partition index it owns; only whoever holds the lane's turn may touch it."""

    partition: int
    epoch: int
    positions: dict[str, int]
    """Topic -> offset of the last settled record."""

    versions: Mapping[str, str]
    """Reference data in force here."""

    plan: Plan | None
    """Begun and not settled; after a claim, what the last owner left."""

    read_until: dict[str, datetime] = field(default_factory=dict)
    """Topic -> recorded time of the last settled record."""

    @classmethod
    def of(cls, partition: int, claim: Claim) -> "Lane":
        """Return the lane as its new owner finds it."""
        return cls(partition, claim.epoch, dict(claim.positions), claim.versions, claim.plan)

    def held_back(self, topic: str) -> bool:
        """Tell whether a topic must wait until something else is done again that the last owner had begun."""
        return self.plan is not None and self.plan.topic != topic

    def watermark(self, topics: Collection[str], ends: Mapping[Where, int], now: datetime) -> datetime | None:
        """Return the moment up to which the log is read; None while nobody can say.

        `ends` must have been asked after `now` was taken: whatever was recorded until then lies before them.
        """
        marks = [now]
        for topic in topics:
            last, end = self.positions.get(topic), ends.get(Where(topic, self.partition))
            if last is None or end is None:
                return None  # not all topics of this index are ours: what the others say is unknown
            if last + 1 < end:
                if topic not in self.read_until:
                    return None
                # what waits may have been recorded at that very moment, and a fact comes before a deadline of the same moment
                marks.append(self.read_until[topic] - MICROSECOND)
        return min(marks)
