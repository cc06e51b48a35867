"""The reports of a period as pages: a form, a chart of the largest rows, the table, and the same as files."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from connectors.console.asked import asked_of
from connectors.console.bars import bars
from connectors.console.desk import Desk
from connectors.console.render import language_of, render
from connectors.reports import as_csv, as_html
from connectors.reports.asked import BY, EVER, Asked, Period, Row, period
from connectors.reports.columns import Layout, UnsoundColumnsError, layouts
from connectors.reports.kinds import REPORTS
from connectors.reports.table import Table, table

MOST = 500
"""Rows of a page; files have all."""

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What the address asks for, put right where it asks for nothing that there is."""

    kind: str
    by: str
    layout: Layout
    asked: Asked
    language: str

    def rows(self) -> Iterator[Row]:
        """Yield the report's rows."""
        return iter(REPORTS[self.kind].rows(self.asked))

    def seen(self, rows: Iterator[Row]) -> Table:
        """Return rows as people read them."""
        zone = self.asked.calendar.zone
        return table(self.layout, rows, period=self.asked.period, now=self.asked.now, zone=zone, language=self.language)


def page(desk: Desk, request: Request) -> Response:
    """Show one report of a period."""
    with desk.register.reading() as connection:
        wanted = _wanted(desk, request, connection)
        rows = list(islice(wanted.rows(), MOST + 1))
    seen = wanted.seen(iter(rows[:MOST]))
    values = {
        "kinds": {name: each.titles[wanted.language] for name, each in _layouts(desk).items()},
        "gathers": {name for name, each in REPORTS.items() if each.gathers},
        "ways": BY,
        "asked": {
            "kind": wanted.kind,
            "by": wanted.by,
            "from": wanted.asked.period.first,
            "to": wanted.asked.period.last,
        },
        "ever": EVER,
        "table": _narrowed(seen),
        "chart": bars(wanted.kind, rows[:MOST], wanted.layout, wanted.language),
        "more": len(rows) > MOST,
        "forms": tuple(FORMS),
    }
    return render(request, "reports.html", values, account=desk.account(request))


def _narrowed(seen: Table) -> Table:
    """Leave columns out in which nothing stands: by level no row has an agency."""
    rows = [*seen.rows]
    used = [number for number in range(len(seen.headings)) if not rows or any(row[number].text for row in rows)]
    headings = tuple(seen.headings[number] for number in used)
    return replace(seen, headings=headings, rows=iter([tuple(row[number] for number in used) for row in rows]))


def file(desk: Desk, request: Request) -> Response:
    """Give the whole report as a file."""
    form = asked_of(request, "format")["format"]
    if form not in FORMS:
        raise HTTPException(404)
    with desk.register.reading() as connection:
        wanted = _wanted(desk, request, connection)
        content = b"".join(_pieces(form, wanted.seen(wanted.rows())))
    name = f"{wanted.kind}-{wanted.asked.period.last}.{form}"
    return Response(content, media_type=FORMS[form], headers={"content-disposition": f'attachment; filename="{name}"'})


def _pieces(form: str, seen: Table) -> Iterator[bytes]:
    if form == "csv":
        return as_csv.lines(seen)
    if form == "html":
        return as_html.lines(seen)
    from connectors.reports import as_pdf  # noqa: PLC0415 - only who wants a PDF pays for reportlab

    return iter((as_pdf.document(seen),))


def _layouts(desk: Desk) -> dict[str, Layout]:
    try:
        return layouts(REPORTS, desk.settings.report_columns)
    except (UnsoundColumnsError, OSError) as exc:
        raise HTTPException(500) from exc


def _wanted(desk: Desk, request: Request, connection: Any) -> _Wanted:
    said, around = asked_of(request, "kind", "by", "from", "to"), desk.around()
    kind = said["kind"] if said["kind"] in REPORTS else next(iter(REPORTS))
    by = said["by"] if said["by"] in BY and REPORTS[kind].gathers else BY[0]
    reference = around.reference
    directory, calendar = reference.directory, reference.calendar
    if directory is None or calendar is None:
        raise HTTPException(503)  # the reference data were not read yet
    today = around.now.astimezone(calendar.zone).date()
    asked = Asked(
        connection=connection,
        directory=directory,
        calendar=calendar,
        contacts=reference.contacts,
        period=_period(kind, said["from"], said["to"], today, calendar.zone),
        now=around.now,
        by=by,
    )
    return _Wanted(
        kind=kind, by=by, layout=_layouts(desk)[kind], asked=asked, language=language_of(request.state.session)
    )


def _period(kind: str, first: str, last: str, today: date, zone: Any) -> Period:
    """Return the days asked for; those this report is usually about, where they make no sense."""
    until = _day(last) or today
    usual = {"month": until.replace(day=1), "day": until, "ever": EVER}[REPORTS[kind].begins]
    try:
        return period(_day(first) or usual, until, zone)
    except (ValueError, OverflowError):
        return period(min(usual, today), today, zone)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
