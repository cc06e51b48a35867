"""`lienthong topics check|apply`."""

from collections.abc import Iterable

from infra.commands import DONE, NO, Ctx, command, group
from infra.kafka import provision, registry
from infra.kafka.clients import require_answer
from infra.kafka.provision import Standing

topics = group("topics", example="lienthong topics check --json", says="Compare the broker with topics.yaml.")


@command("check", example="lienthong topics check --json", within=topics)
def check(ctx: Ctx) -> int:
    """Say for each topic whether the broker has it as topics.yaml declares it; exit 1 if one differs."""
    require_answer(ctx.settings)
    return _answer(ctx, [*provision.check(ctx.settings), *registry.check(ctx.settings)])


@command("apply", example="lienthong topics apply", within=topics)
def apply(ctx: Ctx) -> int:
    """Create missing topics and set what differs; what cannot be changed without moving keys stays and is named."""
    require_answer(ctx.settings)
    return _answer(ctx, [*provision.apply(ctx.settings), *registry.apply(ctx.settings)])


def _answer(ctx: Ctx, standings: Iterable[Standing]) -> int:
    ok = True
    for each in standings:
        ok = ok and each.ok
        differences = [str(difference) for difference in each.differences]
        human = f"{'ok ' if each.ok else 'NO '} {each.topic}" + "".join(f"\n      {line}" for line in differences)
        ctx.emit({"topic": each.topic, "ok": each.ok, "differences": differences}, human=human)
    return DONE if ok else NO
