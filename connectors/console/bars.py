"""Bars of a report's largest rows, drawn by the server: figures in a table beside them, so nothing is told by a picture alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.reports.asked import Row
from connectors.reports.columns import Layout

MOST = 12
"""Rows that are drawn."""

DRAWN = {
    "usage": ("sent", "addressed", "open"),
    "interconnection": ("deliveries", "received", "open"),
    "evaluation": ("in_time_share",),
    "league": ("in_time_share",),
}
"""Report -> the figures that are drawn, the first of them decides which rows are the largest."""

NAMES = ("name", "level_name", "document_type")
"""Fields that name a row; what is filled in stands before its bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One figure of a row."""

    title: str
    number: int
    """Which figure: its colour."""

    said: str
    width: float
    """Of a hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One row."""

    name: str
    bars: tuple[Bar, ...]


def bars(kind: str, rows: Sequence[Row], layout: Layout, language: str) -> tuple[Bars, ...]:
    """Return the largest rows of a report as bars; nothing for a report that is a list, or where all is nought."""
    titles = {column.field: column.titles[language] for column in layout.columns}
    fields = [name for name in DRAWN.get(kind, ()) if name in titles]
    if not fields:
        return ()
    shown = sorted(rows, key=lambda row: -(row[fields[0]] or 0))[:MOST]
    most = max((row[name] or 0 for row in shown for name in fields), default=0)
    if not most:
        return ()
    return tuple(
        Bars(
            name=_name(row),
            bars=tuple(
                Bar(
                    title=titles[name],
                    number=number,
                    said=_said(row[name]),
                    width=round(100 * (row[name] or 0) / most, 1),
                )
                for number, name in enumerate(fields)
            ),
        )
        for row in shown
    )


def _name(row: Row) -> str:
    if "to_level_name" in row:
        return f"{row['level_name']} → {row['to_level_name']}"
    return next((str(row[name]) for name in NAMES if row.get(name)), "–")


def _said(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if isinstance(value, float) else str(value)
