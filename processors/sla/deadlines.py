"""When is what owed: the moments of one clock, from its start and the rules alone (decisions, "Deadlines").

Pure, and the only place that reads sla.yaml's moments: the watcher and the command `deadline` both call `moments`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from processors.sla.ladder import Later, Rung, Span, at_once, rungs
from processors.sla.parties import Parties
from processors.sla.rulebook import Rulebook
from schemas.reference.calendar import Pattern
from schemas.reference.moments import Moment, Wall
from schemas.reference.sla import Moments
from schemas.reference.working_time import is_provisional, moment_at

FAR = timedelta(days=50 * 366)
"""A DueDate further away than that is none: systems write 9999/12/31 or 0001/01/01 where nobody set one (ADR 0038)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The moments of one clock for one debtor; a moment that does not exist is None."""

    clock: str
    urgency: str
    owes: str
    """`axis`, `sender` or `recipient`."""

    debtor: str
    """organ_id of who owes."""

    since: datetime
    target: datetime | None
    warn: datetime | None
    breach: datetime | None
    """As the rule or the sender wrote it; a DueDate already past lies before `since`."""

    provisional: bool
    """A day that may still change lies between start and breach."""

    pattern: Pattern
    """The debtor's working hours."""

    rule: Moments
    """What sla.yaml says of it, overrides included."""

    ladder: tuple[Rung, ...] = ()
    calendar_version: str = ""

    @property
    def first_step_at(self) -> datetime | None:
        """Return a moment before which no step of the ladder can come."""
        return min((max(at, self.since) for at in (self.warn, self.breach) if at is not None), default=None)

    @property
    def timed(self) -> bool:
        """Tell whether anything is owed by a moment at all."""
        return not (self.target is None and self.warn is None and self.breach is None)


def with_ladder(bare: Deadlines, agency: str, sender: str, rulebook: Rulebook, later: Later = at_once) -> Deadlines:
    """Add the ladder, which costs look-ups of agencies and officials; `later` moves its steps behind the pauses."""
    if bare.owes == "sender":
        sender = bare.debtor  # a what-if need not name it twice
    parties = Parties(debtor=bare.debtor, sender=sender, recipient=agency)
    steps = rulebook.sla.ladder_for(bare.clock, bare.owes, bare.urgency)
    span = Span(since=bare.since, warn=bare.warn, breach=bare.breach, pattern=bare.pattern, later=later)
    return replace(bare, ladder=rungs(span, steps, parties, rulebook))


def moments(
    clock: str,
    start: datetime,
    urgency: str,
    *,
    agency: str,
    sender: str,
    mode: str,
    due: date | None,
    rulebook: Rulebook,
    document_type: str = "",
) -> Deadlines:
    """Work the moments out, without the ladder and without pauses.

    `agency` is the recipient; for a clock that the sender owes, the sender where `sender` is empty.
    `mode` is `push`, `pull` or empty; `due` the DueDate of the sender, if any.
    """
    due = meant(due, rulebook.day(start))
    owes = rulebook.sla.clocks[clock].owed_by(mode)
    debtor = {"axis": rulebook.sla.axis.agency, "sender": sender or agency, "recipient": agency}[owes]
    pattern = rulebook.pattern(debtor, start)
    known = rulebook.directory.last_known(debtor, rulebook.day(start))
    rule = rulebook.sla.moments_for(
        clock, urgency, agency=debtor, level=known.level if known else "", document_type=document_type
    )

    def at(moment: Moment | None) -> datetime | None:
        return moment_at(rulebook.calendar, pattern, moment, start=start, due_on=due)

    breach = at(rule.breach)
    latest = None if breach is None else max(breach, start)
    reads = any(moment is not None and not isinstance(moment, Wall) for moment in (rule.target, rule.warn, rule.breach))
    return Deadlines(
        clock=clock,
        urgency=urgency,
        owes=owes,
        debtor=debtor,
        since=start,
        target=_within(start, at(rule.target), latest),
        warn=_within(start, at(rule.warn), latest),
        breach=breach,
        pattern=pattern,
        rule=rule,
        calendar_version=rulebook.versions.get("calendar", ""),
        provisional=reads and latest is not None and is_provisional(rulebook.calendar, pattern, start, latest),
    )


def meant(due: date | None, today: date) -> date | None:
    """Return the DueDate; None for one that stands where nobody set any."""
    return None if due is None or abs(due - today) > FAR else due


def _within(start: datetime, moment: datetime | None, latest: datetime | None) -> datetime | None:
    """Move a target or warning into [start, breach]."""
    if moment is None:
        return None
    moment = max(moment, start)
    return moment if latest is None else min(moment, latest)
