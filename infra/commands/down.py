"""`lienthong down`."""

from infra.commands import DONE, Ctx, command
from infra.supervise.ledger import Ledger
from infra.supervise.seat import end_sitter


@command("down", example="lienthong down --json")
def down(ctx: Ctx) -> int:
    """End whatever an earlier `up` on this folder left running; a running one is asked to stop all in order. Safe to repeat."""
    var = ctx.settings.var
    ended = ["up"] if end_sitter(var / "run") else []
    for ledger in (var / "run" / "processes.json", var / "kafka" / "processes.json"):
        ended += Ledger(ledger).end_leftovers()
    ctx.emit({"ended": ended}, human=f"ended: {', '.join(ended)}" if ended else "nothing was running")
    return DONE
