"""Outages that agencies announced (`outages` of calendar.yaml): their clocks stand still for so long where sla.yaml says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.reference.tree import Item

Interval = tuple[datetime, datetime | None]
"""From, until; None = it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """The system of one agency is away, as the agency announced it."""

    agency: str
    starts: datetime
    ends: datetime
    reason: str
    """For people; no law asks for a form of it."""

    @property
    def interval(self) -> Interval:
        """Return from when until when."""
        return self.starts, self.ends


def read_outages(item: Item) -> dict[str, tuple[Outage, ...]]:
    """Return agency -> its outages in the order of time."""
    found: dict[str, list[Outage]] = {}
    for each in item.items():
        keys = each.entries(known=("agency", "from", "to", "reason"))
        if not all(name in keys for name in ("agency", "from", "to", "reason")):
            continue
        outage = Outage(
            agency=keys["agency"].agency_code(),
            starts=_moment(keys["from"]),
            ends=_moment(keys["to"]),
            reason=keys["reason"].text(),
        )
        if outage.ends <= outage.starts and datetime.min.replace(tzinfo=UTC) not in outage.interval:
            each.fault("VALIDITY_INVERTED", "Sự cố phải kết thúc sau khi bắt đầu.")
        found.setdefault(outage.agency, []).append(outage)
    return {agency: tuple(sorted(each, key=lambda outage: outage.starts)) for agency, each in found.items()}


def together(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same time as intervals that neither touch nor overlap, in order."""
    found: list[Interval] = []
    for starts, ends in sorted(intervals, key=lambda each: each[0]):
        if found and ((last := found[-1])[1] is None or starts <= last[1]):
            until = None if ends is None or last[1] is None else max(last[1], ends)
            found[-1] = (last[0], until)
        else:
            found.append((starts, ends))
    return tuple(found)


def outages_of(outages: Mapping[str, tuple[Outage, ...]], agencies: Iterable[str]) -> tuple[Interval, ...]:
    """Return when any of these agencies was away."""
    return tuple(each.interval for agency in agencies for each in outages.get(agency, ()))


def _moment(item: Item) -> datetime:
    text = item.text()
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    if text:
        item.fault("BAD_VALUE", f"“{text[:80]}” phải là thời điểm có múi giờ, ví dụ 2026-11-23T08:00:00+07:00.")
    return datetime.min.replace(tzinfo=UTC)
