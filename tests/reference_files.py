"""Reference data for tests: the demo province's files, and small directories written as CSV."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from schemas.reference import KINDS, Directory, Reference, parse

DEMO = Path(__file__).parents[1] / "infra" / "demo" / "reference"
MADE_LATER = {"trust", "crl"}
"""Kinds whose files are made with the test PKI."""

TODAY = date(2026, 11, 23)
LEVELS = """level,rank,name_vi,valid_from,valid_to,selectable
province,1,Tỉnh,2020-01-01,,yes
department,2,Sở,2020-01-01,,yes
district,2,Huyện,2020-01-01,2025-06-30,yes
commune,3,Xã,2020-01-01,,yes
technical,0,Nút,2020-01-01,,no
"""
HEADER = "organ_id,qd20_id,name,parent,level,valid_from,valid_to,successor,working_hours\n"


@cache
def demo_files() -> Mapping[str, bytes]:
    """Return the demo province's files, path -> bytes."""
    return {str(path.relative_to(DEMO)): path.read_bytes() for path in sorted(DEMO.rglob("*")) if path.is_file()}


@cache
def demo() -> Reference:
    """Return the demo province's reference data, without trust list and revocation lists."""
    return Reference.from_files({kind: demo_files() for kind in KINDS if kind not in MADE_LATER})


T = TypeVar("T")


def present(value: T | None) -> T:
    """Return what must be there: a kind that the demo publishes, an answer that is not empty."""
    assert value is not None
    return value


def sound(kind: str, files: Mapping[str, bytes]) -> Any:
    """Return the value of files that must have no fault."""
    value, faults = parse(kind, files)
    assert () == faults
    return present(value)


def directory_files(agencies: str, **others: str) -> dict[str, bytes]:
    """Return files of a directory: rows of agencies.csv without their header; others by name without `.csv`."""
    files = {"agencies.csv": HEADER + agencies, "levels.csv": LEVELS}
    files |= {f"{name}.csv": content for name, content in others.items()}
    return {name: content.encode() for name, content in files.items()}


def directory(agencies: str, **others: str) -> Directory:
    """Return a sound directory made of these rows."""
    value = sound("directory", directory_files(agencies, **others))
    assert isinstance(value, Directory)
    return value
