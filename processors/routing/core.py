"""The router: `step(event, known rows) -> events, changed rows`.

It hears document.signed, document.refused (only what takes a provisional verdict back), document.related, status.submitted and,
of what operators do, the wish to have a document decided again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from processors.routing import contents, redrive, related, statuses
from processors.routing.documents import Decision, on_signed
from processors.routing.memory import (
    Document,
    document_row,
    dump_document,
    dump_paths,
    load_document,
    load_paths,
    parked_row,
    paths_row,
)
from processors.routing.recalls import on_downgrade, on_recall_packet, recall_at_once
from schemas import redriving
from schemas.events import (
    Act,
    DocumentDispatched,
    DocumentRefused,
    DocumentRelated,
    DocumentSigned,
    Event,
    OperatorActed,
    StatusSubmitted,
    TimerFired,
)
from schemas.reference import Reference
from schemas.step import Change, Outcome, Put


class RoutingCore:
    """Routes documents and statuses. All that concerns one document lies under its key, in one partition."""

    def keys(self, event: Event) -> Iterable[str]:
        """Name the rows of the event's document."""
        match event:
            case DocumentSigned(document_key=key) | OperatorActed(subject=key, action=redriving.ACTION):
                return (document_row(key), paths_row(key), parked_row(key), related.related_row(key))
            case DocumentRelated(subject=key):
                own = (document_row(key), paths_row(key), related.related_row(key))
                return (contents.contents_row(key),) if contents.asks(event) else own
            case DocumentRefused(document_key=key, recalls=recalls) if recalls:
                return (document_row(key), paths_row(key))
            case StatusSubmitted(document_key=key):
                return (document_row(key), parked_row(key))
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
        """Decide about one event; events of other kinds (refusals by others, unknown ones) are not the router's."""
        match event:
            case DocumentSigned():
                return self._signed(event, known, reference, now)
            case DocumentRefused(recalls=recalls) if recalls:
                return self._recalled(event, known, reference, now)
            case OperatorActed(action=redriving.ACTION):
                return self._redriven(event, known, reference, now)
            case _:
                return self._about_others(event, known, reference, now)

    def _about_others(self, event: Event, known: Mapping[str, bytes], reference: Reference, now: datetime) -> Outcome:
        """Decide about statuses and newer documents, and about what waits for them."""
        match event:
            case StatusSubmitted(document_key=key):
                document = load_document(known.get(document_row(key)))
                return statuses.on_status(event, document, known.get(parked_row(key)), reference, now)
            case DocumentRelated(subject=key) if contents.asks(event):
                return contents.on_asked(event, known.get(contents.contents_row(key)))
            case DocumentRelated(subject=key, act=Act.UPDATE | Act.REPLACE | Act.RECALL):
                document, row = load_document(known.get(document_row(key))), known.get(related.related_row(key))
                ways = load_paths(known.get(paths_row(key)))
                return related.on_related(event, document, ways, row, reference, now=now)
            case TimerFired(row=row):
                on_timer = related.on_timer if row.startswith(related.PREFIX) else statuses.on_orphans
                return on_timer(event, known.get(row), reference)
            case _:
                return Outcome()

    def _signed(
        self, event: DocumentSigned, known: Mapping[str, bytes], reference: Reference, now: datetime
    ) -> Outcome:
        key = event.document_key
        paths = load_paths(known.get(paths_row(key)))

        def recall(event: DocumentSigned, document: Document, now: datetime) -> Decision:
            return on_recall_packet(event, document, paths, reference, now)

        decision = on_signed(event, load_document(known.get(document_row(key))), reference, now, recall=recall)
        return self._followed(event, decision, known, reference, now)

    def _redriven(
        self, event: OperatorActed, known: Mapping[str, bytes], reference: Reference, now: datetime
    ) -> Outcome:
        verdict, document = redriving.verdict_of(event), load_document(known.get(document_row(event.subject)))
        decision = redrive.on_redrive(event.event_id, verdict, document, reference, now)
        return Outcome() if decision is None else self._followed(verdict, decision, known, reference, now)

    def _followed(
        self, event: DocumentSigned, decision: Decision, known: Mapping[str, bytes], reference: Reference, now: datetime
    ) -> Outcome:
        """Let what came before the document take hold of it: recalls, statuses, newer documents."""
        key = event.document_key
        paths = load_paths(known.get(paths_row(key)))
        decision = recall_at_once(event, decision, paths, reference, now)
        outcome = _written(key, decision, known, paths)
        early = statuses.replay(key, known.get(parked_row(key)), decision.document, reference, now)
        row, ways = known.get(related.related_row(key)), (*paths, *decision.dispatches)
        newer = related.on_dispatched(key, row, decision.document, ways, reference, now=now)
        every = (outcome, early, newer)
        return Outcome(
            events=tuple(event for each in every for event in each.events),
            changes=tuple(change for each in every for change in each.changes),
        )

    def _recalled(
        self, event: DocumentRefused, known: Mapping[str, bytes], reference: Reference, now: datetime
    ) -> Outcome:
        key = event.document_key
        paths = load_paths(known.get(paths_row(key)))
        decision = on_downgrade(event, load_document(known.get(document_row(key))), paths, reference, now)
        return Outcome() if decision is None else _written(key, decision, known, paths)


def _written(
    key: str, decision: Decision, known: Mapping[str, bytes], paths: tuple[DocumentDispatched, ...]
) -> Outcome:
    """Turn a decision into events and the rows that differ."""
    changes: list[Change] = []
    document = dump_document(decision.document)
    if document != known.get(document_row(key)):
        changes.append(Put(row=document_row(key), value=document))
    if decision.dispatches:
        newest = {path.recipient: path for path in (*paths, *decision.dispatches)}
        changes.append(Put(row=paths_row(key), value=dump_paths(tuple(newest.values()))))
    return Outcome(events=decision.events, changes=tuple(changes))
