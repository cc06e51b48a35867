"""An operator has a document decided again, by today's reference data: who got nothing may get it now; nobody gets it twice (ADR 0023).

The verdict comes inside the operator's event, as it lay on `document.signed`; it counts only if the router once acted on it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from processors.routing import answers
from processors.routing.documents import Decision, dispatch, fault_of
from processors.routing.memory import Document, Try
from processors.routing.telling import told_of
from schemas.events import DocumentDispatched, DocumentRelated, DocumentSigned, Event
from schemas.ids import event_id
from schemas.redriving import NOTE
from schemas.reference import Reference


def why_not(verdict: DocumentSigned, known: Document | None) -> str:
    """Return why nothing may be decided again, as a few words of English; empty: it may.

    A recalled document stays recalled, an id that was used for other bytes stays refused, and a recall is asked for anew by its sender.
    """
    tried = known.tries.get(verdict.content.sha256) if known else None
    if known is None or tried is None or tried.verdict != verdict.event_id:
        return "the router never acted on this verdict"
    if verdict.event_id in known.recalled or known.recalled_from:
        return "it was recalled"
    if verdict.envelope.business_type not in (0, 2, 3):
        return "it is a recall itself"
    if verdict.envelope.business_type in (0, 3) and known.carried not in ("", verdict.content.sha256):
        return "its id was used for other bytes"
    return ""


def on_redrive(
    act_id: str, verdict: DocumentSigned, known: Document | None, reference: Reference, now: datetime
) -> Decision | None:
    """Decide again; None where nothing comes of it.

    What was refused as a whole gets an answer in any case, for the act took its refusal away; of the others only dispatches are new.
    """
    tried = known.tries.get(verdict.content.sha256) if known else None
    if known is None or tried is None or tried.verdict != verdict.event_id:
        return None
    verdict = replace(verdict, provisional=tried.provisional, causation_id=act_id)
    blocked = why_not(verdict, known)
    fault = (tried.refused if blocked else "") or fault_of(verdict, reference, now)
    if fault and tried.refused:
        document = known.with_try(verdict.content.sha256, replace(tried, refused=fault))
        return Decision(events=(answers.refused(verdict, fault, reference, now),), document=document)
    if fault or blocked:
        return None
    again = dispatch(verdict, known, reference, now)
    if not tried.refused:  # the other recipients had their outcome
        again = _only_new(again, verdict, known, tried, reference, now=now)
    return _marked(again, act_id) if again.events else None


def _only_new(
    again: Decision, verdict: DocumentSigned, known: Document, tried: Try, reference: Reference, *, now: datetime
) -> Decision:
    """Keep of a decision what goes to agencies that have no delivery of this document yet."""
    fresh = tuple(each for each in again.dispatches if each.recipient not in known.recipients)
    names = tuple(each.recipient for each in fresh)
    told = told_of(verdict, names, reference, now, more=bool(tried.recipients)) if names else ()
    tries = dict(again.document.tries)
    tries[verdict.content.sha256] = replace(tried, recipients=(*tried.recipients, *names))
    return Decision(events=(*fresh, *told), document=replace(again.document, tries=tries), dispatches=fresh)


def _marked(decision: Decision, act_id: str) -> Decision:
    """Note on each new delivery whose act it goes back to; what is told to an older document's partition is another event than before."""
    marked = {each.event_id: replace(each, notes=(*each.notes, NOTE + act_id)) for each in decision.dispatches}
    return replace(
        decision,
        events=tuple(_again(each, marked, act_id) for each in decision.events),
        dispatches=tuple(marked.values()),
    )


def _again(event: Event, marked: Mapping[str, DocumentDispatched], act_id: str) -> Event:
    if isinstance(event, DocumentRelated):
        return replace(event, event_id=event_id("related", event.event_id, act_id))
    return marked.get(event.event_id, event)
