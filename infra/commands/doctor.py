"""`lienthong doctor`."""

from dataclasses import asdict

from infra.commands import DONE, NO, Ctx, command
from infra.examine import everything


@command("doctor", example="lienthong doctor --json")
def doctor(ctx: Ctx) -> int:
    """Look at machine, broker, topics, reference data, clock and certificates; say how to mend what is wrong. Exit 1 if anything is."""
    ok = True
    for each in everything(ctx.settings):
        ok = ok and each.ok
        human = f"{'ok ' if each.ok else 'NO '} {each.check}: {each.found}"
        ctx.emit(asdict(each), human=human + (f"\n      → {each.mend}" if each.mend else ""))
    return DONE if ok else NO
