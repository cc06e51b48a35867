"""`lienthong dlq replay|discard`: what people do with dead letters; every act lies on `operator.acted`."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from infra.commands import DONE, NO, Ctx, command
from infra.commands.dlq_words import outcome
from infra.commands.words import WORDS
from infra.letters import operating
from infra.letters.cases import Case, read_cases
from infra.letters.operating import Done, Wanted, Who
from infra.letters.replay import why_not


def filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--reason`, `--topic`, `--stage`."""
    function = click.option("--stage", default="", help="Only those of this process (verifier, router …).")(function)
    function = click.option("--topic", default="", help="Only those of records of this topic.")(function)
    return click.option("--reason", default="", help="Only those with this reason code.")(function)


def acting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add which letters, who, why, and `--dry-run`."""
    function = click.option("--dry-run", is_flag=True, help="Say what would be done; do nothing.")(function)
    function = click.option("--why", "--reason-text", "why", type=WORDS, default="", help="Why; needed.")(function)
    function = click.option("--by", type=WORDS, default="", help="Who does it; needed.")(function)
    return click.argument("ids", metavar="[ID]...", nargs=-1)(filters(function))


@command("replay", example="lienthong dlq replay dead-letter-3-17 --by 'Nguyễn Văn A' --why 'router đã sửa'")
@acting
def replay(
    ctx: Ctx, *, ids: Sequence[str], reason: str, topic: str, stage: str, by: str, why: str, dry_run: bool
) -> int:
    """Put records back onto their topics as they were; who had taken one already drops it. Exit 1 if any could not be put back."""
    who = _who(by, why, dry_run=dry_run)
    cases, chosen, code = _choose(ctx, Wanted(ids=ids, reason=reason, topic=topic, stage=stage))
    affected = operating.with_record(cases, chosen)
    if dry_run:
        return max(code, _tell(ctx, "replay", (Done(case=case, refusal=why_not(case)) for case in affected), dry=True))
    return max(code, _tell(ctx, "replay", operating.replay(ctx.settings, cases, affected, who)))


@command("discard", example="lienthong dlq discard --reason NOT_FRAMED --by 'Nguyễn Văn A' --why 'không phải của trục'")
@acting
def discard(
    ctx: Ctx, *, ids: Sequence[str], reason: str, topic: str, stage: str, by: str, why: str, dry_run: bool
) -> int:
    """Set dead letters aside: they count as accounted for, and the bytes stay where they are. Exit 1 if any was not set aside."""
    who = _who(by, why, dry_run=dry_run)
    cases, chosen, code = _choose(ctx, Wanted(ids=ids, reason=reason, topic=topic, stage=stage))
    affected = chosen if stage else operating.with_same_finding(cases, chosen)
    if dry_run:
        return max(code, _tell(ctx, "discard", (Done(case=case) for case in affected), dry=True))
    return max(code, _tell(ctx, "discard", operating.discard(ctx.settings, affected, who)))


def _who(by: str, why: str, *, dry_run: bool) -> Who:
    if not dry_run and not (by and why):
        raise click.UsageError("say who acts and why: --by NAME --why TEXT (it is written to operator.acted)")
    return Who(by=by, why=why)


def _choose(ctx: Ctx, wanted: Wanted) -> tuple[list[Case], list[Case], int]:
    """Return all cases, the chosen ones, and exit code 1 where an id names nothing."""
    if wanted.is_empty:
        raise click.UsageError("say which: one or more ID, or --reason, --topic, --stage")
    cases = read_cases(ctx.settings)
    unknown = wanted.unknown(cases)
    for each in unknown:
        ctx.say(f"Không có bản ghi lỗi {each}; `lienthong dlq list --all` liệt kê tất cả.")
    chosen = wanted.of(cases)
    if not chosen and not unknown:
        ctx.say("Không có bản ghi lỗi nào đang chờ như thế.")
    return cases, chosen, NO if unknown else DONE


def _tell(ctx: Ctx, doing: str, done: Iterable[Done], *, dry: bool = False) -> int:
    code = DONE
    for each in done:
        said = outcome(each, doing)
        if dry:
            said |= {"done": False, "dry_run": True}
        where = f"{each.case.id}  {each.case.stage}  {each.case.original.first}"
        to = f" → {each.copy}" if each.copy else ""
        verb = "sẽ làm" if dry else "đã làm"
        ctx.emit(said, human=f"{doing}  {where}{to}: {each.refusal or verb}")
        code = NO if each.refusal else code
    return code
