"""`lienthong outage`: an agency's announced outage becomes a row of the calendar in force."""

from datetime import datetime

import click

from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, stop
from infra.commands.loading import load
from infra.commands.words import MOMENT, NEEDED_WORDS
from infra.content import open_content
from infra.outages import FILE, with_outage
from infra.publish import publish_files
from infra.published import announced
from schemas.edxml.moments import HERE
from schemas.reference import UnsoundReferenceError, unpack
from schemas.reference.sla import OUTAGE


@command(
    "outage",
    example='lienthong outage 000.00.17.H53 --from 2026-11-23T08:00:00+07:00 --to 2026-11-23T15:00:00+07:00 --reason "Mất điện" --by "Trần Thị Bình"',
)
@click.argument("organ_id")
@click.option("--from", "starts", type=MOMENT, default=None, help="Since when; the axis' now by default.")
@click.option("--to", "ends", type=MOMENT, required=True, help="Until when its system is away.")
@click.option("--reason", required=True, type=NEEDED_WORDS, help="Why, for people.")
@click.option("--by", required=True, type=NEEDED_WORDS, help="Who announces it.")
def outage(ctx: Ctx, *, organ_id: str, starts: datetime | None, ends: datetime, reason: str, by: str) -> int:
    """Announce that an agency's system is away: its clocks that `sla.yaml` pauses by an outage stand still for so long."""
    now = open_clock(ctx.settings).now()
    starts = (starts or now).astimezone(HERE)
    if ends <= starts:
        stop("the outage ends before it begins", "give --to a later moment")
    reference = load(ctx, ("directory", "sla"), needs=("directory", "sla"))
    found = reference.directory.resolve(organ_id, now.astimezone(HERE).date()) if reference.directory else None
    if found is None or found.agency is None:
        ctx.say(f"Danh bạ không có cơ quan {organ_id}.")
        return NO
    event = announced(ctx.settings).get("calendar")
    if event is None:
        stop("no calendar was published", "lienthong reference publish calendar PATH")
    files = unpack(open_content(ctx.settings).read(event.content.sha256))
    agency = found.agency.organ_id
    try:
        files[FILE] = with_outage(files[FILE], agency, starts, ends.astimezone(HERE), reason)
        [published] = publish_files(ctx.settings, {"calendar": files}, by=by)
    except UnsoundReferenceError as exc:
        stop(str(exc), "lienthong reference check calendar PATH says what is wrong")
    clocks = [pause.clock for pause in reference.sla.pauses if pause.starts == OUTAGE[0]] if reference.sla else []
    answer = {"kind": "calendar", "version": published.version, "valid_from": published.occurred_at, "agency": agency}
    answer |= {"from": starts, "to": ends, "reason": reason, "by": by, "clocks": clocks}
    still = f"tạm dừng: {', '.join(clocks)}" if clocks else "sla.yaml không tạm dừng đồng hồ nào vì sự cố"
    ctx.emit(answer, human=f"{agency} gián đoạn đến {ends.astimezone(HERE):%H:%M %d/%m/%Y}; {still}.")
    return DONE
