"""The league table: agencies of one level beside each other, by how surely and how fast they answer what comes.

Order: share answered in time, then the 95th percentile of working minutes to answer, then how many lie unreceived.
Who had nothing to answer has no place. Equals share a place.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from connectors.reports.asked import Asked, Report, Row
from connectors.reports.gathered import tallies
from connectors.reports.histogram import share

COUNTS = ("sent", "addressed", "received", "open", "refused_by_recipient", "judged", "answered_in_time", "late_answer")
COUNTS_OWED = ("late_receive", "late_dispatch", "unsigned", "wrongly_signed", "with_paper")
NAMES = ("from", "to", "place", "organ_id", "name", "level", "level_name")
FIELDS = (*NAMES, *COUNTS, *COUNTS_OWED, "in_time_share", "answer_p50", "answer_p95", "answer_p99")


def rows(asked: Asked) -> Iterator[Row]:
    """Yield the agencies level by level, the best first; those without a place last."""
    found: list[dict[str, Any]] = []
    for names, tally, place in tallies(asked):
        row = {name: value for name, value in names.items() if name in NAMES} | {"place": None}
        row |= {name: tally.count[name] for name in (*COUNTS, *COUNTS_OWED)}
        row["in_time_share"] = share(row["answered_in_time"], row["judged"])
        row |= {f"answer_p{percent}": tally.minutes["answer"].percentile(percent) for percent in (50, 95, 99)}
        if place is not None:
            found.append(row)
    for _level, group in groupby(found, key=lambda row: row["level"]):
        yield from _placed(list(group))


def _placed(group: list[dict[str, Any]]) -> Iterator[Row]:
    """Yield the agencies of one level with their places; the order of `tallies` decides between equals."""
    ranked = sorted((row for row in group if row["judged"]), key=_merit)
    place = 0
    for at, row in enumerate(ranked, start=1):
        place = place if at > 1 and _merit(row) == _merit(ranked[at - 2]) else at
        yield {name: place if name == "place" else row[name] for name in FIELDS}
    yield from ({name: row[name] for name in FIELDS} for row in group if not row["judged"])


def _merit(row: Row) -> tuple[float, int, int]:
    """Return what the order goes by: less is better. The share is exact, not as it is shown."""
    slowest = row["answer_p95"]
    return -row["answered_in_time"] / row["judged"], slowest if slowest is not None else 0, row["open"]


REPORT = Report(rows=rows, fields=FIELDS)
