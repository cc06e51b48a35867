"""The events of a document's life, in the order in which they happen.

One frozen dataclass an event; `topics.yaml` says on which topic each travels and `avro/` how it looks as bytes.
An event names agencies by code only: names of people travel in `reference`, alerts and notifications alone,
so a packet to thousands of recipients stays far below Kafka's message limit.
Times are aware datetimes in UTC; a moment ends in `_at`, a calendar day in `_on`.
"""

from schemas.events.base import (
    Act,
    AlertState,
    ContentRef,
    Envelope,
    Event,
    Indication,
    Milestone,
    Replaced,
    Stage,
    Verdict,
)
from schemas.events.deliveries import (
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentReceived,
    StatusParked,
    StatusSubmitted,
)
from schemas.events.documents import (
    DocumentHeld,
    DocumentRefused,
    DocumentRelated,
    DocumentRepeated,
    DocumentSigned,
    DocumentSubmitted,
)
from schemas.events.duties import DocumentAlert, NotifyAttempted, ObligationChanged, StatementSigned, Told
from schemas.events.running import OperatorActed, ReferencePublished, TimerFired

__all__ = [
    "Act",
    "AlertState",
    "ContentRef",
    "DeliverySuperseded",
    "DocumentAcknowledged",
    "DocumentAlert",
    "DocumentDispatched",
    "DocumentHeld",
    "DocumentReceived",
    "DocumentRefused",
    "DocumentRelated",
    "DocumentRepeated",
    "DocumentSigned",
    "DocumentSubmitted",
    "Envelope",
    "Event",
    "Indication",
    "Milestone",
    "NotifyAttempted",
    "ObligationChanged",
    "OperatorActed",
    "ReferencePublished",
    "Replaced",
    "Stage",
    "StatementSigned",
    "StatusParked",
    "StatusSubmitted",
    "TimerFired",
    "Told",
    "Verdict",
]
