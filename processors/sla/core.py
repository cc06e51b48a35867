"""The watcher: `step(event, known rows) -> events, changed rows` over every document topic, and its timers.

State is one row a case (`cases.py`); its due moment is the next step of any of its ladders.
Facts may come in any order and any number of times.
Steps are taken by timers only, which the shell fires when the log is read up to their moment.

New rules or another calendar wake every row that has a due moment: what is open is computed again at once, and said again where it
differs. Of a changed directory or changed contacts a row learns at its next event or timer.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from processors.sla.alerts import Voice
from processors.sla.cases import DELIVERIES, VERIFICATIONS, Case, dump_case, load_case
from processors.sla.facts import learn, row_of
from processors.sla.obligations import obligations
from processors.sla.rulebook import Rulebook
from processors.sla.watch import climb, stand
from schemas.events import Event, TimerFired
from schemas.reference import Reference
from schemas.step import Change, Outcome, Put, Rest, Wake


class SlaCore:
    """Keeps the duties of every document and delivery."""

    wake_on_reference = (DELIVERIES, VERIFICATIONS)
    wake_on_kinds = ("sla", "calendar")

    def keys(self, event: Event) -> Iterable[str]:
        """Name the row of the event's case."""
        row = event.row if isinstance(event, TimerFired) else row_of(event)
        return (row,) if row else ()

    def step(
        self,
        event: Event,
        known: Mapping[str, bytes],
        reference: Reference,
        now: datetime,
        prepared: Any = None,  # noqa: ARG002 - the contract's
    ) -> Outcome:
        """Take one fact in, or one moment; events that start and stop nothing pass by."""
        if isinstance(event, TimerFired):
            return self.reconsider(event.row, known, Rulebook.of(reference), now, until=event.due_at, cause="")
        row = row_of(event)
        if row is None:
            return Outcome()
        rulebook = Rulebook.of(reference)
        case = learn(load_case(known.get(row)), event, rulebook, now)
        return _settled(row, case, known, rulebook, now, until=None, cause=event.event_id)

    def reconsider(
        self, row: str, known: Mapping[str, bytes], rulebook: Rulebook, now: datetime, *, until: datetime, cause: str
    ) -> Outcome:
        """Take the steps that are due in a row and say what changed under the rules in force."""
        if known.get(row) is None:
            return Outcome()
        return _settled(row, load_case(known[row]), known, rulebook, now, until=until, cause=cause)


def _settled(
    row: str,
    case: Case,
    known: Mapping[str, bytes],
    rulebook: Rulebook,
    now: datetime,
    *,
    until: datetime | None,
    cause: str,
) -> Outcome:
    events: list[Event] = []
    due_at: datetime | None = None
    if case.about is not None:
        voice = Voice(about=case.about, rulebook=rulebook, cause=cause, now=now)
        duties = tuple(obligations(case, rulebook))
        if until is not None:
            case, said = climb(case, duties, voice, until)
            events += said
        case, said, due_at = stand(case, duties, voice)
        events += said
    value = dump_case(case)
    changes: tuple[Change, ...] = ()
    if value != known.get(row) or until is not None:
        changes = (Put(row=row, value=value), Rest(row=row) if due_at is None else Wake(row=row, due_at=due_at))
    return Outcome(events=tuple(events), changes=changes)
