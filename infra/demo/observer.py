"""What the demo sees on the log: how each packet ended, and whether anything is still unread anywhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.demo.plan import Kind, Planned, describe_deliveries
from infra.kafka.tail import Tail
from infra.settings import Settings
from schemas import codec, lifecycle
from schemas.events import (
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentReceived,
    DocumentRefused,
    DocumentRepeated,
    Event,
    Milestone,
)
from schemas.topics import TOPICS

OBSERVED = tuple(topic.name for topic in TOPICS if topic.name not in {"dead-letter", "reference"})


@dataclass(slots=True)
class _Story:
    """What the log says of one packet's bytes."""

    refused: dict[str, str] = field(default_factory=dict)
    """Event id -> reason, for the packet as a whole."""

    refused_recipients: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)
    """Delivery id -> code as addressed."""

    repeats: set[str] = field(default_factory=set)


class Observer:
    """Follows every topic and keeps one story a packet (by SHA-256) and one state a delivery."""

    def __init__(self, settings: Settings) -> None:
        self.tail = Tail(settings, OBSERVED)
        self._stories: dict[str, _Story] = {}
        self._states: dict[str, lifecycle.DeliveryState] = {}
        self._seen: set[str] = set()
        self.received: set[str] = set()
        """Delivery ids whose bytes the recipient's side has."""

        self.highest_step: dict[str, int] = {}
        """Delivery id -> the highest step of the ladder an alert about it reached."""

        self.counts: dict[str, int] = {}

    def catch_up(self) -> dict[tuple[str, int], int]:
        """Read to the end as it is now; return the ends."""
        ends = self.tail.ends()
        while any(self.tail.positions[where] < end for where, end in ends.items()):
            for record in self.tail.poll():
                if record.value is None:
                    continue
                self.counts[record.topic] = self.counts.get(record.topic, 0) + 1
                self._see(codec.decode(record.topic, record.key, record.value, record.headers))
        return ends

    def actual(self, planned: Planned, sha256: str, *, repeat: int = 1) -> str:
        """Say how the packet ended, in the words of the plan; `repeat` counts the repeats of the same bytes so far."""
        story = self._stories.get(sha256, _Story())
        if planned.kind is Kind.REPEATED:
            return "repeated" if len(story.repeats) >= repeat else "not answered"
        if story.refused:
            return f"refused {' '.join(sorted(set(story.refused.values())))}"
        if not (story.deliveries or story.refused_recipients):
            return "no outcome"
        ends = {code: lifecycle.label(self._states[delivery]) for delivery, code in story.deliveries.items()}
        return describe_deliveries({**ends, **story.refused_recipients})

    def settled(self, planned: Planned, sha256: str, *, repeat: int = 1) -> bool:
        """Tell whether the packet stands as the plan expects."""
        return self.actual(planned, sha256, repeat=repeat) == planned.expected

    def close(self) -> None:
        """Leave the broker."""
        self.tail.close()

    def _see(self, event: Event) -> None:
        if event.event_id in self._seen:
            return
        self._seen.add(event.event_id)
        match event:
            case DocumentRefused() if not event.about_status:
                story = self._story(event.sha256)
                if event.addressed:
                    story.refused_recipients[event.addressed] = event.reason
                else:
                    story.refused[event.event_id] = event.reason
            case DocumentRepeated():
                self._story(event.sha256).repeats.add(event.event_id)
            case DocumentDispatched() | DeliverySuperseded() | DocumentReceived() | DocumentAcknowledged():
                self._move(event)
            case DocumentAlert() if event.delivery_id:
                self.highest_step[event.delivery_id] = max(event.level, self.highest_step.get(event.delivery_id, -1))
            case _:
                pass

    def _move(self, event: DocumentDispatched | DeliverySuperseded | DocumentReceived | DocumentAcknowledged) -> None:
        known = self._states.get(event.delivery_id) or lifecycle.empty(event.delivery_id)
        self._states[event.delivery_id] = lifecycle.advance(known, event)
        if isinstance(event, DocumentDispatched):
            for code in event.addressed:
                self._story(event.content.sha256).deliveries[event.delivery_id] = code
        elif isinstance(event, DocumentReceived) and event.milestone is Milestone.RECEIVED:
            self.received.add(event.delivery_id)

    def _story(self, sha256: str) -> _Story:
        return self._stories.setdefault(sha256, _Story())


def outcome_table(rows: Iterable[tuple[Planned, str, str]]) -> list[dict[str, str]]:
    """Return the table of expected and actual outcomes, one row a packet."""
    return [
        {"packet": planned.name, "expected": planned.expected, "actual": actual, "document_id": document_id}
        for planned, document_id, actual in rows
    ]
