"""Adds one announced outage to the text of calendar.yaml; every other byte of the file, its comments too, stays."""

import json
import re
from datetime import datetime

from infra.errors import EnvironmentFaultError
from schemas.reference import UnsoundReferenceError, parse
from schemas.reference.calendar import Calendar

FILE = "calendar.yaml"
_LIST = re.compile(rb"outages:[ \t]*(\[[ \t]*\][ \t]*)?(#[^\n]*)?")
_ITEM = re.compile(rb"([ \t]*)- ")


def with_outage(content: bytes, agency: str, starts: datetime, ends: datetime, reason: str) -> bytes:
    """Return the calendar with one outage more.

    Raise `UnsoundReferenceError` for what is no outage, `EnvironmentFaultError` where the file's layout leaves no place for it.
    """
    moments = f'from: "{starts.isoformat()}", to: "{ends.isoformat()}"'
    row = f"- {{agency: {agency}, {moments}, reason: {json.dumps(reason, ensure_ascii=False)}}}\n".encode()
    lines = content.splitlines(keepends=True)
    at = next((place for place, line in enumerate(lines) if line.startswith(b"outages")), None)
    if at is None:
        end = b"" if content.endswith(b"\n") else b"\n"
        changed = content + end + b"\noutages:\n  " + row
    elif found := _LIST.fullmatch(lines[at].rstrip(b"\r\n")):
        items = (_ITEM.match(line) for line in lines[at + 1 :] if line.strip() and not line.lstrip().startswith(b"#"))
        first = next(items, None)
        indent = first[1] if first and not found[1] else b"  "
        changed = b"".join([*lines[:at], b"outages:\n", indent, row, *lines[at + 1 :]])
    else:
        changed = content
    before, after = _read(content), _read(changed)
    if _count(after) != _count(before) + 1:
        raise EnvironmentFaultError(
            f"{FILE} has its outages in a form that is not extended here", "add the row by hand"
        )
    return changed


def _read(content: bytes) -> Calendar:
    value, faults = parse("calendar", {FILE: content})
    if not isinstance(value, Calendar):
        raise UnsoundReferenceError("calendar", faults)
    return value


def _count(calendar: Calendar) -> int:
    return sum(map(len, calendar.outages.values()))
