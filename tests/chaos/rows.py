"""One row of the scorecard: what became of the documents that were handed over while a fault lasted."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.chaos.fault import Fault
from tests.chaos.journal import Handed
from tests.chaos.sight import Seen
from tests.chaos.stage import Stage, StuckError

RECOVER_SECONDS = 180.0
KEY = re.compile(r"\b[0-9a-f]{32}\b")


@dataclass(slots=True, kw_only=True)
class Row:
    """Times are Unix times and spans in seconds, latencies in milliseconds."""

    fault: str
    says: str
    began: float
    ended: float = 0.0
    recovered_after: float | None = None
    """From the end of the fault until everything handed over before had an outcome; None: never."""

    documents: int = 0
    p50: float | None = None
    p99: float | None = None
    """Of submitted → dispatched (or refused), by the broker's times."""

    restarts: int = 0
    failure: str = ""
    lost: list[str] = field(default_factory=list)
    duplicate_effects: list[str] = field(default_factory=list)
    wrong_states: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong in it."""
        wrong = self.lost or self.duplicate_effects or self.wrong_states or self.failure
        return not wrong and self.recovered_after is not None


def play(stage: Stage, fault: Fault) -> Row:
    """Let a fault happen and wait until everything that was handed over meanwhile has an outcome."""
    row = Row(fault=fault.name, says=fault.says, began=time.time())
    restarts = len(stage.restarts)
    try:
        fault.do(stage)
        row.ended = time.time()
        stage.wait_until(lambda: not stage.unanswered(row.ended), seconds=RECOVER_SECONDS, what="recovery")
        row.recovered_after = time.time() - row.ended
    except (StuckError, AssertionError) as exc:
        row.ended = row.ended or time.time()
        row.failure = str(exc)
    row.restarts = len(stage.restarts) - restarts
    return row


def measure(row: Row, handed: Iterable[Handed], seen: dict[str, Seen]) -> None:
    """Count the row's documents and take their latencies."""
    mine = {each.key for each in handed if row.began <= each.at < row.ended}
    row.documents = len(mine)
    spans = sorted(
        (found.outcome - found.submitted) * 1000
        for key in mine
        if (found := seen.get(key)) and found.outcome is not None and found.submitted is not None
    )
    row.p50, row.p99 = quantile(spans, 0.5), quantile(spans, 0.99)


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Return the value below which this share of an ordered sequence lies; None of nothing."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def attribute(findings: Iterable[str], rows: Sequence[Row], handed: Iterable[Handed], name: str) -> list[str]:
    """Enter findings into the row during which their document was handed over; return those that belong to none."""
    when: dict[str, float] = {}
    for each in handed:
        when.setdefault(each.key, each.at)
    left = []
    for finding in findings:
        times = [when[key] for key in KEY.findall(finding) if key in when]
        row = next((row for row in reversed(rows) if times and row.began <= times[0]), None)
        if row is None:
            left.append(finding)
        else:
            getattr(row, name).append(finding)
    return left
