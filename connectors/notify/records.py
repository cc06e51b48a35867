"""What is kept of one open alert for the statement at its ladder's end: who was to be told when, and every try.

Rows: `record:<alert id>`, forgotten when the alert ends below the ladder's end; `offered:<delivery id>`, forgotten when it is received.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from schemas.events import DocumentAlert, DocumentReceived, Milestone, NotifyAttempted
from schemas.plain import plain_of
from schemas.reference import Reference
from schemas.step import Change, Forget, Put

IN_TIME = "received_in_time"
"""What the watcher says of a fact that lay before the deadline and reached the log later: then nothing was left undone."""

PREFIX, OFFERED = "record:", "offered:"
MOST_TRIES = 200
"""A mail server that is away for weeks does not make a record grow for ever: the first tries are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """Somebody who was to be told; no address."""

    organ_id: str
    role: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A step of the ladder that was taken."""

    level: int
    number: int
    at: datetime
    to: tuple[Official, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to tell one of them, and the answer."""

    at: datetime
    level: int
    channel: str
    organ_id: str
    role: str
    message_id: str
    delivered: bool
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One alert, as far as it came."""

    alert: DocumentAlert | None = None
    """The last step, without names."""

    offered_at: datetime | None = None
    reminders: tuple[Reminder, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    ended_at: datetime | None = None
    ended_by: str = ""
    ending: bool = False
    """The last step was taken: a statement is due."""

    stated: bool = False
    """The statement was made: nothing more is added."""

    statement: str = ""
    """Its SHA-256, so that it can be taken back."""

    @property
    def untrue(self) -> bool:
        """Tell whether the statement was made and what it says is not so."""
        return bool(self.statement) and self.ended_by == IN_TIME

    def done(self, statement: str) -> "Record":
        """Return what is kept once the statement is made."""
        return Record(alert=self.alert, ending=True, stated=True, statement=statement)

    def raised(self, alert: DocumentAlert, offered_at: datetime | None) -> "Record":
        """Return it with one more step."""
        to = tuple(Official(organ_id=each.organ_id, role=each.role, name=each.name) for each in alert.to)
        step = Reminder(level=alert.level, number=alert.number, at=alert.occurred_at, to=to)
        return replace(
            self,
            alert=replace(alert, to=(), subject=""),
            offered_at=self.offered_at or offered_at,
            reminders=(*self.reminders, step),
        )

    def tried(self, said: Iterable[NotifyAttempted], level: int) -> "Record":
        """Return it with what became of tries."""
        more = tuple(
            Attempt(
                at=each.occurred_at,
                level=level,
                channel=each.channel,
                organ_id=each.to_organ_id,
                role=each.to_role,
                message_id=each.message_id,
                delivered=each.delivered,
                answer=each.answer,
            )
            for each in said
        )
        return replace(self, attempts=(*self.attempts, *more)[:MOST_TRIES])


def row_of(alert_id: str) -> str:
    """Name an alert's record."""
    return PREFIX + alert_id


def alert_of(row: str) -> str:
    """Return the alert id that is in the name of a record's row."""
    return row.removeprefix(PREFIX)


def offered_row(delivery_id: str) -> str:
    """Name the row that says since when a delivery lies ready."""
    return OFFERED + delivery_id


def offered(event: DocumentReceived) -> Iterator[Change]:
    """Yield what a transport fact changes."""
    row = offered_row(event.delivery_id)
    if event.milestone is Milestone.OFFERED:
        yield Put(row, event.occurred_at.isoformat().encode())
    else:
        yield Forget(row)


def ends_ladder(alert: DocumentAlert, reference: Reference) -> bool:
    """Tell whether no step comes after this one: it is the ladder's last, or is raised again, which only the last step is."""
    if reference.sla is None or alert.clock not in reference.sla.clocks:
        return False
    sides = {alert.sender: "sender", alert.recipient: "recipient", reference.sla.axis.agency: "axis"}
    owes = sides.get(alert.debtor, "recipient")
    ladder = reference.sla.ladder_for(alert.clock, owes, alert.urgency)
    return alert.number > 1 or (bool(ladder) and alert.level == ladder[-1].step)


_RECORD = TypeAdapter(Record)


def dump(record: Record) -> bytes:
    """Return the row's value."""
    return json.dumps(plain_of(Record)(record), sort_keys=True).encode()


def load(value: bytes | None) -> Record:
    """Read a row's value; an empty record where there is none."""
    return Record() if value is None else _RECORD.validate_python(json.loads(value))
