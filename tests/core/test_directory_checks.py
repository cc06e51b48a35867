"""`reference check directory`: what one row alone does not show is found, with file, line and column."""

import pytest

from schemas.reference import parse
from tests.reference_files import demo_files, directory_files

X = "000.00.00.H53,H53,Tỉnh X,,province,2020-01-01,,,\n"

PLANTED = [
    ("PARENT_UNKNOWN", 3, "parent", X + "000.00.05.H53,,Sở Y,000.00.06.H53,department,2020-01-01,,,\n"),
    ("PARENT_UNKNOWN", 3, "parent", "000.00.00.H53,H53,Tỉnh X,,province,2021-01-01,,,\n000.00.05.H53,,Sở Y,000.00.00.H53,department,2020-01-01,,,\n"),
    ("PARENT_CYCLE", 3, "parent", X + "000.00.05.H53,,Sở Y,000.00.05.H53,department,2020-01-01,,,\n"),
    ("VALIDITY_OVERLAP", 3, "valid_from", X + "000.00.00.H53,H53,Tỉnh X mới,,province,2024-01-01,,,\n"),
    ("VALIDITY_INVERTED", 2, "valid_to", "000.00.00.H53,H53,Tỉnh X,,province,2020-01-02,2020-01-01,,\n"),
    ("SUCCESSOR_UNKNOWN", 3, "successor", X + "000.00.05.H53,,Sở Y,000.00.00.H53,department,2020-01-01,2021-01-01,000.00.06.H53,\n"),
    ("SUCCESSOR_DEAD", 3, "successor", "000.00.07.H53,,Sở Z,,department,2020-01-01,2020-12-31,,\n000.00.05.H53,,Sở Y,,department,2020-01-01,2021-01-01,000.00.07.H53,\n"),
    ("SUCCESSOR_DEAD", 3, "successor", "000.00.07.H53,,Sở Z,,department,2022-01-01,,,\n000.00.05.H53,,Sở Y,,department,2020-01-01,2021-01-01,000.00.07.H53,\n"),
    ("SUCCESSOR_CYCLE", 3, "successor", "000.00.07.H53,,Sở Z,,department,2020-01-01,2020-12-31,000.00.05.H53,\n000.00.05.H53,,Sở Y,,department,2020-01-01,2021-01-01,000.00.07.H53,\n"),
    ("CODE_MALFORMED", 2, "organ_id", "000.1137.H53,,Xã,,commune,2020-01-01,,,\n"),
    ("CODE_MALFORMED", 2, "organ_id", "000.00.00.h53,,Tỉnh X,,province,2020-01-01,,,\n"),
    ("CODE_MALFORMED", 2, "qd20_id", "000.00.00.H53,000.00.00.H53,Tỉnh X,,province,2020-01-01,,,\n"),
    ("INVISIBLE_CHARACTER", 2, "organ_id", "000.00.00.H53\u200b,H53,Tỉnh X,,province,2020-01-01,,,\n"),
    ("INVISIBLE_CHARACTER", 2, "name", "000.00.00.H53,H53,Tỉnh\u202e X,,province,2020-01-01,,,\n"),
    ("LEVEL_UNKNOWN", 2, "level", "000.00.00.H53,H53,Tỉnh X,,region,2020-01-01,,,\n"),
    ("LEVEL_UNKNOWN", 2, "level", "000.00.31.H53,,Huyện,,district,2020-01-01,,,\n"),
    ("MISSING_FIELD", 2, "name", "000.00.00.H53,H53,,,province,2020-01-01,,,\n"),
    ("MISSING_FIELD", 2, "valid_from", "000.00.00.H53,H53,Tỉnh X,,province,,,,\n"),
    ("BAD_VALUE", 2, "valid_from", "000.00.00.H53,H53,Tỉnh X,,province,20200101,,,\n"),
    ("BAD_VALUE", 2, "valid_from", "000.00.00.H53,H53,Tỉnh X,,province,2020-W01-1,,,\n"),
    ("BAD_VALUE", 2, "", "000.00.00.H53,H53,Tỉnh X,,province\n"),
    ("MISSING_FIELD", 0, "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "line", "column", "rows"), PLANTED)
def test_a_planted_fault_is_found(code: str, line: int, column: str, rows: str) -> None:
    """Exactly this fault, at its place."""
    value, faults = parse("directory", directory_files(rows))

    assert value is None
    assert [("agencies.csv", line, column, code)] == [(each.file, each.line, each.column, each.code) for each in faults]


def test_a_cycle_of_parents_over_time_is_found() -> None:
    """A stands under B all the time; B comes under A only in its second period: the cycle begins there."""
    rows = (
        "000.00.05.H53,,A,000.00.06.H53,department,2020-01-01,,,\n"
        "000.00.06.H53,,B,,department,2020-01-01,2022-12-31,000.00.06.H53,\n"
        "000.00.06.H53,,B mới,000.00.05.H53,department,2023-01-01,,,\n"
    )
    _, faults = parse("directory", directory_files(rows))

    assert [(4, "PARENT_CYCLE")] == [(each.line, each.code) for each in faults]


def test_every_fault_is_listed_at_once() -> None:
    """Three files, five faults: all are there, in order of file and line."""
    files = directory_files(
        X
        + "000.00.05,,Sở Y,000.00.09.H53,department,2020-01-01,,,\n000.00.06.H53,,,000.00.00.H53,region,2020-01-01,,,\n",
        aliases="alias,organ_id,valid_from,valid_to\nABC,000.00.77.H53,,\n",
    )
    _, faults = parse("directory", files)

    assert [
        ("agencies.csv", 3, "CODE_MALFORMED"),
        ("agencies.csv", 3, "PARENT_UNKNOWN"),
        ("agencies.csv", 4, "LEVEL_UNKNOWN"),
        ("agencies.csv", 4, "MISSING_FIELD"),
        ("aliases.csv", 2, "BAD_VALUE"),
    ] == [(each.file, each.line, each.code) for each in faults]


def test_a_split_names_one_seat() -> None:
    """Two seats, or a day on which nothing ended, are faults of successors.csv."""
    rows = X + "000.00.31.H53,,Huyện,000.00.00.H53,district,2020-01-01,2025-06-30,,\n"
    head = "organ_id,ended_on,successor,rule\n"
    two = head + "000.00.31.H53,2025-06-30,000.00.00.H53,seat\n000.00.31.H53,2025-06-30,000.00.00.H53,seat\n"
    day = head + "000.00.31.H53,2025-06-29,000.00.00.H53,seat\n"

    assert [("successors.csv", 3, "rule")] == [
        (each.file, each.line, each.column) for each in parse("directory", directory_files(rows, successors=two))[1]
    ]
    assert [("successors.csv", 2, "ended_on")] == [
        (each.file, each.line, each.column) for each in parse("directory", directory_files(rows, successors=day))[1]
    ]


def test_two_endpoints_at_a_time_are_refused() -> None:
    """An agency has one endpoint on a day; a second one may only follow."""
    head = "endpoint_id,organ_id,kind,address,mode,valid_from,valid_to\n"
    at_once = head + "a,000.00.00.H53,folder,a,pull,2020-01-01,\nb,000.00.00.H53,folder,b,pull,2024-01-01,\n"
    in_turn = head + "a,000.00.00.H53,folder,a,pull,2020-01-01,2023-12-31\nb,000.00.00.H53,folder,b,pull,2024-01-01,\n"

    assert ["VALIDITY_OVERLAP"] == [each.code for each in parse("directory", directory_files(X, endpoints=at_once))[1]]
    assert () == parse("directory", directory_files(X, endpoints=in_turn))[1]


def test_a_folder_endpoint_stays_inside() -> None:
    """An address cannot lead out of the delivery root."""
    endpoints = "endpoint_id,organ_id,kind,address,mode,valid_from,valid_to\na,000.00.00.H53,folder,../../etc,pull,,\n"

    assert [(2, "address")] == [
        (each.line, each.column) for each in parse("directory", directory_files(X, endpoints=endpoints))[1]
    ]


def test_the_demo_directory_is_sound() -> None:
    """The product's own files pass their own check."""
    assert () == parse("directory", demo_files())[1]


@pytest.mark.parametrize("from_above", [True, False])
@pytest.mark.parametrize(("depth", "faults"), [(32, 0), (33, 1), (34, 2)])
def test_depth_is_bounded_whatever_the_order_of_the_rows(depth: int, faults: int, from_above: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """32 levels from an agency to its root; each agency below them is a fault, also where those above were walked before."""
    codes = [f"H53.{number:03d}" for number in range(depth)]
    rows = [
        f"{code},,Đơn vị,{above},department,2020-01-01,,,\n"
        for code, above in zip(codes, ["", *codes[:-1]], strict=True)
    ]
    _, found = parse("directory", directory_files("".join(rows if from_above else reversed(rows))))

    assert ["parent"] * faults == [each.column for each in found]


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "100001", "mười"])
def test_a_size_limit_is_a_number_of_megabytes(value: str) -> None:
    """Columns that may be missing are checked where they are there."""
    files = directory_files(X)
    text = files["agencies.csv"].decode().rstrip("\n").replace("working_hours", "working_hours,max_mb")
    _, found = parse("directory", {**files, "agencies.csv": f"{text},{value}\n".encode()})

    assert [("agencies.csv", 2, "max_mb", "BAD_VALUE")] == [
        (each.file, each.line, each.column, each.code) for each in found
    ]


def test_what_overlaps_a_long_row_is_found_in_every_short_one() -> None:
    """One open row and two later ones that do not touch each other: both are told at once."""
    rows = (
        X
        + "000.00.00.H53,H53,A,,province,2022-01-01,2022-12-31,,\n000.00.00.H53,H53,B,,province,2024-01-01,2024-12-31,,\n"
    )
    _, faults = parse("directory", directory_files(rows))

    assert [(3, "VALIDITY_OVERLAP"), (4, "VALIDITY_OVERLAP")] == [(each.line, each.code) for each in faults]


@pytest.mark.parametrize(
    ("file", "content", "line", "column", "code"),
    [
        ("agencies.csv", None, 0, "", "MISSING_FIELD"),
        ("levels.csv", None, 0, "", "MISSING_FIELD"),
        ("agencies.csv", "ma;ten;cap\n1;2;3\n", 1, "", "BAD_VALUE"),
        ("levels.csv", "level\trank\n", 1, "", "BAD_VALUE"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_fault(
    file: str, content: str | None, line: int, column: str, code: str
) -> None:
    """Not one more for every row of other files that leans on it."""
    files = dict(demo_files())
    files.pop(file)
    if content is not None:
        files[file] = content.encode()
    _, faults = parse("directory", files)

    assert [(file, line, column, code)] == [(each.file, each.line, each.column, each.code) for each in faults]


def test_two_files_that_name_different_successors_contradict_each_other() -> None:
    """agencies.csv names one that is no part of what successors.csv splits it into: nobody may guess which holds."""
    rows = (
        X
        + "000.00.05.H53,,Sở Y,,department,2020-01-01,,,\n"
        + "000.00.06.H53,,Sở Z,,department,2020-01-01,,,\n"
        + "000.00.07.H53,,Sở W,,department,2020-01-01,2024-12-31,000.00.05.H53,\n"
    )
    splits = "organ_id,ended_on,successor,rule\n000.00.07.H53,2024-12-31,{},seat\n"
    sound, _ = parse("directory", directory_files(rows, successors=splits.format("000.00.05.H53")))
    _, faults = parse("directory", directory_files(rows, successors=splits.format("000.00.06.H53")))

    assert sound is not None
    assert [("successors.csv", 2, "successor", "BAD_VALUE")] == [
        (each.file, each.line, each.column, each.code) for each in faults
    ]
