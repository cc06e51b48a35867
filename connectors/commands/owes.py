"""`lienthong owes`."""

from datetime import datetime

import click

from connectors.commands.register import meant, organ_id, register
from connectors.register import words
from connectors.register.duties import owed_by
from infra.clock import open_clock
from infra.commands import DONE, Ctx, command
from infra.commands.words import MOMENT


@command("owes", example="lienthong owes 000.00.17.H53 --at 2026-11-24T17:00:00+07:00")
@click.argument("agency", metavar="ORGAN_ID")
@click.option("--at", type=MOMENT, help="Moment with offset; the axis' now by default.")
def owes(ctx: Ctx, agency: str, at: datetime | None) -> int:
    """List what an agency must do, the earliest deadline first."""
    code, moment = organ_id(agency), at or open_clock(ctx.settings).now()
    with register(ctx) as connection:
        found = list(owed_by(connection, code, moment))
        if not found and (now := meant(ctx, code)) != code:
            code, found = now, list(owed_by(connection, now, moment))
    for each in found:
        ctx.emit(each, human=words.obligation(each))
    if not found:
        ctx.say(f"{code} không còn phải làm gì.")
    return DONE
