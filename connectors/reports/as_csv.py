"""A table as CSV that Excel in an office opens by a double click: UTF-8 with a byte order mark, CRLF (RFC 4180)."""

import csv
import io
from collections.abc import Iterator

from connectors.reports.table import Cell, Table

MARK = "\ufeff"
"""Without it Excel reads the file in the machine's old code page, and Vietnamese letters break. Other software skips it."""

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")
"""A cell that begins with one of these is a formula, or starts a program, in some spreadsheet (OWASP: CSV injection)."""


def lines(table: Table, *, separator: str = ",") -> Iterator[bytes]:
    """Yield the file line by line: headings, then rows."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    out.write(MARK)
    writer.writerow(table.headings)
    for row in table.rows:
        yield _taken(out)
        writer.writerow([guarded(cell) for cell in row])
    yield _taken(out)


def guarded(cell: Cell) -> str:
    """Return the text, which no spreadsheet takes for a formula: an apostrophe stands before one that it might."""
    return "'" + cell.text if not cell.number and cell.text.startswith(FORMULA) else cell.text


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()
