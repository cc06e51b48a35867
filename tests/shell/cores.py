"""Two cores small enough to recount by hand, and the receipts they live on."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.events import AlertState, DocumentAlert, DocumentReceived, Event, Milestone, NotifyAttempted, TimerFired
from schemas.ids import event_id
from schemas.reference import Reference
from schemas.step import Outcome, Put, Rest, Wake

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RECEIVED, ACKNOWLEDGED = "document.received", "notify.attempted"


class CountingCore:
    """Counts the receipts of each delivery, and says the number with each."""

    def keys(self, event: Event) -> Iterable[str]:
        """One row a delivery."""
        return (event.key,)

    def step(
        self, event: Event, known: Mapping[str, bytes], reference: Reference, now: datetime, prepared: Any = None
    ) -> Outcome:
        """Count; the answer names the reference epoch it was given under."""
        if event.key.startswith("bug"):
            raise ValueError(event.key)
        count = int(known.get(event.key, b"0")) + 1
        said = NotifyAttempted(
            event_id=event_id("counted", event.event_id),
            occurred_at=now,
            alert_id=event.key,
            alert_event_id=event.event_id,
            channel="count",
            to_organ_id=reference.epoch,
            to_role=str(prepared or ""),
            message_id=str(count),
            delivered=True,
            answer="",
        )
        return Outcome(events=(said,), changes=(Put(event.key, str(count).encode()),))


class WaitingCore:
    """Offered: an alert is due an hour later. Received: no more."""

    wake_on_reference = ("wait-",)

    def keys(self, event: Event) -> Iterable[str]:
        """One row a delivery."""
        return (event.key,)

    def step(
        self,
        event: Event,
        known: Mapping[str, bytes],
        reference: Reference,
        now: datetime,
        prepared: Any = None,  # noqa: ARG002 - the contract's
    ) -> Outcome:
        """Wait, rest, or alert."""
        if isinstance(event, TimerFired):
            alert = DocumentAlert(
                event_id=event_id("alert", event.row, event.due_at.isoformat()),
                occurred_at=now,
                alert_id=event.row,
                about=event.row,
                kind="not_received",
                state=AlertState.FIRING,
                why=reference.epoch,
            )
            return Outcome(events=(alert,), changes=(Put(event.row, b"alerted"),))
        if isinstance(event, DocumentReceived) and event.milestone is Milestone.OFFERED:
            return Outcome(changes=(Put(event.key, b"open"), Wake(event.key, now + timedelta(hours=1))))
        return Outcome(changes=(Put(event.key, known.get(event.key, b"") + b" closed"), Rest(event.key)))


def received(
    name: str, number: int = 0, *, at: datetime = NOON, milestone: Milestone = Milestone.RECEIVED
) -> DocumentReceived:
    """Return one receipt of a delivery."""
    return DocumentReceived(
        event_id=event_id("received", name, str(number)),
        occurred_at=at,
        recorded_at=at,
        delivery_id=name,
        document_key="d",
        recipient="000.00.01.H53",
        milestone=milestone,
        sha256="0" * 64,
        endpoint="e",
        how="taken",
    )
