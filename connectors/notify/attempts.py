"""What is said of each try to tell somebody: an event for each alert that the missive tells of."""

from collections.abc import Iterator
from datetime import datetime

from connectors.notify.missives import MAIL, Missive
from connectors.notify.post import Answer
from infra import metrics
from schemas.events import NotifyAttempted
from schemas.ids import event_id


def said(missive: Missive, answer: Answer, attempt: int, at: datetime, sender: str) -> Iterator[NotifyAttempted]:
    """Say of each alert how telling it went. The answer is in the id: a try repeated after a crash may end otherwise."""
    metrics.NOTIFICATIONS.labels(channel=missive.channel, delivered=str(answer.delivered).lower()).inc()
    person = missive.person
    way = () if missive.channel == MAIL else (missive.channel,)
    for about in missive.about:
        yield NotifyAttempted(
            event_id=event_id("notify", about.alert_event_id, person.mailbox, *way, str(attempt), answer.said),
            occurred_at=at,
            causation_id=about.alert_event_id,
            alert_id=about.alert_id,
            alert_event_id=about.alert_event_id,
            channel=missive.channel,
            to_organ_id=person.organ_id,
            to_role=person.role,
            message_id=missive.message_id(sender),
            delivered=answer.delivered,
            answer=answer.said,
            attempt=attempt,
        )
