"""Reads the national list of agencies (`getAgenciesList`, `getAgenciesListQD20`, `getSynchronizeUnit`) as rows of agencies.csv and aliases.csv.

    [{"id": 17, "pid": 1, "code": "H53.17", "code102": "000.00.17.H53", "name": "Sở Y tế", "oldCode": "000.17.00.H53"}, …]

`pid` names the parent's `id`; empty, 0 or the record itself = a root. The identity is the code of QCVN 102:2016 where there is
one, else `code`. The list knows no levels and no beginnings: the level is that row of levels.csv whose rank is the depth (a
record's own `level` wins), and what is listed counts as always valid, until `modifyDate` where it is `deleted`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.ids import clean_code, code_form
from schemas.reference.faults import INVISIBLE, Faults, decode_text
from schemas.reference.table import Row, iso_day

FILE = "agencies.json"
ALWAYS = "0001-01-01"
FIELDS = {
    "organ_id": "code",
    "qd20_id": "code",
    "name": "name",
    "parent": "pid",
    "level": "level",
    "valid_to": "modifyDate",
}
"""Column of agencies.csv -> the field of a record in which its faults are shown."""

MAX_DEPTH = 32
_NO_PARENT = ("", "0", "-1")
_READ = ("id", "pid", "code", "code102", "oldCode", "name", "level", "deleted", "modifyDate")
_ARRAY = re.compile(r'(?:[^"\[]++|"(?:[^"\\]++|\\.)*+")*+\[', re.DOTALL)  # the first one outside a string
_BLANK = re.compile(r"[\s,]*")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{2})/(\d{2})/(\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    fields: Mapping[str, str]
    organ_id: str
    """Its identity: the first of its codes in the form of 102, else `code`."""


def read_national_list(content: bytes, ranks: Mapping[int, str], faults: Faults) -> tuple[list[Row], list[Row]]:
    """Return rows of agencies.csv and of aliases.csv; `ranks`: rank -> level. What cannot be read is a fault with its line."""
    records = list(_records(decode_text(FILE, content, faults), faults))
    for each in records:
        _check_visible(each, faults)
    codes: dict[str, str] = {}
    for each in records:
        if (id_ := each.fields["id"]) and codes.setdefault(id_, each.organ_id) != each.organ_id:
            faults.add(FILE, each.line, "id", "BAD_VALUE", f"id {id_} đã dùng cho {codes[id_]}.")
    parents = {each.fields["id"]: each.fields["pid"] for each in records}
    agencies: list[Row] = []
    aliases: list[Row] = []
    for each in records:
        row = Row(FILE, each.line, _agency(each, codes, parents, ranks), faults, FIELDS)
        if each.fields["pid"] not in (*_NO_PARENT, each.fields["id"]) and each.fields["pid"] not in codes:
            row.fault("parent", "PARENT_UNKNOWN", f"Không có đơn vị nào có id {each.fields['pid']} trong danh sách.")
        agencies.append(row)
        aliases += _aliases(each, row.cells, faults)
    return agencies, aliases


def _records(text: str, faults: Faults) -> Iterator[_Record]:
    """Yield the objects of the first array, each with its line; the array may stand inside an answer of the axis."""
    decoder, begin = json.JSONDecoder(), _ARRAY.match(text)
    if begin is None:
        faults.add(FILE, 1, "", "BAD_VALUE", "Không có danh sách nào ([…]) trong tệp JSON.")
        return
    at = _skip(text, begin.end())
    line, counted = 1, 0
    while at < len(text) and text[at] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            faults.add(FILE, line, "", "BAD_VALUE", "Từ đây tệp không đúng dạng JSON; phần sau chưa được đọc.")
            return
        if isinstance(found, dict):
            fields = {name: _text(found[name]) if name in found else "" for name in _READ}
            yield _Record(line, fields, _organ_id(fields))
        else:
            faults.add(FILE, line, "", "BAD_VALUE", "Mỗi phần tử của danh sách phải là một đối tượng {…}.")
        at = _skip(text, at)
    if at >= len(text):
        faults.add(FILE, line, "", "BAD_VALUE", "Danh sách không có dấu đóng ].")


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).strip() if not isinstance(value, bool) else str(value).lower()


def _check_visible(record: _Record, faults: Faults) -> None:
    if not INVISIBLE.search("".join(record.fields.values())):
        return
    for name, value in record.fields.items():
        if found := INVISIBLE.search(value):
            seen = f"U+{ord(found[0]):04X}"
            faults.add(
                FILE, record.line, name, "INVISIBLE_CHARACTER", f"Ô có ký tự không nhìn thấy ({seen}); hãy gõ lại."
            )


def _organ_id(fields: Mapping[str, str]) -> str:
    for name in ("code102", "code", "oldCode"):
        if fields[name] and code_form(code := clean_code(fields[name])) == "102":
            return code
    return clean_code(fields["code"])


def _agency(
    record: _Record, codes: Mapping[str, str], parents: Mapping[str, str], ranks: Mapping[int, str]
) -> dict[str, str]:
    fields, organ_id = record.fields, record.organ_id
    code, pid = clean_code(fields["code"]), fields["pid"]
    return {
        "organ_id": organ_id,
        "qd20_id": code if code_form(code) == "qd20" and code != organ_id else "",
        "name": fields["name"],
        "parent": codes.get(pid, "") if pid != fields["id"] else "",
        "level": fields["level"] or ranks.get(_depth(fields["id"], parents), ""),
        "valid_from": ALWAYS,
        "valid_to": _ended(fields),
        "successor": "",
        "working_hours": "",
    }


def _depth(id_: str, parents: Mapping[str, str]) -> int:
    depth = 1
    while depth <= MAX_DEPTH and (above := parents.get(id_, "")) in parents and above != id_:
        id_, depth = above, depth + 1
    return depth


def _ended(fields: Mapping[str, str]) -> str:
    """Return the last day of a deleted record: that of `modifyDate`, or long ago where none is said."""
    if fields["deleted"] not in ("1", "true"):
        return ""
    found = _DAY.match(fields["modifyDate"])
    if found is None:
        return ALWAYS
    year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
    written = f"{year}-{month}-{day}"
    return written if iso_day(written) else ALWAYS


def _aliases(record: _Record, cells: Mapping[str, str], faults: Faults) -> Iterator[Row]:
    """Yield its other codes, however malformed: senders still write them."""
    known = {cells["organ_id"], cells["qd20_id"]}
    for name in ("code", "code102", "oldCode"):
        other = clean_code(record.fields[name])
        if other and other not in known:
            known.add(other)
            cell = {"alias": other, "organ_id": cells["organ_id"], "valid_from": "", "valid_to": ""}
            yield Row(FILE, record.line, cell, faults, FIELDS | {"alias": name})
