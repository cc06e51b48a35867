"""`lienthong report`: what happened on the axis over a period, for people (CSV, page, PDF) and for scripts (JSON)."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from connectors.commands.register import register
from connectors.reports import as_csv, as_html
from connectors.reports.asked import BY, EVER, Asked, Period, Report, Row, period
from connectors.reports.columns import LANGUAGES, Layout, UnsoundColumnsError, layouts
from connectors.reports.kinds import REPORTS
from connectors.reports.table import table
from infra.clock import open_clock
from infra.commands import DONE, Ctx, command, stop
from infra.commands.loading import load
from infra.durable import writing_atomically

KINDS_NEEDED = ("directory", "calendar", "contacts")
SEPARATORS = (",", ";")
DAY = click.DateTime(["%Y-%m-%d"])


@command("report", example="lienthong report usage --from 2026-11-01 --to 2026-11-30 --format pdf --out usage.pdf")
@click.argument("kind", type=click.Choice(tuple(REPORTS)), metavar="KIND")
@click.option("--from", "first", type=DAY, help="First day. Reports: the first of the month of --to. Lists: see below.")
@click.option("--to", "last", type=DAY, help="Last day, inclusive; the axis' today by default.")
@click.option("--format", "form", type=click.Choice(("csv", "html", "json", "pdf")), help="csv by default.")
@click.option("--by", type=click.Choice(BY), default="agency", help="A row for each of these: usage, evaluation.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write instead of stdout.")
@click.option("--language", type=click.Choice(LANGUAGES), default="vi", help="Of titles and headings; not of JSON.")
@click.option(
    "--separator", type=click.Choice(SEPARATORS), default=",", help="CSV; `;` also writes tenths with a comma."
)
def report(
    ctx: Ctx,
    kind: str,
    *,
    first: datetime | None,
    last: datetime | None,
    form: str | None,
    by: str,
    out: Path | None,
    language: str,
    separator: str,
) -> int:
    """Report what happened in a period of days (Việt Nam's time).

    KIND: usage (use of the axis), interconnection (between levels), evaluation (Articles 19 and 21 of QĐ 28/2018), league (table of agencies);
    the lists unreceived, overdue (both: all that is still open, unless --from), refused (of the last day, unless --from); pairs
    (reconciliation), variants (tolerated forms of packets).
    """
    if ctx.json and form not in (None, "json"):
        stop(f"--json and --format {form} ask for different things", "leave one of them out")
    form = "json" if ctx.json else form or "csv"
    wanted = REPORTS[kind]
    if by != "agency" and not wanted.gathers:
        names = ", ".join(name for name, each in REPORTS.items() if each.gathers)
        stop(f"report {kind} has one order of its own", f"leave --by out; it is for {names}")
    layout = _layout(ctx, kind)
    if form == "pdf" and out is None and sys.stdout.isatty():
        stop("a PDF is nothing for a terminal", f"lienthong report {kind} --format pdf --out FILE")
    reference = load(ctx, KINDS_NEEDED, needs=("directory", "calendar"))
    directory, calendar = reference.directory, reference.calendar
    if directory is None or calendar is None:
        raise LookupError(KINDS_NEEDED)
    now = open_clock(ctx.settings).now()
    days = _period(wanted, first, last, now.astimezone(calendar.zone).date(), calendar.zone)
    with register(ctx) as connection:
        asked = Asked(
            connection=connection,
            directory=directory,
            calendar=calendar,
            contacts=reference.contacts,
            period=days,
            now=now,
            by=by,
        )
        _write(_pieces(form, asked, wanted, layout, language=language, separator=separator), out)
    return DONE


def _layout(ctx: Ctx, kind: str) -> Layout:
    """Return how the report is shown; end with exit code 2 where the operator's file is wrong."""
    own = ctx.settings.report_columns
    try:
        return layouts(REPORTS, own)[kind]
    except UnsoundColumnsError as exc:
        stop(f"the columns of reports are wrong: {exc}", f"mend {own}, or unset LIENTHONG_REPORT_COLUMNS")


def _period(wanted: Report, first: datetime | None, last: datetime | None, today: date, zone: ZoneInfo) -> Period:
    """Return the days asked for, or those that this report is usually about."""
    until = last.date() if last else today
    usual = {"month": until.replace(day=1), "day": until, "ever": EVER}
    try:
        return period(first.date() if first else usual[wanted.begins], until, zone)
    except (ValueError, OverflowError) as exc:
        stop(str(exc), "write --from and --to as yyyy-mm-dd, the earlier day first")


def _pieces(
    form: str, asked: Asked, wanted: Report, layout: Layout, *, language: str, separator: str
) -> Iterator[bytes]:
    """Yield the report's bytes."""
    rows, zone = wanted.rows(asked), asked.calendar.zone
    if form == "json":
        return _objects(rows, layout, zone)
    comma = "," if separator == ";" and form == "csv" else "."
    seen = table(layout, rows, period=asked.period, now=asked.now, zone=zone, language=language, comma=comma)
    if form == "csv":
        return as_csv.lines(seen, separator=separator)
    if form == "html":
        return as_html.lines(seen)
    from connectors.reports import as_pdf  # noqa: PLC0415 - only who wants a PDF pays for reportlab

    return iter((as_pdf.document(seen),))


def _objects(rows: Iterable[Row], layout: Layout, zone: ZoneInfo) -> Iterator[bytes]:
    """Yield one JSON object a line: all that is measured, and the columns that the operator added."""
    more = {column.field: column.text for column in layout.columns if column.text is not None}
    for row in rows:
        said = {name: _plain(value, zone) for name, value in row.items()}
        yield (json.dumps(said | more, ensure_ascii=False) + "\n").encode(errors="replace")


def _plain(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _write(pieces: Iterator[bytes], out: Path | None) -> None:
    """Write to stdout, or beside the file and into its place when all is there."""
    if out is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    with writing_atomically(out) as file:
        for piece in pieces:
            file.write(piece)
