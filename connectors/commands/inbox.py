"""`lienthong inbox`."""

import click

from connectors.commands.register import meant, organ_id, register
from connectors.register import duties, words
from infra.commands import DONE, Ctx, command


@command("inbox", example="lienthong inbox 000.00.17.H53 --json")
@click.argument("agency", metavar="ORGAN_ID")
def inbox(ctx: Ctx, agency: str) -> int:
    """List what waits for an agency: offered, not yet taken."""
    code = organ_id(agency)
    with register(ctx) as connection:
        found = list(duties.inbox(connection, code))
        if not found and (now := meant(ctx, code)) != code:
            code, found = now, list(duties.inbox(connection, now))
    for each in found:
        ctx.emit(each, human=words.waiting(each))
    if not found:
        ctx.say(f"Không có văn bản nào chờ {code}.")
    return DONE
