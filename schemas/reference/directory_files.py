"""Parses the directory: agencies.csv (or agencies.json, the national list), levels.csv, aliases.csv, endpoints.csv, successors.csv -> `Directory`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from schemas.ids import clean_code
from schemas.reference.agencies import Agency, Endpoint, Level, SuccessorRow
from schemas.reference.directory import Alias, Directory
from schemas.reference.directory_checks import Placed, check_directory
from schemas.reference.faults import Faults
from schemas.reference.national_list import FILE as NATIONAL
from schemas.reference.national_list import read_national_list
from schemas.reference.table import Row, read_table

AGENCIES = ("organ_id", "qd20_id", "name", "parent", "level", "valid_from", "valid_to", "successor", "working_hours")
LEVELS = ("level", "rank", "name_vi", "valid_from", "valid_to", "selectable")
ALIASES = ("alias", "organ_id", "valid_from", "valid_to")
ENDPOINTS = ("endpoint_id", "organ_id", "kind", "address", "mode", "valid_from", "valid_to")
SUCCESSORS = ("organ_id", "ended_on", "successor", "rule")
MAX_RANK = 99
MAX_MB = 100_000

T = TypeVar("T")


def parse_directory(files: Mapping[str, bytes], faults: Faults) -> Directory:
    """Parse and check the folder; the directory is usable only if no fault was noted."""
    levels = _placed(_level(row) for row in read_table("levels.csv", files.get("levels.csv"), LEVELS, faults))
    rows, aliases = _listed(files, [each.value for each in levels], faults)
    if NATIONAL not in files or "agencies.csv" in files:
        rows += read_table("agencies.csv", files.get("agencies.csv"), AGENCIES, faults)
    agencies = _placed(map(_agency, rows))
    if not agencies and not faults:
        faults.add(
            NATIONAL if NATIONAL in files else "agencies.csv", 0, "", "MISSING_FIELD", "Danh bạ không có cơ quan nào."
        )
    aliases += _optional(files, "aliases.csv", ALIASES, faults)
    endpoints = _placed(_endpoint(row) for row in _optional(files, "endpoints.csv", ENDPOINTS, faults))
    splits = _placed(_split(row) for row in _optional(files, "successors.csv", SUCCESSORS, faults))
    named = _placed((row, _alias(row)) for row in aliases)
    check_directory(agencies, levels, named, endpoints, splits)
    return Directory(
        periods=_grouped((each.value for each in agencies), "organ_id"),
        by_qd20=_codes_by_qd20(each.value for each in agencies),
        aliases=_grouped((each.value for each in named), "alias"),
        levels={each.value.level: each.value for each in levels},
        endpoints=_grouped((each.value for each in endpoints), "organ_id"),
        endpoints_by_id=_grouped((each.value for each in endpoints), "endpoint_id"),
        splits=_splits(each.value for each in splits),
    )


def _listed(files: Mapping[str, bytes], levels: Iterable[Level], faults: Faults) -> tuple[list[Row], list[Row]]:
    """Return what the national list says, if it is there; of several levels of one rank the first stands for it."""
    if NATIONAL not in files:
        return [], []
    ranks: dict[int, str] = {}
    for each in levels:
        ranks.setdefault(each.rank, each.level)
    return read_national_list(files[NATIONAL], ranks, faults)


def _optional(files: Mapping[str, bytes], name: str, columns: Iterable[str], faults: Faults) -> list[Row]:
    return list(read_table(name, files[name], tuple(columns), faults)) if name in files else []


def _placed(pairs: Iterable[tuple[Row, T]]) -> list[Placed[T]]:
    return [Placed(row, value) for row, value in pairs]


def _grouped(values: Iterable[T], key: str) -> dict[str, tuple[T, ...]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for value in values:
        groups[getattr(value, key)].append(value)
    return {name: tuple(sorted(group, key=_valid_from) if len(group) > 1 else group) for name, group in groups.items()}


def _valid_from(value: object) -> date:
    found: date = getattr(value, "valid_from")  # noqa: B009 - rows of several kinds have it
    return found


def _codes_by_qd20(agencies: Iterable[Agency]) -> dict[str, tuple[str, ...]]:
    codes: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for agency in agencies:
        if agency.qd20_id:
            codes[agency.qd20_id][agency.organ_id] = None
    return {code: tuple(organ_ids) for code, organ_ids in codes.items()}


def _splits(rows: Iterable[SuccessorRow]) -> dict[tuple[str, date], tuple[SuccessorRow, ...]]:
    groups: defaultdict[tuple[str, date], list[SuccessorRow]] = defaultdict(list)
    for row in rows:
        groups[row.organ_id, row.ended_on].append(row)
    return {key: tuple(group) for key, group in groups.items()}


def _agency(row: Row) -> tuple[Row, Agency]:
    valid_from, valid_to = row.validity()
    if not row.cells["valid_from"].strip():
        row.fault("valid_from", "MISSING_FIELD", "Cột valid_from không được để trống.")
    return row, Agency(
        organ_id=row.code("organ_id"),
        qd20_id=row.code("qd20_id", optional=True, qd20_only=True),
        name=row.text("name"),
        parent=row.code("parent", optional=True),
        level=row.text("level"),
        valid_from=valid_from,
        valid_to=valid_to,
        successor=row.code("successor", optional=True),
        working_hours=row.text("working_hours", optional=True),
        **_capabilities(row),
    )


def _capabilities(row: Row) -> dict[str, Any]:
    """Return what `accepts`, `max_mb` and `urgent_contact` say, which may be missing; nothing where they are empty, as most are."""
    cells = row.cells
    if not (cells.get("accepts") or cells.get("max_mb") or cells.get("urgent_contact")):
        return {}
    megabytes = row.text("max_mb", optional=True)
    if megabytes and not (megabytes.isascii() and megabytes.isdigit() and 0 < int(megabytes[:6]) <= MAX_MB):
        row.fault("max_mb", "BAD_VALUE", f"“{megabytes}” không phải số megabyte từ 1 đến {MAX_MB}.")
        megabytes = ""
    return {
        "accepts": tuple(filter(None, (each.strip() for each in row.text("accepts", optional=True).split(";")))),
        "max_bytes": int(megabytes) * 1024 * 1024 if megabytes else None,
        "urgent_contact": row.text("urgent_contact", optional=True),
    }


def _level(row: Row) -> tuple[Row, Level]:
    valid_from, valid_to = row.validity()
    rank = row.text("rank")
    if rank and not (rank.isascii() and rank.isdigit() and int(rank[:3]) <= MAX_RANK):
        row.fault("rank", "BAD_VALUE", f"“{rank}” không phải số từ 0 đến {MAX_RANK}.")
        rank = "0"
    return row, Level(
        level=row.text("level"),
        rank=int(rank or 0),
        name_vi=row.text("name_vi"),
        valid_from=valid_from,
        valid_to=valid_to,
        selectable=row.choice("selectable", ("yes", "no")) != "no",
    )


def _alias(row: Row) -> Alias:
    valid_from, valid_to = row.validity()
    return Alias(clean_code(row.text("alias")), row.code("organ_id"), valid_from, valid_to)


def _endpoint(row: Row) -> tuple[Row, Endpoint]:
    valid_from, valid_to = row.validity()
    kind, address = row.choice("kind", ("folder", "webhook")), row.text("address")
    if kind == "folder" and (address.startswith("/") or ".." in address or "\\" in address):
        row.fault("address", "BAD_VALUE", "Thư mục phải nằm trong thư mục chuyển giao, không có “..”.")
    if kind == "webhook" and not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        row.fault("address", "BAD_VALUE", "Webhook phải dùng https://.")
    return row, Endpoint(
        endpoint_id=row.text("endpoint_id"),
        organ_id=row.code("organ_id"),
        kind=kind,
        address=address,
        mode=row.choice("mode", ("push", "pull")),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _split(row: Row) -> tuple[Row, SuccessorRow]:
    return row, SuccessorRow(
        organ_id=row.code("organ_id"),
        ended_on=row.day("ended_on") or date.min,
        successor=row.code("successor"),
        rule=row.choice("rule", ("seat", "part", "person")),
    )
