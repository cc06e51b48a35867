"""`lienthong crl`: fetch revocation lists now, and publish those that are new and sound. The process `trust` does the same by itself."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial

import click

from connectors.trust.checks import Fault
from connectors.trust.job import Became, Outcome, round_of
from connectors.trust.process import publish_lists, sources_of
from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.loading import load
from schemas.reasons import sentence_vi

NAMES = {
    Became.PUBLISHED: "đã công bố",
    Became.UNCHANGED: "không thay đổi",
    Became.SUPERSEDED: "có bản mới hơn",
    Became.REFUSED: "không dùng được",
    Became.NOT_FETCHED: "không lấy được",
    Became.ENDED: "đã quá hạn mà chưa có bản kế tiếp",
}


@command("crl", example="lienthong crl http://ca.example/sub.crl ./crl --dry-run")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--dry-run", is_flag=True, help="Look and judge only; publish nothing.")
def crl(ctx: Ctx, sources: tuple[str, ...], *, dry_run: bool) -> int:
    """Fetch revocation lists (files, folders, URLs; LIENTHONG_CRL_SOURCES by default); exit 0 only if every one is good."""
    named = list(sources) or sources_of(ctx.settings.crl_sources)
    if not named:
        stop("no source of revocation lists", "name files, folders or URLs, or set LIENTHONG_CRL_SOURCES")
    clock = open_clock(ctx.settings)
    reference = load(ctx, ("trust", "crl"), needs=("trust",))
    publish = _publish_nothing if dry_run else partial(publish_lists, ctx.settings, clock)
    done = round_of(named, reference, clock.now(), publish)
    for each in (*done.outcomes, *done.ended):
        ctx.emit(asdict(each), human=_in_words(each))
    return NO if any(each.became in (Became.REFUSED, Became.NOT_FETCHED) for each in done.outcomes) else DONE


def _publish_nothing(_files: Mapping[str, bytes]) -> None:
    """Only look."""


def _in_words(each: Outcome) -> str:
    which = f" ({each.series})" if each.series else ""
    what = f"{each.issuer}{which} số {each.number}" if each.issuer else ""
    why = sentence_vi(each.why) if each.why in list(Fault) else each.why
    return f"{each.source or 'đang dùng'}: {NAMES[each.became]} {what} {why}".rstrip()
