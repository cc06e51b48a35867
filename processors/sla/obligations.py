"""Facts -> obligations: what is open, what is closed since when, what stands still; pure.

Update and replacement (acts UPDATE, REPLACE) count as deliveries of their own.
Their effect on the older document's clocks needs that document's row and belongs to the full workflows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from processors.sla.cases import About, Case
from processors.sla.deadlines import Deadlines, moments, with_ladder
from processors.sla.facts import derived
from processors.sla.ladder import Climb, Rung, next_rung
from processors.sla.pauses import moved, pauses_of, shift
from processors.sla.rulebook import Rulebook
from schemas.reference.outages import Interval
from schemas.reference.sla import Clock
from schemas.reference.working_time import working_between

DOCUMENT_STARTS = frozenset({"submitted", "signed_at"})
"""Clocks that start with these belong to the document, all others to a delivery."""

JUDGED_AT_ONCE = "signed_at"
"""Its clock is known only when it has stopped: nobody can be warned, lateness is told once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One duty of one agency."""

    clock: Clock
    due: Deadlines
    creditor: str
    closed_at: datetime | None = None
    closed_by: str = ""
    pauses: tuple[Interval, ...] = ()
    """When it stood or will stand still, in order; the last one without an end = it still does, and no step comes."""

    @property
    def judged_at_once(self) -> bool:
        """Tell whether the clock was over before anybody knew of it."""
        return self.clock.starts == JUDGED_AT_ONCE

    def next_step(self, climb: Climb, rulebook: Rulebook) -> Rung | None:
        """Return the next step that will or must still be taken: one before the end of the duty, late news or not."""
        if self.judged_at_once:
            return None
        rung = next_rung(self.due.ladder, climb, self.due.urgency, self.due.pattern, rulebook)
        if rung is None or (self.closed_at is not None and rung.at >= self.closed_at):
            return None
        still = bool(self.pauses) and self.pauses[-1][1] is None and rung.at > self.pauses[-1][0]
        return None if still else rung

    def standing(self, coming: Rung | None) -> tuple[object, ...]:
        """Return what makes it worth saying again; once closed, a later change of rules does not reopen the books."""
        if self.closed_at is not None:
            return (self.due.debtor, self.due.since, self.closed_at, self.closed_by, self.pauses or None)
        due = self.due
        return (
            due.debtor,
            due.since,
            due.target,
            due.warn,
            due.breach,
            coming and (coming.step, coming.at),
            self.pauses or None,
            due.provisional,
        )

    def working_minutes(self, rulebook: Rulebook) -> int | None:
        """Return how many working minutes of the debtor it took, once closed."""
        if self.closed_at is None:
            return None
        return int(
            working_between(rulebook.calendar, self.due.pattern, self.due.since, self.closed_at).total_seconds() // 60
        )


def obligations(case: Case, rulebook: Rulebook) -> Iterator[Obligation]:
    """Yield the duties of a case in the order of sla.yaml; those without any moment are none."""
    about = case.about
    if about is None:
        return
    facts = derived(case)
    for clock in rulebook.sla.clocks.values():
        since = facts.get(clock.starts)
        if since is None or (clock.starts in DOCUMENT_STARTS) == bool(about.recipient):
            continue
        found = _obligation(clock, since, facts, about, rulebook)
        if found.due.timed:
            yield found


def _obligation(
    clock: Clock, since: datetime, facts: Mapping[str, datetime], about: About, rulebook: Rulebook
) -> Obligation:
    ends = [(facts[name], name) for name in (*clock.stops, "ended") if name in facts]
    closed_at, closed_by = min(ends) if ends else (None, "")
    closed_at = None if closed_at is None else max(closed_at, since)
    due = moments(
        clock.id,
        since,
        about.urgency,
        agency=about.recipient,
        sender=about.sender,
        mode=about.mode,
        due=about.due_on,
        rulebook=rulebook,
        document_type=about.type_name,
    )
    pauses = pauses_of(due, facts, closed_at, rulebook)
    later, first = shift(due, pauses, rulebook), due.first_step_at
    if clock.starts != JUDGED_AT_ONCE and first is not None and (closed_at is None or closed_at > first):
        due = with_ladder(due, about.recipient, about.sender, rulebook, later)
    creditor = about.sender if due.owes != "sender" else rulebook.sla.axis.agency
    return Obligation(
        clock=clock,
        due=moved(due, later),
        creditor=creditor,
        closed_at=closed_at,
        closed_by=closed_by,
        pauses=pauses,
    )
