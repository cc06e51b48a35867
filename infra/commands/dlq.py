"""`lienthong dlq list|show`."""

import base64
from typing import Any

import click

from infra.commands import DONE, NO, Ctx, command, group
from infra.kafka.dead_letters import DeadLetter, read_dead_letters

dlq = group("dlq", example="lienthong dlq list --json", says="Dead letters, each with reason and coordinates.")


@command("list", example="lienthong dlq list --json", within=dlq)
@click.option("--reason", default="", help="Only those with this reason code.")
def list_(ctx: Ctx, reason: str) -> int:
    """List all dead letters: where each came from, which step could not take it, and why."""
    for each in read_dead_letters(ctx.settings):
        if reason in ("", each.reason):
            ctx.emit(_row(each), human=_human(each))
    return DONE


@command("show", example="lienthong dlq show dead-letter-3-17 --json", within=dlq)
@click.argument("identity", metavar="ID")
def show(ctx: Ctx, identity: str) -> int:
    """Show one dead letter with its original key, headers and value (base64); exit 1 if there is none with this id."""
    for each in read_dead_letters(ctx.settings):
        if each.id == identity:
            ctx.emit(_row(each) | _original(each))
            return DONE
    ctx.say(f"Không có bản ghi lỗi {identity}; `lienthong dlq list` liệt kê tất cả.")
    return NO


def _row(each: DeadLetter) -> dict[str, Any]:
    return {
        "id": each.id,
        "topic": each.topic,
        "partition": each.partition,
        "offset": each.offset,
        "stage": each.stage,
        "reason": each.reason,
        "sentence": each.sentence,
        "at": each.at,
    }


def _original(each: DeadLetter) -> dict[str, Any]:
    record = each.record
    return {
        "key": (record.key or b"").decode("utf-8", "backslashreplace"),
        "headers": {name: (value or b"").decode("utf-8", "backslashreplace") for name, value in record.headers},
        "size": len(record.value or b""),
        "value": base64.b64encode(record.value or b"").decode(),
    }


def _human(each: DeadLetter) -> str:
    at = each.at.isoformat(timespec="seconds") if each.at else "?"
    where = f"{each.topic}/{each.partition}/{each.offset}"
    return f"{each.id}  {at}  {each.stage}  {each.reason}\n      {where}: {each.sentence}"
