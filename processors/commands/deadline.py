"""`lienthong deadline`: when is what owed, step by step; the watcher's own arithmetic for a delivery that need not exist."""

from datetime import date, datetime
from typing import Any

import click

from infra.commands import DONE, Ctx, command, stop
from infra.commands.loading import load
from infra.commands.words import MOMENT
from processors.commands.deadline_words import rungs_of, steps_of
from processors.sla.deadlines import Deadlines
from processors.sla.rulebook import Rulebook
from processors.sla.whatif import what_if
from schemas.reference import Reference
from schemas.reference.calendar import Calendar

YEARS = range(1900, 9000)
"""Of moments that are worked with; at the ends of Python's calendar nothing lies before or behind."""

KINDS_NEEDED = ("sla", "calendar", "directory", "contacts")


@command(
    "deadline",
    example="lienthong deadline --clock intake --start 2026-11-23T16:40:00+07:00 --urgency normal --agency 000.00.05.H53",
)
@click.option("--clock", required=True, help="Id of a clock of sla.yaml, e.g. intake.")
@click.option("--start", type=MOMENT, required=True, help="Moment with offset at which the clock starts.")
@click.option("--urgency", required=True, help="Class of sla.yaml, e.g. normal, hoa_toc.")
@click.option("--agency", metavar="ORGAN_ID", required=True, help="The recipient; of the clock `dispatch` the sender.")
@click.option("--sender", metavar="ORGAN_ID", default="", help="Who sent it, and is told of a breach.")
@click.option("--mode", type=click.Choice(["push", "pull"]), default=None, help="How the recipient gets it.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="DueDate as the sender wrote it.")
@click.option("--type", "type_name", default="", help="Type of document, where an override names one.")
def deadline(
    ctx: Ctx,
    *,
    clock: str,
    start: datetime,
    urgency: str,
    agency: str,
    sender: str,
    mode: str | None,
    due: datetime | None,
    type_name: str,
) -> int:
    """Work out what is owed by when, and who is told at each step of the ladder."""
    reference = load(ctx, KINDS_NEEDED, needs=("sla", "calendar", "directory"))
    rulebook = Rulebook.of(reference)
    if clock not in rulebook.sla.clocks:
        stop(f"no clock {clock} in sla.yaml", f"one of {', '.join(rulebook.sla.clocks)}")
    if urgency not in rulebook.sla.urgency.classes:
        stop(f"no urgency {urgency} in sla.yaml", f"one of {', '.join(rulebook.sla.urgency.classes)}")
    if start.year not in YEARS:
        stop(f"{start.isoformat()} lies outside of any calendar", "name a --start of a year that people work in")
    on, due_on = rulebook.day(start), due.date() if due else None
    found = what_if(
        clock,
        start,
        urgency,
        agency=_meant(agency, reference, on),
        sender=_meant(sender, reference, on) if sender else "",
        mode=mode or "",
        due=due_on,
        rulebook=rulebook,
        document_type=type_name,
    )
    answer = answer_of(found.found, rulebook)
    answer |= {
        "pauses": [
            {"from": local(starts, rulebook.calendar), "to": local(ends, rulebook.calendar)}
            for starts, ends in found.pauses
        ],
        "steps": [*steps_of(found.bare, due_on, found.pauses, rulebook), *rungs_of(found.found, rulebook)],
    }
    ctx.emit(answer, human="\n".join(answer["steps"]))
    return DONE


def answer_of(found: Deadlines, rulebook: Rulebook) -> dict[str, Any]:
    """Return the answer's fields as `cli.md` fixes them; moments are local, with their offset."""
    calendar = rulebook.calendar
    return {
        "clock": found.clock,
        "urgency": found.urgency,
        "owes": found.owes,
        "debtor": found.debtor,
        "start": local(found.since, calendar),
        "target": local(found.target, calendar),
        "warn": local(found.warn, calendar),
        "breach": local(found.breach, calendar),
        "ladder": [
            {
                "step": rung.step,
                "at": local(rung.at, calendar),
                "to": [
                    {"role": each.role, "organ_id": each.organ_id, "name": each.name, "mailbox": each.mailbox}
                    for each in rung.to
                ],
                "missing": [{"organ_id": gap.organ_id, "role": gap.role} for gap in rung.gaps],
            }
            for rung in found.ladder
        ],
        "provisional": found.provisional,
        "calendar_version": found.calendar_version,
    }


def local(moment: datetime | None, calendar: Calendar) -> datetime | None:
    """Return a moment in the calendar's zone."""
    return None if moment is None else moment.astimezone(calendar.zone)


def _meant(code: str, reference: Reference, on: date) -> str:
    """Return the agency that a code means; ends with exit code 2 where it means none."""
    found = reference.directory.resolve(code, on) if reference.directory else None
    if found is None or found.agency is None:
        stop(
            f"{code}: {found.code if found else 'no directory'}", "`lienthong agency CODE` says who is meant by a code"
        )
    return found.agency.organ_id
