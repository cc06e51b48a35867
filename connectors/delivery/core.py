"""The connector's core: what each event asks to be done outside, and what is tried again later.

Effects are idempotent and done inside the step; what they change is written down with the position. So a step that is
run again after a crash finds its effect done and says the same.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from connectors.delivery.effects import Effects
from connectors.delivery.places import BlockedError
from connectors.delivery.rows import (
    BLOCKED,
    OPEN,
    RETRY,
    Delivery,
    Errand,
    delivery_row,
    dump_events,
    early_row,
    errand_of,
    errand_row,
    load_events,
    open_row,
)
from connectors.delivery.sheet import Sheet
from connectors.delivery.watching import Watch
from infra.content import ContentError
from infra.settings import Settings
from schemas.events import (
    Act,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentHeld,
    DocumentRefused,
    DocumentRepeated,
    Event,
    TimerFired,
)
from schemas.reference import Reference
from schemas.step import Change, Outcome

WAITS = {
    RETRY: (timedelta(seconds=5), timedelta(minutes=10)),
    BLOCKED: (timedelta(minutes=1), timedelta(hours=1)),
}
"""First wait of the axis' time, doubled by each try, and the longest; new reference data ends what waits for it at once."""

log = structlog.get_logger(__name__)


class DeliveryCore:
    """Delivers. All that concerns one delivery lies under its id, in one partition; steps of several partitions run at once."""

    notices = OPEN
    wake_on_reference = (BLOCKED,)
    wake_on_kinds = ("directory", "routes")

    def __init__(self, settings: Settings) -> None:
        self._effects = Effects(settings)
        self._watch = Watch(settings)
        self._errands: Mapping[str, Callable[[Any, Sheet, Reference, datetime], None]] = {
            "offer": self._effects.offer,
            "recall": self._effects.recall,
            "carry": self._effects.carry,
            "tell": self._effects.tell,
        }

    def keys(self, event: Event) -> Iterable[str]:
        """Name the rows of the event's delivery."""
        match event:
            case DocumentDispatched(delivery_id=name) | DocumentAcknowledged(delivery_id=name):
                return (delivery_row(name), open_row(name), early_row(name))
            case TimerFired(row=row) if not row.startswith(OPEN):
                name, _errand = errand_of(row)
                return (row, delivery_row(name), open_row(name))
            case TimerFired(row=row):
                return (row,)
            case _:
                return ()

    def step(
        self,
        event: Event,
        known: Mapping[str, bytes],
        reference: Reference,
        now: datetime,
        prepared: Any = None,  # noqa: ARG002 - the contract's
    ) -> Outcome:
        """Do what one event asks for."""
        sheet = Sheet(known)
        match event:
            case TimerFired(row=row) if row.startswith(OPEN):
                self._effects.close_noticed(row.removeprefix(OPEN), sheet)
            case TimerFired(row=row) if (kept := sheet.get(row)) is not None:
                sheet.forget(row)
                errand = Errand.load(kept)
                self._run(errand_of(row)[1], errand.event, sheet, reference, now=now, tries=errand.tries)
            case DocumentDispatched(act=Act.RECALL):
                self._run("recall", event, sheet, reference, now=now)
                self._run("tell", event, sheet, reference, now=now)
            case DocumentDispatched():
                self._run("offer", event, sheet, reference, now=now)
                self._run("tell", event, sheet, reference, now=now)
                self._early(event.delivery_id, sheet, reference, now)
            case DocumentAcknowledged():
                self._acknowledged(event, sheet, reference, now)
            case DocumentHeld() | DocumentRefused() | DocumentRepeated():
                self._run("tell", event, sheet, reference, now=now)
            case _:
                pass
        return sheet.outcome()

    def notice(self, rows: Mapping[str, bytes], now: datetime) -> Iterable[Change]:
        """Say which of the packets that wait were taken."""
        return self._watch.look(rows, now)

    def _acknowledged(self, event: DocumentAcknowledged, sheet: Sheet, reference: Reference, now: datetime) -> None:
        self._run("carry", event, sheet, reference, now=now)
        if Delivery.load(sheet.get(delivery_row(event.delivery_id))) is None:  # its dispatch is still to be read
            early = {each.event_id: each for each in (*load_events(sheet.get(early_row(event.delivery_id))), event)}
            sheet.put(early_row(event.delivery_id), dump_events(early.values()))
            return
        self._run("tell", event, sheet, reference, now=now)
        self._effects.close_by_status(event, sheet)

    def _early(self, delivery_id: str, sheet: Sheet, reference: Reference, now: datetime) -> None:
        """Do for the statuses that came before their dispatch what had to wait for it."""
        for event in load_events(sheet.get(early_row(delivery_id))):
            self._run("tell", event, sheet, reference, now=now)
            if isinstance(event, DocumentAcknowledged):
                self._effects.close_by_status(event, sheet)
        sheet.forget(early_row(delivery_id))

    def _run(
        self, errand: str, event: Event, sheet: Sheet, reference: Reference, *, now: datetime, tries: int = 0
    ) -> None:
        """Do one thing outside; where it cannot be done now, remember the event and ask to be called again."""
        said = {"errand": errand, "event_id": event.event_id, "tries": tries + 1}
        try:
            self._errands[errand](event, sheet, reference, now)
        except BlockedError as exc:
            log.error("endpoint_not_usable", why=exc.code, endpoint=exc.endpoint, **said)  # noqa: TRY400 - a value, not a bug
            self._later(BLOCKED, errand, event, sheet, now=now, tries=tries)
        except ContentError as exc:
            log.error("content_not_as_promised", why=exc.code, **said)  # noqa: TRY400 - a value, not a bug
            self._later(RETRY, errand, event, sheet, now=now, tries=tries)
        except OSError as exc:
            log.warning("outside_away", why=type(exc).__name__, errno=exc.errno, **said)
            self._later(RETRY, errand, event, sheet, now=now, tries=tries)

    def _later(self, prefix: str, errand: str, event: Event, sheet: Sheet, *, now: datetime, tries: int) -> None:
        row = errand_row(prefix, event, errand)
        sheet.put(row, Errand(event=event, tries=tries + 1).dump())
        first, longest = WAITS[prefix]
        sheet.wake(row, now + min(longest, first * 2 ** min(tries, 20)))
