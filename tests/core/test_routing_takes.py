"""What a recipient takes, and whether it still needs paper: decided for each of them."""

from dataclasses import replace
from typing import Any

import pytest

from schemas.events import DocumentDispatched, DocumentRefused
from schemas.reference import Reference
from tests.core.routing_cases import HEALTH, Partition, signed
from tests.core.test_routing_ways import AGENCIES, ALIASES, ENDPOINTS, LEVELS
from tests.reference_files import demo, sound


def taking(**columns: str) -> Reference:
    """Return the small province whose Sở A takes only what these columns say."""
    header, *rows = (
        "organ_id,qd20_id,name,parent,level,valid_from,valid_to,successor,working_hours\n" + AGENCIES
    ).splitlines()
    own = [
        row + "," + ",".join(columns.values() if row.startswith("000.00.05.") else [""] * len(columns)) for row in rows
    ]
    text = "\n".join([header + "," + ",".join(columns), *own]) + "\n"
    files = {
        "agencies.csv": text.encode(),
        "levels.csv": LEVELS.encode(),
        "endpoints.csv": ENDPOINTS.encode(),
        "aliases.csv": ALIASES.encode(),
    }
    return demo().with_value("directory", sound("directory", files), text)


@pytest.mark.parametrize(
    ("columns", "packet", "code"),
    [
        ({"max_mb": "1"}, {"size": 1024 * 1024}, ""),
        ({"max_mb": "1"}, {"size": 1024 * 1024 + 1}, "TOO_LARGE_FOR_RECIPIENT"),
        ({"accepts": "Công văn;Giấy mời"}, {"type_name": "công  văn"}, ""),
        ({"accepts": "Công văn;Giấy mời"}, {"type_name": "Quyết định (cá biệt)"}, "TYPE_NOT_ACCEPTED"),
        ({"accepts": "Công văn"}, {"type_name": ""}, "TYPE_NOT_ACCEPTED"),
        ({"accepts": "", "max_mb": ""}, {"type_name": "", "size": 10**9}, ""),
    ],
)
def test_a_recipient_takes_what_the_directory_says(columns: dict[str, str], packet: dict[str, Any], code: str) -> None:
    """Too large or of another type: that recipient is refused, the other one gets the document."""
    size = packet.pop("size", 1000)
    event = signed("000.00.05.H53", "SO-Y", **packet)
    event = replace(event, content=replace(event.content, size=size))
    events = Partition(reference=taking(**columns)).take(event)
    refused = {each.addressed: each.reason for each in events if isinstance(each, DocumentRefused)}

    assert (code or None) == refused.get("000.00.05.H53")
    assert (not code) == any(isinstance(each, DocumentDispatched) for each in events)


@pytest.mark.parametrize(
    ("packet", "signatures", "needed", "why"),
    [
        ({"type_name": "Công văn"}, 2, False, "pilot_list"),
        ({"type_name": "Quyết định (cá biệt)"}, 2, True, "not_on_pilot_list"),
        ({"type_name": "Bài thơ"}, 2, True, "type_unknown"),
        ({"type_name": "Công văn"}, 0, True, "unsigned"),
    ],
)
def test_each_dispatch_says_whether_paper_is_needed(
    packet: dict[str, str],
    signatures: int,
    needed: bool,  # noqa: FBT001 - a parameter of pytest
    why: str,
) -> None:
    """Yes or no, and why; what was not signed is for information only (QĐ 28/2018)."""
    event = signed(HEALTH, **packet)
    event = replace(event, verdict=replace(event.verdict, signatures_found=signatures))
    [dispatched] = [each for each in Partition().take(event) if isinstance(each, DocumentDispatched)]

    assert (needed, why) == (dispatched.paper_needed, dispatched.paper_why)
