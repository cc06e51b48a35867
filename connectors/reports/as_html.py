"""A table as one page: no scripts, nothing from elsewhere, readable by a screen reader (WCAG 2.2: captions, scopes, language)."""

from collections.abc import Iterator
from html import escape

from connectors.reports.table import Cell, Table

STYLE = (
    "body{font:16px/1.4 system-ui,sans-serif;margin:1.5rem;color:#111;background:#fff}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse}"
    "caption{text-align:left;padding:.3rem 0}"
    "th,td{border:1px solid #767676;padding:.25rem .5rem;text-align:left;vertical-align:top;unicode-bidi:isolate}"
    "th{background:#eee}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "@media print{body{margin:0;font-size:9pt}thead{display:table-header-group}}"
)
NOTHING = {"vi": "Không có dòng nào.", "en": "No rows."}


def lines(table: Table) -> Iterator[bytes]:
    """Yield the page in pieces."""
    title = escape(table.title)
    yield (
        f'<!DOCTYPE html>\n<html lang="{escape(table.language)}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f'<div class="wide" role="region" tabindex="0" aria-label="{title}">\n<table>\n'
        f"<caption>{escape(table.about)}</caption>\n<thead>\n<tr>"
        + "".join(f'<th scope="col">{escape(heading)}</th>' for heading in table.headings)
        + "</tr>\n</thead>\n<tbody>\n"
    ).encode()
    empty = True
    for row in table.rows:
        empty = False
        yield f"<tr>{''.join(map(_cell, row))}</tr>\n".encode()
    said = f"<p>{NOTHING[table.language]}</p>\n" if empty else ""
    yield f"</tbody>\n</table>\n</div>\n{said}</main>\n</body>\n</html>\n".encode()


def _cell(cell: Cell) -> str:
    return f'<td class="n">{escape(cell.text)}</td>' if cell.number else f"<td>{escape(cell.text)}</td>"
