"""`lienthong reference check|diff|publish|show`: reference data is judged as a whole before it decides anything."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command, group
from infra.comparing import differences, meanings
from infra.publish import files_at, publish_files
from infra.published import announced
from schemas.edxml.moments import HERE
from schemas.reference import KINDS, Directory, ReferenceFault, UnsoundReferenceError, parse
from schemas.reference.policy_dangers import Danger, dangers_of
from schemas.reference.signature_policy import SignaturePolicy

KIND = click.Choice(list(KINDS))
PATH = click.Path(exists=True, path_type=Path)

reference = group(
    "reference",
    example="lienthong reference check directory ./directory",
    says="Check, compare, publish and show reference data.",
)


@command("check", example="lienthong reference check directory ./directory --json", within=reference)
@click.argument("kind", type=KIND)
@click.argument("path", type=PATH)
def check(ctx: Ctx, kind: str, path: Path) -> int:
    """Say line by line what is wrong with reference data; exit 1 if anything is."""
    value, faults = parse(kind, files_at(kind, path))
    return _answer(ctx, kind, faults, _dangers(value))


@command("diff", example="lienthong reference diff directory ./old ./new", within=reference)
@click.argument("kind", type=KIND)
@click.argument("old", type=PATH)
@click.argument("new", type=PATH)
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which codes are compared; the axis' today by default."
)
def diff(ctx: Ctx, kind: str, old: Path, new: Path, *, on: datetime | None) -> int:
    """Compare two snapshots of one kind, whatever the order of the lines; of directories also which codes come to mean somebody else."""
    files = files_at(kind, old), files_at(kind, new)
    answer: dict[str, Any] = differences(*files)
    before, after = (parse(kind, each)[0] if kind == "directory" else None for each in files)
    if isinstance(before, Directory) and isinstance(after, Directory):
        day = on.date() if on else open_clock(ctx.settings).now().astimezone(HERE).date()
        answer |= {"on": day, "meanings": meanings(before, after, day)}
    human = [f"+ {line}" for line in answer["added"]] + [f"- {line}" for line in answer["removed"]]
    human += [f"- {each['before']}\n+ {each['after']}" for each in answer["changed"]]
    human += [f"= {each['code']}: {each['before']} → {each['after']}" for each in answer.get("meanings", ())]
    ctx.emit(answer, human="\n".join(human) or "Không khác nhau.")
    return DONE


@command("publish", example="lienthong reference publish directory ./directory", within=reference)
@click.argument("kind", type=KIND)
@click.argument("path", type=PATH)
@click.option("--by", default="cli", show_default=True, help="Who publishes it.")
def publish_(ctx: Ctx, kind: str, path: Path, by: str) -> int:
    """Put a snapshot in force, if it is sound; a bad one is never announced (exit 1, line by line what is wrong)."""
    try:
        files = files_at(kind, path)
        [event] = publish_files(ctx.settings, {kind: files}, by=by)
    except UnsoundReferenceError as exc:
        return _answer(ctx, kind, exc.faults)
    for each in _dangers(parse(kind, files)[0]):
        ctx.say(_spoken(each))
    answer = {"kind": kind, "version": event.version, "valid_from": event.occurred_at}
    ctx.emit(
        answer, human=f"{kind} {event.version[:12]} có hiệu lực từ {event.occurred_at.isoformat(timespec='seconds')}"
    )
    return DONE


@command("show", example="lienthong reference show --json", within=reference)
@click.argument("kind", type=KIND, required=False)
def show(ctx: Ctx, kind: str | None) -> int:
    """Say which snapshots are in force; exit 1 if one asked for was never published."""
    found = announced(ctx.settings)
    wanted = [kind] if kind else [each for each in KINDS if each in found]
    for each in wanted:
        if each not in found:
            ctx.say(f"Chưa công bố {each}; `lienthong reference publish {each} PATH`.")
            return NO
        event = found[each]
        answer = {
            "kind": each, "version": event.version, "valid_from": event.occurred_at, "published_by": event.published_by,
        }  # fmt: skip
        ctx.emit(
            answer,
            human=f"{each:<18} {event.version[:12]}  {event.occurred_at.isoformat(timespec='seconds')}  {event.published_by}",
        )
    return DONE


def _answer(ctx: Ctx, kind: str, faults: tuple[ReferenceFault, ...], dangers: tuple[Danger, ...] = ()) -> int:
    errors = [
        {"file": each.file, "line": each.line, "column": each.column, "code": each.code, "sentence": each.sentence_vi}
        for each in faults
    ]
    warnings = [{"rule": each.rule, "option": each.option, "sentence": each.sentence_vi} for each in dangers]
    human = [f"{each['file']}:{each['line']} {each['column']} {each['code']}: {each['sentence']}" for each in errors]
    human += [] if errors else [f"{kind}: đúng.", *map(_spoken, dangers)]
    ctx.emit({"ok": not errors, "kind": kind, "errors": errors, "warnings": warnings}, human="\n".join(human))
    return NO if errors else DONE


def _dangers(value: object) -> tuple[Danger, ...]:
    return dangers_of(value) if isinstance(value, SignaturePolicy) else ()


def _spoken(danger: Danger) -> str:
    where = f"quy tắc {danger.rule}, " if danger.rule else ""
    return f"Nguy hiểm: {where}{danger.option}. {danger.sentence_vi}"
