"""Who an agency is in a period: its name and level as the directory in force says them for the last day on which it was there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from connectors.reports.asked import Period
from schemas.reference import Agency, Directory

UNRANKED = 99
"""Rank of what the directory knows no level of: it comes last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An agency as a report names it."""

    organ_id: str
    name: str = ""
    """Empty for a code that the directory does not know."""

    level: str = ""
    level_name: str = ""
    rank: int = UNRANKED

    on: date
    """Last day of the period on which it was there; the period's last day for one that was not."""

    working_hours: str = ""


class Places:
    """Looks agencies up, each once."""

    def __init__(self, directory: Directory, period: Period) -> None:
        self._directory, self._period = directory, period
        self._known: dict[str, Place] = {}

    def of(self, organ_id: str) -> Place:
        """Return an agency by its exact code; one that ended is named as it was."""
        if (place := self._known.get(organ_id)) is None:
            place = self._known[organ_id] = self._place(organ_id)
        return place

    def of_period(self) -> Iterator[Place]:
        """Yield every agency that was there on a day of the period and may be written to."""
        for organ_id in self._directory.periods:
            found = self._within(organ_id)
            if found is not None and self._directory.selectable(found):
                yield self.of(organ_id)

    def _within(self, organ_id: str) -> Agency | None:
        """Return the last row of the agency that touches the period."""
        first, last = self._period.first, self._period.last
        rows = [
            row
            for row in self._directory.periods.get(organ_id, ())
            if row.valid_from <= last and (row.valid_to is None or row.valid_to >= first)
        ]
        return rows[-1] if rows else None

    def _place(self, organ_id: str) -> Place:
        last = self._period.last
        row = self._within(organ_id)
        there = row is not None
        row = row or self._directory.last_known(organ_id, last)
        if row is None:
            return Place(organ_id=organ_id, on=last)
        level = self._directory.levels.get(row.level)
        return Place(
            organ_id=organ_id,
            name=row.name,
            level=row.level,
            level_name=level.name_vi if level else row.level,
            rank=level.rank if level else UNRANKED,
            on=min(row.valid_to, last) if there and row.valid_to else last,
            working_hours=row.working_hours,
        )
