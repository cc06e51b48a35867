"""What changes between two snapshots of reference data: line by line, and for a directory which codes come to mean somebody else."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.reference import Directory

PERIODS = ("valid_from",)
ONE_OF_MANY = {"contacts.csv": ("role", "valid_from"), "successors.csv": ("ended_on", "successor")}
"""File -> columns that tell the rows of one thing apart: its officials, those it was split into; elsewhere its periods."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: what names it, as it is written, and its cells where it is a table's."""

    key: str
    text: str
    cells: Mapping[str, str]


def differences(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> dict[str, list[Any]]:
    """Return `added`, `removed` (lines) and `changed` (before, after and, of tables, the columns that differ)."""
    before, after = _lines(old), _lines(new)
    changed = [key for key in sorted(before.keys() & after.keys()) if before[key].text != after[key].text]
    return {
        "added": [after[key].text for key in sorted(after.keys() - before.keys())],
        "removed": [before[key].text for key in sorted(before.keys() - after.keys())],
        "changed": [_change(before[key], after[key]) for key in changed],
    }


def meanings(old: Directory, new: Directory, on: date) -> list[dict[str, str | None]]:
    """Return the codes, old or new, that mean another agency on the day than they did, or somebody where they meant nobody."""
    codes = {code for each in (old, new) for code in (*each.periods, *each.by_qd20, *each.aliases)}
    found = ((code, _meant(old, code, on), _meant(new, code, on)) for code in sorted(codes))
    return [{"code": code, "before": before, "after": after} for code, before, after in found if before != after]


def _meant(directory: Directory, code: str, on: date) -> str:
    found = directory.resolve(code, on)
    return found.agency.organ_id if found.agency else found.code


def _change(before: Line, after: Line) -> dict[str, Any]:
    names = [name for name in {**before.cells, **after.cells} if before.cells.get(name) != after.cells.get(name)]
    columns = {name: {"before": before.cells.get(name), "after": after.cells.get(name)} for name in names}
    return {"key": after.key, "before": before.text, "after": after.text, "columns": columns}


def _lines(files: Mapping[str, bytes]) -> dict[str, Line]:
    """Return the lines by what names them, numbered where that comes again; their order says nothing."""
    found: dict[str, Line] = {}
    for name, content in sorted(files.items()):
        for line in _of_file(name, content):
            key, number = line.key, 1
            while key in found:
                number += 1
                key = f"{line.key} {number}"
            found[key] = line
    return found


def _of_file(name: str, content: bytes) -> Iterator[Line]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        digest = hashlib.sha256(content).hexdigest()
        yield Line(f"{name} {digest}", f"{name}: sha256 {digest}, {len(content)} bytes", {})
        return
    if name.endswith(".csv") and (rows := _rows(text)) is not None:
        yield from _of_table(name, rows)
        return
    for each in filter(str.strip, text.splitlines()):
        yield Line(f"{name} {each.split(',', 1)[0].strip()}", f"{name}: {each}", {})


def _rows(text: str) -> list[list[str]] | None:
    """Return the rows of a table; None where it is none, and its lines are compared as they are."""
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return None


def _of_table(name: str, rows: list[list[str]]) -> Iterator[Line]:
    header = rows[0] if rows else []
    for row in filter(any, rows):
        cells = {} if row is header else dict(zip(header, row, strict=False))
        own = [row[0].strip(), *(cells[column] for column in ONE_OF_MANY.get(name, PERIODS) if cells.get(column))]
        yield Line(f"{name} {' '.join(own)}", f"{name}: {_written(row)}", cells)


def _written(row: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()
