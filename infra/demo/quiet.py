"""Is anything still unread anywhere? Asked by the stepped clock before it jumps to the next due moment.

All of it is monotone: a position only grows, and moves only after what it caused lies on the log. So if every
consumer stands at the ends, and the ends are the same afterwards, then nothing was under way in between.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from infra.demo.observer import Observer
from infra.folders import SUFFIX
from infra.kafka.records import Where
from infra.settings import Settings
from infra.state import Positions, all_positions
from schemas.topics import read_by


class Quiet:
    """Looks at intake's folders, at every consumer's position and due rows, and at the log."""

    def __init__(self, settings: Settings, observer: Observer, intake_folders: Iterable[Path]) -> None:
        self._observer, self._folders = observer, tuple(intake_folders)
        self._ends: Mapping[tuple[str, int], int] = {}
        self._positions = all_positions(settings)

    def busy(self, taken: Collection[str], now: datetime) -> str:
        """Say what is not done yet, for the log; empty when all is quiet. `taken`: deliveries that were taken out of an inbox."""
        if waiting := waiting_files(self._folders):
            return waiting
        # Ends only grow: whoever is behind the ends known already is behind, and the broker need not be asked.
        if self._ends and (unread := behind(self._positions, self._ends)):
            return unread
        ends = self._ends = self._observer.catch_up()
        if unread := behind(self._positions, ends):
            return unread
        if (due := self.next_due()) is not None and due <= now:
            return f"due since {due.isoformat()}"
        if unseen := set(taken) - self._observer.received:
            return f"deliver has not seen that {min(unseen)} was taken"
        return "" if self._observer.tail.ends() == ends else "the log grows"

    def next_due(self) -> datetime | None:
        """Return the earliest moment at which any consumer wants to be woken."""
        return min((due for each in self._positions.values() if (due := each.next_due()) is not None), default=None)


def behind(positions: Mapping[str, Positions], ends: Mapping[tuple[str, int], int] | Mapping[Where, int]) -> str:
    """Name the first consumer that has not read to the end."""
    for application, position in positions.items():
        topics, known = {topic.name for topic in read_by(application)}, position.read()
        for (topic, partition), end in ends.items():
            if topic in topics and end > 0 and known.get((topic, partition), -1) + 1 < end:
                return f"{application} reads {topic}/{partition}"
    return ""


def waiting_files(folders: Iterable[Path]) -> str:
    """Name the first packet that intake has not finished with."""
    for folder in folders:
        for packet in (*folder.glob(f"*{SUFFIX}"), *folder.glob(f"work/*{SUFFIX}")):
            return f"intake has {packet.name}"
    return ""
