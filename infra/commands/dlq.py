"""`lienthong dlq list|show|replay|discard`."""

import click

from infra.commands import DONE, NO, Ctx, command, group
from infra.commands import dlq_acts as acts
from infra.commands.dlq_words import history, in_words, original, row
from infra.letters.cases import Standing, read_cases
from infra.letters.operating import Wanted
from infra.letters.replay import bodies

dlq = group(
    "dlq",
    example="lienthong dlq list --json",
    says="Dead letters, each with reason and coordinates: look, put back, set aside.",
)


@command("list", example="lienthong dlq list --reason NOT_FRAMED --json", within=dlq)
@acts.filters
@click.option("--all", "all_", is_flag=True, help="Replayed and discarded ones as well.")
def list_(ctx: Ctx, *, reason: str, topic: str, stage: str, all_: bool) -> int:
    """List open dead letters: where each came from, which step could not take it, why, and how often it was tried."""
    wanted = Wanted(reason=reason, topic=topic, stage=stage)
    cases = [case for case in read_cases(ctx.settings) if wanted.passes(case)]
    shown = [case for case in cases if all_ or case.standing is Standing.OPEN]
    if ctx.json:
        for case in shown:
            ctx.emit(row(case))
    else:
        for text in in_words(shown):
            ctx.emit({}, human=text)
    if len(shown) < len(cases):
        ctx.say(f"{len(cases) - len(shown)} bản ghi lỗi đã được phát lại hoặc bỏ; `--all` liệt kê cả chúng.")
    return DONE


@command("show", example="lienthong dlq show dead-letter-3-17 --json", within=dlq)
@click.argument("identity", metavar="ID")
def show(ctx: Ctx, identity: str) -> int:
    """Show one dead letter with its original key, headers and value (base64), and its tries; exit 1 if there is none with this id."""
    for case in read_cases(ctx.settings):
        if identity in case.ids:
            for letter in bodies(ctx.settings, [case.newest.id]):
                ctx.emit(row(case) | history(case) | original(letter))
            return DONE
    ctx.say(f"Không có bản ghi lỗi {identity}; `lienthong dlq list --all` liệt kê tất cả.")
    return NO


dlq.add_command(acts.replay)
dlq.add_command(acts.discard)
