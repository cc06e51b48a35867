"""Taking deliveries back: the sender's formal recall (type 1), and a provisional verdict that did not hold."""

from dataclasses import replace
from datetime import datetime

from processors.routing import answers
from processors.routing.documents import Decision
from processors.routing.early import early_recalls, without_early
from processors.routing.memory import Document, Try
from processors.routing.plan import here
from schemas.events import Act, ContentRef, DocumentDispatched, DocumentRefused, DocumentSigned
from schemas.ids import event_id
from schemas.reference import Reference


def on_recall_packet(
    event: DocumentSigned, known: Document, paths: tuple[DocumentDispatched, ...], reference: Reference, now: datetime
) -> Decision:
    """Recall, by a packet under the document's own id, each delivery that it addresses; once each.

    Whether it binds without the recipient's consent is judged by the recipient's side and the SLA clocks, not here.
    """
    on = here(reference, now)
    ways = {path.recipient: path for path in paths}
    recalls: list[DocumentDispatched] = []
    refusals: list[DocumentRefused] = []
    taken: list[str] = []
    for code in event.envelope.recipients:
        found = reference.directory.resolve(code, on) if reference.directory else None
        meant = code if code in ways else found.agency.organ_id if found and found.agency else code
        if meant not in ways:
            refusals.append(answers.refused(event, "RELATED_DOCUMENT_UNKNOWN", reference, now, addressed=code))
        elif meant in known.recalled_from:
            refusals.append(answers.refused(event, "SAME_ID_OTHER_BYTES", reference, now, addressed=code))
        elif meant in taken:
            at = taken.index(meant)
            recalls[at] = replace(recalls[at], addressed=(*recalls[at].addressed, code))
        else:
            taken.append(meant)
            recalls.append(recalled(ways[meant], event.content, event.event_id, reference, now, addressed=(code,)))
    before = known.tries.get(event.content.sha256)
    tried = Try(verdict=event.event_id, seen=before.seen if before else (), provisional=event.provisional)
    tried = tried.met(event_id(event.event_id, event.causation_id))
    document = replace(known, recalled_from=(*known.recalled_from, *taken)).with_try(event.content.sha256, tried)
    return Decision(events=(*recalls, *refusals), document=document)


def recall_at_once(
    event: DocumentSigned,
    decision: Decision,
    paths: tuple[DocumentDispatched, ...],
    reference: Reference,
    now: datetime,
) -> Decision:
    """Let the recalls that overtook a document take hold of it as soon as it is sent: they were handed over after it."""
    if not decision.dispatches or not decision.document.early_recalls:
        return decision
    ways, events, document = (*paths, *decision.dispatches), list(decision.events), decision.document
    for recall in early_recalls(document, handed_over_by=event.submitted_at):
        then = on_recall_packet(recall, document, ways, reference, now)
        events += then.events
        document = then.document
    return replace(decision, events=tuple(events), document=without_early(document))


def on_downgrade(
    event: DocumentRefused,
    document: Document | None,
    paths: tuple[DocumentDispatched, ...],
    reference: Reference,
    now: datetime,
) -> Decision | None:
    """Recall every delivery of a provisional verdict that was taken back; one not yet here will not be sent."""
    known = document or Document(document_id=event.document_id, sender=event.sender)
    if event.recalls in known.recalled:
        return None
    provisional = any(each.verdict == event.recalls and each.recipients for each in known.tries.values())
    ways = [path for path in paths if path.causation_id == event.recalls] if provisional else []
    recalls = tuple(
        recalled(path, path.content, event.event_id, reference, now, addressed=path.addressed)
        for path in ways
        if path.recipient not in known.recalled_from
    )
    marked = replace(
        known,
        recalled=(*known.recalled, event.recalls),
        recalled_from=(*known.recalled_from, *(each.recipient for each in recalls)),
    )
    return Decision(events=recalls, document=marked)


def recalled(
    path: DocumentDispatched,
    content: ContentRef,
    cause: str,
    reference: Reference,
    now: datetime,
    *,
    addressed: tuple[str, ...],
) -> DocumentDispatched:
    """Send a recall the way the document went."""
    return replace(
        path,
        event_id=event_id("dispatched", path.delivery_id, Act.RECALL, cause),
        occurred_at=now,
        causation_id=cause,
        content=content,
        addressed=addressed,
        act=Act.RECALL,
        provisional=False,
        notes=(),
        correlation_id=path.document_key,
        versions=answers.versions(reference),
    )
