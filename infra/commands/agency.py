"""`lienthong agency`: who is meant by a code on a day, and why; the look-up that the router does."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import click

from infra.clock import open_clock
from infra.commands import DONE, NO, Ctx, command
from infra.commands.loading import load
from schemas.edxml.moments import HERE
from schemas.ids import clean_code
from schemas.reasons import sentence_vi
from schemas.reference import Contacts, Directory, Reference, Resolution
from schemas.reference.why_nobody import why_nobody

KINDS_NEEDED = ("directory", "contacts")
EMPTY: Mapping[str, Any] = {
    "organ_id": None, "qd20_id": None, "name": None, "level": None, "parents": [], "valid_from": None, "valid_to": None,
    "endpoint": None, "accepts": [], "max_bytes": None, "urgent_contact": None, "contacts": [],
}  # fmt: skip
"""What is said where nobody is meant, so that scripts find each field."""


@command("agency", example="lienthong agency 21.31.H53 --on 2026-11-23 --json")
@click.argument("code")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day; the axis' today by default.")
def agency(ctx: Ctx, code: str, *, on: datetime | None) -> int:
    """Say which agency a code means on a day: by which form of it, over which successors; exit 1 if none or several."""
    reference = load(ctx, KINDS_NEEDED, needs=("directory",))
    day = on.date() if on else open_clock(ctx.settings).now().astimezone(HERE).date()
    answer = answer_of(code, reference, day)
    ctx.emit(answer, human=in_words(answer))
    return NO if answer["code"] else DONE


def answer_of(code: str, reference: Reference, on: date) -> dict[str, Any]:
    """Return the answer's fields as `cli.md` fixes them."""
    directory = reference.directory
    if directory is None:
        raise LookupError("directory")
    found = directory.resolve(code, on)
    return {
        "asked": clean_code(code),
        "on": on,
        **(EMPTY if found.agency is None else _of_agency(found, directory, reference.contacts, on)),
        "matched_by": found.matched_by or None,
        "successors": list(found.chain),
        "notes": list(found.notes),
        "code": found.code or None,
        "candidates": list(found.candidates),
        "sentence_vi": sentence_vi(found.code, detail=why_nobody(clean_code(code), directory, on))
        if found.code
        else "",
        "directory_version": reference.versions.get("directory", ""),
    }


def in_words(answer: Mapping[str, Any]) -> str:
    """Return the answer for people."""
    walked = [f"  kế thừa: {' → '.join([answer['asked'], *answer['successors']])}"] if answer["successors"] else []
    if answer["code"]:
        among = [f"  có thể là: {', '.join(answer['candidates'])}"] if answer["candidates"] else []
        return "\n".join([f"{answer['asked']}: {answer['code']}\n  {answer['sentence_vi']}", *walked, *among])
    ends = f" đến {answer['valid_to']}" if answer["valid_to"] else ""
    begins = f"từ {answer['valid_from']}" if answer["valid_from"] else "từ trước"
    lines = [
        f"{answer['organ_id']} {answer['name']}",
        f"  khớp theo {answer['matched_by']}; cấp {answer['level']}; {begins}{ends}",
        *walked,
    ]
    if answer["parents"]:
        lines.append(f"  cấp trên: {' → '.join(answer['parents'])}")
    if answer["endpoint"]:
        lines.append(f"  nhận qua {answer['endpoint']['endpoint_id']} của {answer['endpoint']['organ_id']}")
    lines += [f"  {each['role']}: {each['name']} {each['title']} <{each['mailbox']}>" for each in answer["contacts"]]
    return "\n".join(lines)


def _of_agency(found: Resolution, directory: Directory, contacts: Contacts | None, on: date) -> dict[str, Any]:
    meant = found.agency
    if meant is None:
        raise LookupError(found.code)
    endpoint = directory.endpoint_for(meant.organ_id, on)
    return {
        "organ_id": meant.organ_id,
        "qd20_id": meant.qd20_id or None,
        "name": meant.name,
        "level": meant.level,
        "parents": [each.organ_id for each in directory.parents(meant.organ_id, on)],
        "valid_from": meant.valid_from if meant.valid_from != date.min else None,
        "valid_to": meant.valid_to,
        "endpoint": endpoint
        and {"endpoint_id": endpoint.endpoint_id, "organ_id": endpoint.organ_id, "mode": endpoint.mode},
        "accepts": list(meant.accepts),
        "max_bytes": meant.max_bytes,
        "urgent_contact": meant.urgent_contact or None,
        "contacts": [
            {"role": each.role, "name": each.name, "title": each.title, "unit": each.unit, "mobile": each.mobile,
             "mailbox": each.mailbox}
            for each in (contacts.of_agency(meant.organ_id, on) if contacts else ())
        ],
    }  # fmt: skip
