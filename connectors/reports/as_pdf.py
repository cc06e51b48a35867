"""A table as PDF: pages across, headings repeated, text that can be searched and copied.

The font, Be Vietnam Pro (SIL Open Font License), comes as a package; no font of the machine is asked for (ADR 0024).
"""

import unicodedata
from collections.abc import Iterator, Sequence
from importlib.resources import files
from io import BytesIO
from itertools import chain, islice

from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from connectors.reports.table import Table
from infra.errors import EnvironmentFaultError

PLAIN, BOLD = "BeVietnamPro-Regular", "BeVietnamPro-Bold"
PACKAGE = "fontpkg_be_vietnam_pro"
UNKNOWN = "?"
"""Stands for a character that the font does not have; the other forms of the report have it."""

POINTS, LEADING = 7.0, 9.0
"""Of a cell's text and its lines."""

MARGIN, PADDING = 28.0, 2.5
LOOK_AHEAD = 200
"""Rows by which the columns' widths are chosen."""

WIDE = 14
"""Columns that an A4 page takes; more are set on A3."""

LEAST, MOST = 6, 28
"""Characters that a column's width is counted by."""

MOST_HEADING_LINES = 12
"""The rest of a column's title is cut, so that a page has room for rows."""


class _Sheet:
    """Draws rows from the top of a page to its end, then on the next."""

    def __init__(self, out: BytesIO, table: Table, widths: Sequence[float], size: tuple[float, float]) -> None:
        self._canvas = Canvas(out, pagesize=size, pageCompression=1, lang=table.language)
        self._canvas.setTitle(table.title)
        self._canvas.setCreator("lienthong")
        self._table, self._widths, self._size = table, widths, size
        self._page, self._y = 0, 0.0
        self._fresh = True
        self._open_page()

    def row(self, texts: Sequence[str], *, font: str = PLAIN) -> None:
        """Draw a row; one that the page has no room for begins the next. One that no page could hold goes on over pages."""
        cells = [_wrapped(text, width - 2 * PADDING, font) for text, width in zip(texts, self._widths, strict=True)]
        left = max(len(cell) for cell in cells)
        at = 0
        while at < left:
            room = int((self._y - MARGIN - PADDING) // LEADING)
            if room < 1 or (room < left - at and not self._fresh):
                self._close_page()
                self._open_page()
                continue
            here = [cell[at : at + room] for cell in cells]
            self._draw(here, max(len(cell) for cell in here), font)
            self._fresh = False
            at += room

    def finish(self) -> None:
        """Write the file."""
        self._close_page()
        self._canvas.save()

    def _draw(self, cells: list[list[str]], lines: int, font: str) -> None:
        height, x = lines * LEADING + PADDING, MARGIN
        for cell, width in zip(cells, self._widths, strict=True):
            self._canvas.setFont(font, POINTS)
            for number, line in enumerate(cell, start=1):
                self._canvas.drawString(x + PADDING, self._y - number * LEADING + 1, line)
            x += width
        self._y -= height
        self._canvas.setLineWidth(0.3)
        self._canvas.line(MARGIN, self._y, x, self._y)

    def _open_page(self) -> None:
        self._page += 1
        self._y, self._fresh = self._size[1] - MARGIN, True
        if self._page == 1:
            for text, font, points in ((self._table.title, BOLD, 12.0), (self._table.about, PLAIN, 9.0)):
                self._canvas.setFont(font, points)
                self._canvas.drawString(MARGIN, self._y - points, known(text))
                self._y -= points * 1.5
        heads = [
            _wrapped(text, width - 2 * PADDING, BOLD)[:MOST_HEADING_LINES]
            for text, width in zip(self._table.headings, self._widths, strict=True)
        ]
        self._draw(heads, max(len(head) for head in heads), BOLD)

    def _close_page(self) -> None:
        self._canvas.setFont(PLAIN, POINTS)
        self._canvas.drawRightString(self._size[0] - MARGIN, MARGIN / 2, str(self._page))
        self._canvas.showPage()


def document(table: Table) -> bytes:
    """Return the file; raise `EnvironmentFaultError` where the font's package is not there."""
    _register_fonts()
    size = landscape(A4 if len(table.headings) <= WIDE else A3)
    ahead = list(islice(table.rows, LOOK_AHEAD))
    out = BytesIO()
    first = [[cell.text for cell in row] for row in ahead]
    sheet = _Sheet(out, table, _widths(table.headings, first, size[0] - 2 * MARGIN), size)
    rows: Iterator[Sequence[str]] = chain(first, ([cell.text for cell in row] for row in table.rows))
    for texts in rows:
        sheet.row(texts)
    sheet.finish()
    return out.getvalue()


def _register_fonts() -> None:
    for name in (PLAIN, BOLD):
        if name in pdfmetrics.getRegisteredFontNames():
            continue
        try:
            font = files(PACKAGE) / "files" / f"{name}.ttf"
            pdfmetrics.registerFont(TTFont(name, str(font)))
        except (ImportError, OSError) as exc:
            raise EnvironmentFaultError(f"the font for PDF is not there: {exc}", "`make setup` installs it") from exc


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]], whole: float) -> list[float]:
    """Share the page out by the longest text of each column, within bounds."""
    longest = [
        max(LEAST, *(len(word) + 1 for word in heading.split()), *(min(len(row[at]), MOST) for row in rows))
        for at, heading in enumerate(headings)
    ]
    return [whole * each / sum(longest) for each in longest]


def _wrapped(text: str, width: float, font: str) -> list[str]:
    """Break a text into lines, between words where there are any."""
    lines, line = [], ""
    for word in known(text).split(" "):
        longer = f"{line} {word}" if line else word
        if pdfmetrics.stringWidth(longer, font, POINTS) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while len(line) > 1 and pdfmetrics.stringWidth(line, font, POINTS) > width:
            fits = next(n for n in range(len(line) - 1, 0, -1) if n == 1 or _fits(line[:n], font, width))
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line]


def _fits(text: str, font: str, width: float) -> bool:
    return float(pdfmetrics.stringWidth(text, font, POINTS)) <= width


def known(text: str) -> str:
    """Return the text composed (NFC), with `?` for what the font does not have."""
    font = pdfmetrics.getFont(PLAIN)
    glyphs = font.face.charToGlyph if isinstance(font, TTFont) else {}
    return "".join(each if ord(each) in glyphs else UNKNOWN for each in unicodedata.normalize("NFC", text))
