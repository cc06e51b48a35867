"""Pages by keyset: a page begins after the last row of the one before, found through an index however deep it lies."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, literal, tuple_

from connectors.register.columns import Moment

ROWS = 50
"""Rows of one page."""

MAX_CURSOR = 1_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some rows, and where the next ones begin."""

    rows: Sequence[T]
    after: str = ""
    """Cursor of the next page; empty: there is none."""


class CursorError(ValueError):
    """A cursor that none of our pages gave."""


def cut(rows: Sequence[dict[str, Any]], *names: str, most: int = ROWS) -> Page[dict[str, Any]]:
    """Return a page of rows of which one more than fits was read; `names` are the columns of the order."""
    if len(rows) <= most:
        return Page(rows=rows)
    shown = rows[:most]
    return Page(rows=shown, after=_written([shown[-1][name] for name in names]))


def beyond(cursor: str, *columns: ColumnElement[Any], falling: bool = False) -> list[ColumnElement[bool]]:
    """Return the condition that selects what comes after a cursor in the order of the columns; none for no cursor. Raise `CursorError`."""
    if not cursor:
        return []
    values = _read(cursor)
    if len(values) != len(columns):
        raise CursorError(cursor)
    bounds = [literal(_typed(value, column), column.type) for value, column in zip(values, columns, strict=True)]
    ordered, last = tuple_(*columns), tuple_(*bounds)
    return [ordered < last if falling else ordered > last]


def _written(values: Sequence[Any]) -> str:
    said = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _read(cursor: str) -> list[Any]:
    try:
        if len(cursor) > MAX_CURSOR:
            raise CursorError(cursor[:MAX_CURSOR])
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as exc:
        raise CursorError(cursor) from exc
    if not isinstance(found, list) or not all(isinstance(each, str) and "\x00" not in each for each in found):
        raise CursorError(cursor)
    return found


def _typed(value: str, column: ColumnElement[Any]) -> Any:
    if not isinstance(column.type, Moment):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as exc:
        raise CursorError(value) from exc
    if moment.tzinfo is None:
        raise CursorError(value)
    return moment
