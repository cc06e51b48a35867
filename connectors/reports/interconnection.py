"""Report 2: three-level interconnection. For each level who is connected, silent, without a contact; for each pair of levels what went between them.

Which levels there are, and how many, the directory says.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from connectors.reports.asked import Asked, Report, Row
from connectors.reports.deliveries import INTAKE, bunches, duties, statuses
from connectors.reports.evaluation import connected
from connectors.reports.figures import ACCEPTED, Tally, gather
from connectors.reports.histogram import share
from connectors.reports.places import UNRANKED, Place, Places

AGENCIES = ("agencies", "agencies_connected", "agencies_silent", "agencies_without_contact")
TRAFFIC = ("deliveries", "received", "open", "refused_by_recipient", "taken_back", "statuses")
ANSWERS = ("judged", "accepted_in_time")
NAMES = ("from", "to", "part", "level", "level_name", "to_level", "to_level_name")
FIELDS = (*NAMES, *AGENCIES, *TRAFFIC, *ANSWERS, "accepted_in_time_share")

Edge = tuple[str, str]


def rows(asked: Asked) -> Iterator[Row]:
    """Yield a row for each level (`part` = level), then for each pair between which something went (`part` = edge)."""
    places = Places(asked.directory, asked.period)
    edges = _edges(asked, places)
    everyone = gather(asked, places, lambda organ_id, _type_name: organ_id)
    levels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for place in places.of_period():
        levels[place.level].update(_of_agency(asked, place, everyone[place.organ_id]))
    ranks = {level: row.rank for level, row in asked.directory.levels.items()}

    def rank(level: str) -> tuple[int, str]:
        return ranks.get(level, UNRANKED), level

    for level in sorted(levels, key=rank):
        sent = Counter[str]()
        for (start, _end), count in edges.items():
            sent += count if start == level else Counter()
        agencies = {name: levels[level][name] for name in AGENCIES}
        yield {**_named(asked, "level", level, ""), **agencies, **_traffic(sent)}
    for edge in sorted(edges, key=lambda each: (rank(each[0]), rank(each[1]))):
        yield {**_named(asked, "edge", *edge), **dict.fromkeys(AGENCIES), **_traffic(edges[edge])}


def _of_agency(asked: Asked, place: Place, tally: Tally) -> Iterator[str]:
    """Yield the name of each figure that an agency raises by one."""
    yield "agencies"
    if connected(asked, place):
        yield "agencies_connected"
    if tally.silent:
        yield "agencies_silent"
    if asked.contacts is None or not asked.contacts.of_agency(place.organ_id, place.on):
        yield "agencies_without_contact"


def _edges(asked: Asked, places: Places) -> dict[Edge, Counter[str]]:
    """Return (sender's level, recipient's level) -> what went that way; statuses go their own way, mostly back."""
    found: defaultdict[Edge, Counter[str]] = defaultdict(Counter)

    def edge(start: str, end: str) -> Counter[str]:
        return found[places.of(start).level, places.of(end).level]

    for bunch in bunches(asked.connection, asked.period):
        count = edge(bunch.sender, bunch.recipient)
        count["deliveries"] += bunch.count
        count[{"refused": "refused_by_recipient"}.get(bunch.standing, bunch.standing)] += bunch.count
    for duty in duties(asked.connection, asked.period, asked.now):
        if duty.clock == INTAKE and (duty.done or duty.late):
            count = edge(duty.sender, duty.recipient)
            count["judged"] += duty.count
            count["accepted_in_time"] += duty.count if duty.closed_by == ACCEPTED and not duty.late else 0
    for said in statuses(asked.connection, asked.period):
        edge(said.said_by, said.told)["statuses"] += said.count
    return found


def _named(asked: Asked, part: str, level: str, to_level: str) -> dict[str, Any]:
    names = {each: row.name_vi for each, row in asked.directory.levels.items()}
    said = {"part": part, "level": level, "level_name": names.get(level, level), "to_level": to_level}
    return {"from": asked.period.first, "to": asked.period.last, **said, "to_level_name": names.get(to_level, to_level)}


def _traffic(count: Counter[str]) -> dict[str, Any]:
    said: dict[str, Any] = {name: count[name] for name in (*TRAFFIC, *ANSWERS)}
    return said | {"accepted_in_time_share": share(count["accepted_in_time"], count["judged"])}


REPORT = Report(rows=rows, fields=FIELDS)
