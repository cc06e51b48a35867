"""Events -> facts: what starts and stops clocks, and when each happened.

What the axis does counts from the moment it is on the log (`now`, the record's own time): its outages make nobody late.
What others do counts from when it happened, never later than the log says.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from processors.sla.cases import About, Case, delivery_row, verification_row
from processors.sla.rulebook import Rulebook
from schemas.events import (
    Act,
    DeliverySuperseded,
    DocumentAcknowledged,
    DocumentDispatched,
    DocumentReceived,
    DocumentRefused,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    Milestone,
    Stage,
)

TAKE_BACK = "13"
CODE = re.compile(r"\d\d", re.ASCII)
CLAIM_WITHIN = timedelta(minutes=5)
"""A status' own Timestamp is believed if it lies at most so long before the axis took it in (domain §2.2)."""


def row_of(event: Event) -> str | None:
    """Name the row that an event belongs to; None for what starts and stops nothing (a held document stays open)."""
    match event:
        case DocumentSubmitted() | DocumentSigned():
            return verification_row(event.document_key, event.content.sha256)
        case DocumentRefused(stage=Stage.VERIFICATION, document_key=key) if key:
            return verification_row(key, event.sha256)
        case DocumentDispatched() | DeliverySuperseded() | DocumentReceived() | DocumentAcknowledged():
            return delivery_row(event.delivery_id)
        case _:
            return None


def learn(case: Case, event: Event, rulebook: Rulebook, now: datetime) -> Case:
    """Return the case with what this event says."""
    about = about_of(event, rulebook)
    case = case if about is None else case.opened(about)
    for name, at in facts_of(event, now):
        case = case.with_fact(name, at)
    return case


def facts_of(event: Event, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the facts of an event and when each happened."""
    happened = min(event.occurred_at, now)
    match event:
        case DocumentSubmitted():
            yield "submitted", happened
        case DocumentSigned():
            yield "signed", now
            if event.verdict.signed_at is not None:
                yield "signed_at", event.verdict.signed_at
        case DocumentRefused():
            yield "refused", now
        case DocumentDispatched():
            yield ("recall_sent" if event.act is Act.RECALL else "dispatched"), now
        case DeliverySuperseded(act=Act.REPLACE):
            yield "replaced", now
        case DocumentReceived(milestone=Milestone.RECEIVED):
            yield "received", happened
        case DocumentAcknowledged(code=code):
            if CODE.fullmatch(code):  # nothing else that a sender writes becomes the name of a fact
                yield code, _said_at(event, happened)
        case _:
            pass


def about_of(event: Event, rulebook: Rulebook) -> About | None:
    """Return what the case is about, if this event opens it."""
    match event:
        case DocumentSubmitted(envelope=envelope):
            return About(
                subject=event.document_key,
                document_key=event.document_key,
                document_id=envelope.document_id,
                sender=event.sender,
                urgency=rulebook.sla.urgency.of(envelope.priority),
                type_name=envelope.type_name,
                title=envelope.subject,
                sha256=event.content.sha256,
                event_id=event.event_id,
            )
        case DocumentDispatched():
            return About(
                subject=event.delivery_id,
                document_key=event.document_key,
                document_id=event.document_id,
                sender=event.sender,
                recipient=event.recipient,
                urgency=event.urgency,
                mode=event.mode,
                due_on=event.due_on,
                type_name=event.type_name,
                title=event.subject,
                act=event.act,
                event_id=event.event_id,
            )
        case _:
            return None


def _said_at(event: DocumentAcknowledged, happened: datetime) -> datetime:
    """Return the claimed moment if it is close enough to ours to be believed, else ours."""
    if event.said_at is not None and timedelta(0) <= happened - event.said_at <= CLAIM_WITHIN:
        return event.said_at
    return happened


def derived(case: Case) -> dict[str, datetime]:
    """Return the facts together with those that follow from them, whatever the order in which they came.

    `take_back_asked`: the sender's 13, or a recall that needs consent because it was accepted (03) before.
    `ended`: the delivery is over: replaced, recalled before anybody accepted it, or by agreement (15).
    """
    facts = dict(case.facts)
    asked = [facts[TAKE_BACK]] if TAKE_BACK in facts else []
    ended = [facts[name] for name in ("15", "replaced") if name in facts]
    if (recall := facts.get("recall_sent")) is not None:
        if case.about is not None and case.about.act is Act.RECALL:
            facts.setdefault(
                "dispatched", recall
            )  # the recall of a document that lives under another key travels like a document
        elif facts.get("03", recall) < recall:
            asked.append(recall)
        else:
            ended.append(recall)
    if asked:
        facts["take_back_asked"] = min(asked)
    if ended:
        facts["ended"] = min(ended)
    return facts
