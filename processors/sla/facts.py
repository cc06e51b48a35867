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
from schemas.lifecycle import AGREED, ASKED, DECLINED, rounds_of

CODE = re.compile(r"\d\d", re.ASCII)
OF_A_ROUND = re.compile(rf"({ASKED}|{AGREED}|{DECLINED})@.+", re.ASCII)
"""Each asking back and each answer as a fact of its own, besides the first of each: which belongs to which is told by their order."""
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
        case DocumentAcknowledged():
            yield from _of_status(event, happened)
        case _:
            pass


def _of_status(status: DocumentAcknowledged, happened: datetime) -> Iterator[tuple[str, datetime]]:
    if CODE.fullmatch(status.code):  # nothing else that a sender writes becomes the name of a fact
        yield status.code, _said_at(status, happened)
    if status.code in (ASKED, AGREED, DECLINED):  # said again, it has the same claimed time
        yield f"{status.code}@{(status.said_at or happened).isoformat()}", happened


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
    `ended`: the delivery is over: replaced, recalled before anybody accepted it, or by agreement (15) to what was asked.
    """
    facts = dict(case.facts)
    asked = [facts[ASKED]] if ASKED in facts else []
    ended = [facts["replaced"]] if "replaced" in facts else []
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
        said = _said_of_rounds(case)
        began = min(at for at, code in said if code == ASKED)
        for code in (AGREED, DECLINED):
            answers = [at for at, each in said if each == code and at >= began]
            if not answers:
                facts.pop(code, None)  # said before anybody asked: it answers nothing
            elif facts[code] < facts["take_back_asked"]:
                facts[code] = min(answers)
        if any(each.asked and AGREED in each.answers for each in rounds_of(said)):
            ended.append(facts[AGREED])
    if ended:
        facts["ended"] = min(ended)
    return facts


def contested_back(case: Case) -> bool:
    """Tell whether the recipient both agreed and declined to give the document back, in answer to one request."""
    return any(each.contested for each in rounds_of(_said_of_rounds(case)))


def _said_of_rounds(case: Case) -> list[tuple[datetime, str]]:
    """Return who asked and answered when, as the axis took it in; of a row of an older release only the first of each code is known."""
    facts = case.facts
    said = [(at, name[:2]) for name, at in facts.items() if OF_A_ROUND.fullmatch(name)]
    said = said or [(facts[code], code) for code in (ASKED, AGREED, DECLINED) if code in facts]
    if (recall := facts.get("recall_sent")) is not None and facts.get("03", recall) < recall:
        said.append((recall, ASKED))
    return said
