"""Which alerts should a log hold? Counted again by running the watcher's core over it, without the engine, in one quiet pass.

It shares the rules with the watcher and nothing of what can be lost under a kill: positions, fences, timers, the outbox.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from infra.kafka.tail import Record, read_all
from infra.settings import Settings
from processors.sla.core import SlaCore
from processors.topology import FLOWS
from schemas import codec
from schemas.events import DocumentAlert, Event, TimerFired
from schemas.reference import Reference
from schemas.step import Forget, Outcome, Put, Rest, Wake

OF_THE_ROUTER = {"same_id_other_bytes", "recipient_unknown", "status_orphan", "older_unknown"}
Slot = tuple[str, str, int, int]
"""(alert id, state, step of the ladder, number): what may be raised once."""


def slot(alert: DocumentAlert) -> Slot:
    """Name what an alert raises or resolves."""
    return alert.alert_id, alert.state.value, alert.level, alert.number


def events_of(settings: Settings, topics: Iterable[str]) -> list[Event]:
    """Return the distinct events of some topics."""
    found: dict[str, Event] = {}
    for event in filter(None, map(_event, read_all(settings, topics))):
        found.setdefault(event.event_id, event)  # a repeat is a repeat of the first
    return list(found.values())


def _event(record: Record) -> Event | None:
    """Return what a record says; None for a tombstone, and for bytes that are not ours."""
    if record.value is None:
        return None
    try:
        return codec.decode(record.topic, record.key, record.value, record.headers)
    except codec.DecodeError:
        return None


class Recount:
    """One case after the other, fact after fact, timer after timer."""

    def __init__(self, reference: Reference, until: datetime) -> None:
        self._core, self._reference, self._until = SlaCore(), reference, until
        self._rows: dict[str, bytes] = {}
        self._due: dict[str, datetime] = {}
        self._slots: set[Slot] = set()

    def of(self, events: Iterable[Event]) -> set[Slot]:
        """Return every alert that was due."""
        cases: dict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in events:
            cases[tuple(self._core.keys(event))].append(event)
        for case in cases.values():
            self._live(case)
        return self._slots

    def _live(self, case: list[Event]) -> None:
        waiting = [(_recorded(event), number, event) for number, event in enumerate(case)]
        heapq.heapify(waiting)
        while waiting or self._due:
            row = min(self._due, key=lambda each: self._due[each], default=None)
            if row is not None and (not waiting or self._due[row] < waiting[0][0]):
                at = self._due.pop(row)
                if at > self._until:
                    continue
                timer = TimerFired(event_id=f"{row}{at}", occurred_at=at, recorded_at=at, row=row, due_at=at)
                self._take(timer, at)
            else:
                at, _, event = heapq.heappop(waiting)
                self._take(event, at)

    def _take(self, event: Event, now: datetime) -> None:
        known = {row: self._rows[row] for row in self._core.keys(event) if row in self._rows}
        self._apply(self._core.step(event, known, self._reference, now))

    def _apply(self, outcome: Outcome) -> None:
        self._slots |= {slot(said) for said in outcome.events if isinstance(said, DocumentAlert)}
        for change in outcome.changes:
            match change:
                case Put(row=row, value=value):
                    self._rows[row] = value
                case Wake(row=row, due_at=due_at):
                    self._due[row] = due_at
                case Rest(row=row):
                    self._due.pop(row, None)
                case Forget(row=row):
                    self._rows.pop(row, None)
                    self._due.pop(row, None)


def _recorded(event: Event) -> datetime:
    return event.recorded_at or event.occurred_at


def alerts_due(settings: Settings, reference: Reference, until: datetime) -> set[Slot]:
    """Return the alerts that the log's facts make due until a moment."""
    return Recount(reference, until).of(events_of(settings, FLOWS["watcher"].reads))


def alerts_raised(settings: Settings) -> list[Slot]:
    """Return the alerts of the watcher that lie on the log, each distinct event once."""
    alerts = [event for event in events_of(settings, ["document.alerts"]) if isinstance(event, DocumentAlert)]
    return sorted(slot(alert) for alert in alerts if alert.kind not in OF_THE_ROUTER)
