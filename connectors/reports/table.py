"""A report as people read it: title, column titles and cells as plain text, whatever becomes of it (CSV, page, PDF)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.notify.vietnamese import VIETNAMESE
from connectors.register.words import DUTIES, LABELS
from connectors.reports.asked import EVER, Period, Row
from connectors.reports.columns import Column, Layout

UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
"""Control characters, line breaks and what no file can hold; texts come from packets of strangers."""

YES_NO = {"vi": ("Không", "Có"), "en": ("No", "Yes")}
PERIOD = {"vi": "Từ {first} đến {last}. Lập lúc {now}.", "en": "From {first} to {last}. Made at {now}."}

WORDS: dict[str, Mapping[str, str]] = {
    "clock": DUTIES,
    "label": LABELS,
    "urgency": VIETNAMESE.urgencies,
    "about": {"document": "văn bản", "recipient": "một nơi nhận", "status": "trạng thái", "delivery": "lượt nhận"},
    "acts": {"sender": "nơi gửi", "recipient": "nơi nhận", "operator": "đơn vị vận hành", "axis": "trục"},
}
"""Field -> its values in Vietnamese; what is not here stands as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell."""

    text: str
    number: bool = False
    """Ours, so safe wherever it stands; set to the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is shown; `rows` can be read once."""

    language: str
    title: str
    """What it is."""

    about: str
    """Period, and when it was made."""

    headings: tuple[str, ...]
    rows: Iterator[tuple[Cell, ...]]


def table(
    layout: Layout,
    rows: Iterable[Row],
    *,
    period: Period,
    now: datetime,
    zone: ZoneInfo,
    language: str,
    comma: str = ".",
) -> Table:
    """Return the table; moments in the zone, `comma` before tenths."""
    first = f"{period.first:%d/%m/%Y}" if period.first != EVER else "…"
    about = PERIOD[language].format(
        first=first, last=f"{period.last:%d/%m/%Y}", now=f"{now.astimezone(zone):%H:%M %d/%m/%Y}"
    )
    return Table(
        language=language,
        title=layout.titles[language],
        about=about,
        headings=tuple(column.titles[language] for column in layout.columns),
        rows=(tuple(_cell(column, row, zone, language, comma) for column in layout.columns) for row in rows),
    )


def _cell(column: Column, row: Row, zone: ZoneInfo, language: str, comma: str) -> Cell:
    if column.text is not None:
        return Cell(text=column.text)
    value = row[column.field]
    if language == "vi" and column.field in WORDS:
        value = WORDS[column.field].get(value, value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(text=written(value, zone, language, comma), number=number)


def written(value: Any, zone: ZoneInfo, language: str = "vi", comma: str = ".") -> str:
    """Return a value as people write it, on one line."""
    if isinstance(value, list | tuple):
        return ", ".join(written(each, zone, language, comma) for each in value)
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return YES_NO[language][value]
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", comma)
    return "" if value is None else UNPRINTABLE.sub(" ", str(value)).strip()
