"""`lienthong reference check|diff|publish|show`: reference data is judged as a whole before it decides anything."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from infra.commands import DONE, NO, Ctx, command, group
from infra.publish import files_at, publish_files
from infra.published import announced
from schemas.reference import KINDS, ReferenceFault, UnsoundReferenceError, parse
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
def diff(ctx: Ctx, kind: str, old: Path, new: Path) -> int:
    """Compare two snapshots of one kind, line by line, whatever the order of the lines."""
    before, after = _lines(files_at(kind, old)), _lines(files_at(kind, new))
    changed = sorted(before.keys() & after.keys() - {key for key in before if before[key] == after.get(key)})
    answer: dict[str, Any] = {
        "added": [after[key] for key in sorted(after.keys() - before.keys())],
        "removed": [before[key] for key in sorted(before.keys() - after.keys())],
        "changed": [{"before": before[key], "after": after[key]} for key in changed],
    }
    human = [f"+ {line}" for line in answer["added"]] + [f"- {line}" for line in answer["removed"]]
    human += [f"- {each['before']}\n+ {each['after']}" for each in answer["changed"]]
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


def _lines(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return a key for each line (file and first field, numbered where it comes again) -> the line as it is written."""
    found: dict[str, str] = {}
    for name, content in sorted(files.items()):
        try:
            lines = content.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            lines = [f"sha256 {hashlib.sha256(content).hexdigest()}, {len(content)} bytes"]
        for line in filter(str.strip, lines):
            key, number = f"{name} {line.split(',', 1)[0].strip()}", 1
            while f"{key} {number}" in found:
                number += 1
            found[f"{key} {number}"] = f"{name}: {line}"
    return found
