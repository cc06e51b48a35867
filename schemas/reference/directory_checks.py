"""What must hold over the whole directory: parents, validity, successors, levels; every breach is a fault."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from schemas.reference.agencies import Agency, Endpoint, Level, SuccessorRow
from schemas.reference.directory import Alias
from schemas.reference.table import Row

MAX_DEPTH = 32
"""Levels from an agency to its root; four exist."""

DAY = timedelta(days=1)
T_co = TypeVar("T_co", covariant=True)


@dataclass(slots=True)
class Placed(Generic[T_co]):
    """A value and the row it was read from."""

    row: Row
    value: T_co


Periods = Mapping[str, Sequence[Placed[Agency]]]


def check_directory(
    agencies: Sequence[Placed[Agency]],
    levels: Sequence[Placed[Level]],
    aliases: Sequence[Placed[Alias]],
    endpoints: Sequence[Placed[Endpoint]],
    splits: Sequence[Placed[SuccessorRow]],
) -> None:
    """Note every fault that one row alone does not show."""
    periods = _by_code(agencies)
    _overlaps((placed.value.organ_id, placed) for placed in agencies)
    _overlaps((placed.value.level, placed) for placed in levels)
    _overlaps((placed.value.organ_id, placed) for placed in endpoints)
    _overlaps((placed.value.endpoint_id, placed) for placed in endpoints)
    known_levels = {placed.value.level: placed.value for placed in levels}
    heights: dict[tuple[str, date], int] = {}
    for placed in agencies:
        if known_levels:  # else the file that could not be read is a fault, and not every row that needs it
            _check_level(placed, known_levels)
        _check_parent(placed, periods, heights)
    if not periods:
        return
    for row, organ_id in _named(aliases, endpoints, splits):
        if organ_id and organ_id not in periods:
            row.fault("organ_id", "BAD_VALUE", f"Không có cơ quan {organ_id} trong agencies.csv.")
    _check_successors(agencies, splits, periods)


def _named(*tables: Iterable[Placed[Alias | Endpoint | SuccessorRow]]) -> Iterator[tuple[Row, str]]:
    for table in tables:
        yield from ((placed.row, placed.value.organ_id) for placed in table)


def _by_code(agencies: Iterable[Placed[Agency]]) -> Periods:
    groups: defaultdict[str, list[Placed[Agency]]] = defaultdict(list)
    for placed in agencies:
        groups[placed.value.organ_id].append(placed)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda each: each.value.valid_from)
    return groups


def _last_known(periods: Periods, code: str, on: date) -> Agency | None:
    for placed in reversed(periods.get(code, ())):
        if placed.value.valid_from <= on:
            return placed.value
    return None


def _overlaps(named: Iterable[tuple[str, Placed[Agency | Level | Endpoint]]]) -> None:
    groups: defaultdict[str, list[Placed[Agency | Level | Endpoint]]] = defaultdict(list)
    for name, placed in named:
        groups[name].append(placed)
    for name, group in groups.items():
        if len(group) == 1:
            continue
        ordered = sorted(group, key=lambda placed: (placed.value.valid_from, placed.row.line))
        earlier = ordered[0]
        for later in ordered[1:]:
            if _end(earlier) < later.value.valid_from:
                earlier = later
            else:
                last = max(earlier, later, key=lambda placed: placed.row.line)
                other = min(earlier, later, key=lambda placed: placed.row.line)
                last.row.fault(
                    "valid_from", "VALIDITY_OVERLAP", f"{name} có hai dòng cùng hiệu lực (dòng {other.row.line})."
                )
                earlier = max(earlier, later, key=_end)  # a long one may hold several short ones


def _end(placed: Placed[Agency | Level | Endpoint]) -> date:
    return placed.value.valid_to or date.max


def _check_level(placed: Placed[Agency], levels: Mapping[str, Level]) -> None:
    agency = placed.value
    if not agency.level:
        return
    level = levels.get(agency.level)
    if level is None:
        placed.row.fault("level", "LEVEL_UNKNOWN", f"Không có cấp “{agency.level}” trong levels.csv.")
    elif level.valid_to and (agency.valid_to is None or agency.valid_to > level.valid_to):
        placed.row.fault("level", "LEVEL_UNKNOWN", f"Cấp “{agency.level}” chỉ tồn tại đến ngày {level.valid_to}.")


def _check_parent(placed: Placed[Agency], periods: Periods, heights: dict[tuple[str, date], int]) -> None:
    """Walk up to the root; `heights`: codes from which a walk on that day came to a root, and after how many levels."""
    agency = placed.value
    if not agency.parent:
        return
    on = agency.valid_from if agency.valid_from != date.min else date.max  # an unreadable day is a fault of its own
    if _last_known(periods, agency.parent, on) is None:
        when = f" vào ngày {on}" if agency.parent in periods else ""
        placed.row.fault("parent", "PARENT_UNKNOWN", f"Không có cơ quan cấp trên {agency.parent}{when}.")
        return
    # The edge above a code changes only where a period begins, so a cycle shows on the first day of one of its rows.
    seen = [agency.organ_id]
    code = agency.parent
    height = 0
    while code and (above := _last_known(periods, code, on)):
        if code in seen:
            if code == agency.organ_id:
                placed.row.fault("parent", "PARENT_CYCLE", f"Cấp trên đi vòng: {' → '.join([*seen, code])}.")
            return
        height = heights.get((code, on), 0)
        if len(seen) + max(height, 1) > MAX_DEPTH:
            placed.row.fault("parent", "BAD_VALUE", f"Sâu hơn {MAX_DEPTH} cấp.")
            return
        if height:
            break
        seen.append(code)
        code = above.parent
    for walked, each in enumerate(seen[1:], start=1):
        heights[each, on] = len(seen) + height - walked


def _check_successors(
    agencies: Iterable[Placed[Agency]], splits: Iterable[Placed[SuccessorRow]], periods: Periods
) -> None:
    ways: defaultdict[tuple[str, date], list[Placed[SuccessorRow]]] = defaultdict(list)
    for split in splits:
        ways[split.value.organ_id, split.value.ended_on].append(split)
    succession = _Succession(periods, {key: _seat(rows, periods) for key, rows in ways.items()})
    for placed in agencies:
        agency = placed.value
        if agency.successor:
            succession.check(placed.row, agency.organ_id, agency.successor, agency.valid_to)
    for rows in ways.values():
        for split in rows:
            succession.check(split.row, split.value.organ_id, split.value.successor, split.value.ended_on)


def _seat(rows: Sequence[Placed[SuccessorRow]], periods: Periods) -> str:
    first = rows[0]
    ended = [
        placed for placed in periods.get(first.value.organ_id, ()) if placed.value.valid_to == first.value.ended_on
    ]
    if not ended and first.value.organ_id in periods:
        first.row.fault(
            "ended_on", "BAD_VALUE", "Trong agencies.csv không có dòng nào của cơ quan này hết hạn ngày đó."
        )
    seats = [each for each in rows if each.value.rule == "seat"]
    people = [each for each in rows if each.value.rule == "person"]
    for other in {placed.value.successor for placed in ended} - {"", *(each.value.successor for each in rows)}:
        rows[-1].row.fault(
            "successor", "BAD_VALUE", f"agencies.csv nêu cơ quan kế thừa {other}, không có trong các dòng chia tách."
        )
    if len(seats) > 1 or (seats and people) or not (seats or people):
        rows[-1].row.fault("rule", "BAD_VALUE", "Mỗi cơ quan chia tách cần đúng một dòng seat, hoặc các dòng person.")
    return seats[0].value.successor if seats else ""


@dataclass(frozen=True, slots=True)
class _Succession:
    """Walks from ended agencies to living ones, as they stand on the day after the end."""

    periods: Periods
    splits: Mapping[tuple[str, date], str]
    """(organ_id, last day) -> the seat's successor of successors.csv; empty = somebody must choose."""

    def check(self, row: Row, organ_id: str, successor: str, ended_on: date | None) -> None:
        if successor not in self.periods:
            row.fault("successor", "SUCCESSOR_UNKNOWN", f"Không có cơ quan kế thừa {successor} trong agencies.csv.")
            return
        if ended_on is None or ended_on == date.max:
            return
        after = ended_on + DAY
        seen = [organ_id]
        for code in self._ended(successor, after):
            walked = " → ".join([*seen, code] if code else seen)
            if not code:
                row.fault("successor", "SUCCESSOR_DEAD", f"Ngày {after} không còn cơ quan kế thừa nào: {walked}.")
                return
            if code in seen:
                row.fault("successor", "SUCCESSOR_CYCLE", f"Kế thừa đi vòng: {walked}.")
                return
            seen.append(code)

    def _ended(self, code: str, on: date) -> Iterator[str]:
        """Yield the ended agencies walked until one lives on the day; lastly an empty code where none does."""
        while (period := _last_known(self.periods, code, on)) and not period.valid_on(on):
            yield code
            key = (code, period.valid_to or on)
            if key in self.splits and not self.splits[key]:
                return
            code = self.splits.get(key) or period.successor
        if period is None:
            yield ""
