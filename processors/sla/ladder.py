"""The ladder of one duty: which step comes when, to whom, and what comes next (decisions, "Ladder")."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from processors.sla.parties import Gap, Parties
from processors.sla.rulebook import Rulebook
from schemas.events import Told
from schemas.reference.calendar import Pattern
from schemas.reference.sla import LadderStep
from schemas.reference.working_time import moment_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step that has somebody to tell, at its moment or at that of a step before it that had nobody."""

    step: int
    at: datetime
    to: tuple[Told, ...]
    gaps: tuple[Gap, ...] = ()
    """Officials that are missing here and in the skipped steps before it."""


Later = Callable[[datetime], datetime]
"""A moment -> the same moment after the pauses that lie before it."""


def at_once(moment: datetime) -> datetime:
    """Return the moment: nothing stood still."""
    return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a ladder stands on: the moments of one duty and the hours of who owes it."""

    since: datetime
    warn: datetime | None
    breach: datetime | None
    pattern: Pattern
    later: Later = at_once
    """Officials are those of the day on which a step comes, so pauses move it before anybody is looked up."""


def rungs(span: Span, steps: tuple[LadderStep, ...], parties: Parties, rulebook: Rulebook) -> tuple[Rung, ...]:
    """Return the steps that will be taken if nothing stops them, in order.

    A step without a contact gives its moment to the next one that has one, which then is not raised again at its own;
    a step `when: breach` never comes before the breach.
    If nobody at all can be told, one rung with an empty `to` is left, so that the fault of the directory is reported.
    """
    found: list[Rung] = []
    moved: datetime | None = None
    missing: tuple[Gap, ...] = ()
    for step in steps:
        if (own := _moment(step, span, rulebook)) is None:
            continue
        at = span.later(own)
        if moved is not None and moved < at and step.when != "breach":
            at = moved
        to, gaps = parties.officials(step.to, rulebook, rulebook.day(at))
        missing = (*missing, *(gap for gap in gaps if gap not in missing))
        if to:
            found.append(Rung(step=step.step, at=at, to=to, gaps=missing))
            moved, missing = None, ()
        else:
            moved = at
    if missing and moved is not None:
        last = found[-1] if found else Rung(step=steps[0].step, at=moved, to=())
        found[-1:] = [replace(last, gaps=(*last.gaps, *missing))]
    return tuple(found)


def _moment(step: LadderStep, span: Span, rulebook: Rulebook) -> datetime | None:
    """Return a step's own moment; a breach that lies before the start happens at the start."""
    if step.when == "warn":
        return span.warn
    if span.breach is None:
        return None
    breach = max(span.breach, span.since)
    if step.when == "breach":
        return breach
    return moment_at(rulebook.calendar, span.pattern, step.after_breach, start=breach)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """How far the ladder of one duty was climbed."""

    step: int = -1
    """The last step taken; -1 = none."""

    number: int = 0
    """How often the last step was raised."""

    at: datetime | None = None
    """Its moment."""

    told: tuple[Told, ...] = ()
    """Everybody who was told, each once."""

    resolved: bool = False

    def taken(self, rung: Rung) -> "Climb":
        """Return the climb after this rung."""
        more = tuple(each for each in rung.to if each not in self.told)
        number = self.number + 1 if rung.step == self.step else 1
        return Climb(step=rung.step, number=number, at=rung.at, told=(*self.told, *more))


def next_rung(
    ladder: tuple[Rung, ...], climb: Climb, urgency: str, pattern: Pattern, rulebook: Rulebook
) -> Rung | None:
    """Return what comes next if nothing stops it: the next step or, after the last, the last one again."""
    for rung in ladder:
        if rung.step > climb.step:
            return rung
    if not ladder or not ladder[-1].to or climb.at is None:
        return None
    again = moment_at(rulebook.calendar, pattern, rulebook.sla.repeat.get(urgency), start=climb.at)
    return None if again is None else Rung(step=ladder[-1].step, at=again, to=ladder[-1].to)
