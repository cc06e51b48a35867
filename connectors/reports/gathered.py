"""Rows for each agency, level or type of document: who has one, and how it is named."""

from collections.abc import Iterator
from typing import Any

from connectors.reports.asked import Asked
from connectors.reports.figures import KeyOf, Tally, gather
from connectors.reports.places import UNRANKED, Place, Places

NAMES = ("from", "to", "organ_id", "name", "level", "level_name", "document_type")
"""Fields that say what a row is about; those that its grouping knows nothing of are empty."""


def tallies(asked: Asked) -> Iterator[tuple[dict[str, Any], Tally, Place | None]]:
    """Yield (names, figures, the agency if there is one), in the order in which people look for them.

    By agency, everyone who was there in the period has a row, of zeros if nothing came; so have codes that the
    directory does not know, as senders write them. By level, every level of somebody who was there.
    """
    places = Places(asked.directory, asked.period)
    found = gather(asked, places, _key_of(asked.by, places))
    if asked.by == "agency":
        for key in {*found, *(place.organ_id for place in places.of_period())}:
            found[key]  # makes the row
        rows = sorted((places.of(str(key)) for key in found), key=lambda each: (each.rank, each.level, each.organ_id))
        for place in rows:
            said = {"organ_id": place.organ_id, "name": place.name, "level": place.level}
            yield _names(asked, level_name=place.level_name, **said), found[place.organ_id], place
    elif asked.by == "level":
        known = {place.level: place for place in places.of_period()}
        ranks = {level: row.rank for level, row in asked.directory.levels.items()}
        for level in sorted({*map(str, found), *known}, key=lambda each: (ranks.get(each, UNRANKED), each)):
            row = asked.directory.levels.get(level)
            yield _names(asked, level=level, level_name=row.name_vi if row else level), found[level], None
    else:
        if asked.by == "all":
            found[""]  # makes the row
        for key in sorted(map(str, found)):
            yield _names(asked, document_type=key), found[key], None


def _key_of(by: str, places: Places) -> KeyOf:
    """Return where a figure belongs."""
    ways: dict[str, KeyOf] = {
        "agency": lambda organ_id, _type_name: organ_id,
        "level": lambda organ_id, _type_name: places.of(organ_id).level,
        "type": lambda _organ_id, type_name: type_name,
        "all": lambda _organ_id, _type_name: "",
    }
    return ways[by]


def _names(asked: Asked, **said: str) -> dict[str, Any]:
    return {**dict.fromkeys(NAMES, ""), "from": asked.period.first, "to": asked.period.last, **said}
