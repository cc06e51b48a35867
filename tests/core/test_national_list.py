"""The national list's JSON as the directory: identities, parents, levels by depth, other codes as aliases, faults with lines."""

import json
from datetime import date
from typing import Any

import pytest

from schemas.reference import Directory, parse

LEVELS = b"""level,rank,name_vi,valid_from,valid_to,selectable
province,1,T\xe1\xbb\x89nh,2020-10-01,,yes
department,2,S\xe1\xbb\x9f,2020-10-01,,yes
unit,3,\xc4\x90\xc6\xa1n v\xe1\xbb\x8b,2020-10-01,,yes
"""
TODAY = date(2026, 11, 23)
PROVINCE = {
    "id": 1,
    "pid": None,
    "code": "H53",
    "code102": "000.00.00.H53",
    "name": "UBND tỉnh X",
    "mail": "x@x.example",
}
HEALTH = {
    "id": 17,
    "pid": 1,
    "code": "H53.17",
    "code102": "000.00.17.H53",
    "name": "Sở Y tế",
    "oldCode": "000.0017.H53",
}
NEW = {"id": 171, "pid": "17", "code": "H53.17.002", "name": "Trung tâm B", "modifyDate": "02/03/2026 08:00:00"}
GONE = {"id": 18, "pid": 1, "code": "000.00.18.H53", "name": "Sở Z", "deleted": 1, "modifyDate": "2026-02-28T17:00:00"}


def files(*records: Any, around: str = "%s", **more: bytes) -> dict[str, bytes]:
    """Return a directory folder with these records, one a line."""
    text = "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in records) + "\n]"
    return {"agencies.json": (around % text).encode(), "levels.csv": LEVELS, **more}


def directory(*records: Any, **more: Any) -> Directory:
    """Parse records that must be sound."""
    value, faults = parse("directory", files(*records, **more))
    assert () == faults
    assert isinstance(value, Directory)
    return value


@pytest.mark.parametrize(
    "around",
    ["%s", '{"status": "OK", "ErrorCode": "0", "data": %s}', "\ufeff%s", r'{"ErrorDesc": "see [1] \"[\"", "data": %s}'],
)
def test_both_codes_and_the_old_one_mean_the_agency(around: str) -> None:
    """102 is the identity, the code of 2020 the second, the old one an alias however malformed; bare or inside an answer."""
    known = directory(PROVINCE, HEALTH, NEW, around=around)
    found = {code: known.resolve(code, TODAY) for code in ("000.00.17.H53", "H53.17", "000.0017.H53", "17.H53")}

    assert {"000.00.17.H53"} == {each.agency.organ_id for each in found.values() if each.agency}
    assert ["organ_id", "qd20_id", "alias", "short"] == [each.matched_by for each in found.values()]


def test_an_agency_without_a_code_of_102_is_known_by_its_own() -> None:
    """New units have the code of 2020 alone; parents come from pid, levels from the depth."""
    known = directory(PROVINCE, HEALTH, NEW)

    assert ["000.00.17.H53", "000.00.00.H53"] == [each.organ_id for each in known.parents("H53.17.002", TODAY)]
    assert ["unit", "department", "province"] == [
        each.level
        for each in (known.agency(code, TODAY) for code in ("H53.17.002", "000.00.17.H53", "000.00.00.H53"))
        if each
    ]


def test_what_was_deleted_has_ended() -> None:
    """It was known until its last change; since then it is closed, not unknown."""
    known = directory(PROVINCE, GONE)

    assert known.agency("000.00.18.H53", date(2026, 2, 28))
    assert "RECIPIENT_CLOSED" == known.resolve("000.00.18.H53", TODAY).code


def test_the_list_and_own_rows_stand_side_by_side() -> None:
    """What the list does not know comes from agencies.csv, under the list's parents."""
    own = b"organ_id,qd20_id,name,parent,level,valid_from,valid_to,successor,working_hours\nH53.17.009,,Ph\xc3\xb2ng,000.00.17.H53,unit,2024-01-01,,,\n"
    known = directory(PROVINCE, HEALTH, **{"agencies.csv": own})

    assert ["000.00.17.H53", "000.00.00.H53"] == [each.organ_id for each in known.parents("H53.17.009", TODAY)]


PLANTED = [
    ("CODE_MALFORMED", 3, "code", HEALTH | {"code": "000.1137.H53", "code102": None, "oldCode": None}),
    ("PARENT_UNKNOWN", 3, "pid", HEALTH | {"pid": 99}),
    ("PARENT_CYCLE", 3, "pid", HEALTH | {"pid": 171}),
    ("MISSING_FIELD", 3, "name", HEALTH | {"name": ""}),
    ("INVISIBLE_CHARACTER", 3, "name", HEALTH | {"name": "Sở\u200b Y tế"}),
    ("VALIDITY_OVERLAP", 3, "valid_from", HEALTH | {"id": 99, "code": "H53.99", "code102": "000.00.00.H53", "oldCode": None}),
    ("BAD_VALUE", 3, "id", HEALTH | {"id": 1}),
    ("BAD_VALUE", 3, "", ["000.00.17.H53"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "field", "second"), PLANTED)
def test_a_planted_fault_is_found_with_its_line(code: str, line: int, field: str, second: Any) -> None:
    """In the words of the list's own fields."""
    more = [NEW] if code == "PARENT_CYCLE" else []
    _, faults = parse("directory", files(PROVINCE, second, *more))

    assert ("agencies.json", line, field, code) in [(each.file, each.line, each.column, each.code) for each in faults]


@pytest.mark.parametrize(
    "text", ["", "{}", "[{", "[1, 2", '[{"id": 1}', "[" * 100_000, '{"data": "no"}', "\x00", "[{}]"]
)
def test_what_is_no_list_is_a_fault_and_no_trace(text: str) -> None:
    """Whatever the bytes."""
    value, faults = parse("directory", {"agencies.json": text.encode(), "levels.csv": LEVELS})

    assert value is None
    assert faults
