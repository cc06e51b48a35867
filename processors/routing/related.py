"""Updates and replacements (BussinessDocType 2 and 3): a newer document takes hold of the deliveries of an older one (domain §2.3).

The newer document travels by itself, under its own key. What it does to the older one is told to the older one's partition,
which may know it already, or only later, in whatever order the two arrive.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from processors.routing import alerts
from processors.routing.memory import Document
from processors.routing.plan import here
from schemas.events import Act, DeliverySuperseded, DocumentRelated, DocumentSigned, Event, TimerFired
from schemas.ids import delivery_id, document_key, event_id, split_document_id
from schemas.reference import Reference
from schemas.step import Change, Outcome, Put, Rest, Wake

WAITS = timedelta(hours=24)
"""So long a newer document may be ahead of the older one before somebody is told; the older one may come later all the same."""

PREFIX = "related:"


def related_row(key: str) -> str:
    """Name the row of the newer documents that act on a document."""
    return f"{PREFIX}{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """One newer document that acts on an older one."""

    event: DocumentRelated
    until_at: datetime
    told: bool = False
    """Somebody was told that the older one is not known."""

    done: tuple[str, ...] = ()
    """organ_ids whose delivery it took hold of."""


def told_of(
    event: DocumentSigned, recipients: tuple[str, ...], act: Act, reference: Reference, now: datetime
) -> Iterator[DocumentRelated]:
    """Yield what is to be told to the partitions of the older documents that a dispatched one names."""
    for older_id in event.envelope.related:
        if older_id == event.envelope.document_id:
            continue
        keys = _older_keys(event.sender, older_id, reference, now)
        for key in keys:
            yield DocumentRelated(
                event_id=event_id("related", event.document_key, event.content.sha256, key),
                occurred_at=now,
                correlation_id=event.document_key,
                causation_id=event.event_id,
                subject=key,
                older_id=older_id,
                document_key=event.document_key,
                document_id=event.envelope.document_id,
                sha256=event.content.sha256,
                sender=event.sender,
                act=act,
                recipients=recipients,
                only=len(keys) == 1,
            )


def _older_keys(sender: str, older_id: str, reference: Reference, now: datetime) -> tuple[str, ...]:
    """Return the keys under which the older document may lie: its issuer's, or that of an agency that came after it and sends now."""
    senders, parts = {sender: None}, split_document_id(older_id)
    if parts is not None and reference.directory is not None:
        issuer = reference.directory.resolve(parts.organ_id, parts.promulgated_on).agency
        if issuer is not None and issuer.organ_id != sender:
            heirs = reference.directory.heirs(issuer.organ_id, here(reference, now))
            between = heirs[: heirs.index(sender)] if sender in heirs else ()
            senders = dict.fromkeys((issuer.organ_id, *between, sender))
    return tuple(document_key(each, older_id) for each in senders)


def on_related(
    event: DocumentRelated, document: Document | None, row: bytes | None, reference: Reference, now: datetime
) -> Outcome:
    """Act on the older document's deliveries, or wait for it. The same event again does the same, which is nothing new."""
    known = load(row)
    if any(each.event.event_id == event.event_id for each in known):
        return Outcome()
    return apply(event.subject, (*known, Acting(event=event, until_at=now + WAITS)), document, reference, now)


def apply(
    key: str, acting: tuple[Acting, ...], document: Document | None, reference: Reference, now: datetime
) -> Outcome:
    """Let every newer document take hold of the deliveries that it did not take hold of yet."""
    events: list[Event] = []
    after: list[Acting] = []
    for each in acting:
        taken = tuple(_taken_hold(each, document, reference, now))
        events += (_superseded(each.event, document, recipient, now) for recipient in taken if document)
        after.append(replace(each, done=(*each.done, *taken)))
    return Outcome(events=tuple(events), changes=_written(key, tuple(after), known=_is_known(document)))


def on_dispatched(key: str, row: bytes | None, document: Document, reference: Reference, now: datetime) -> Outcome:
    """Let the newer documents that came first take hold of a document's deliveries, now that it has some."""
    acting = load(row)
    return apply(key, acting, document, reference, now) if acting and _is_known(document) else Outcome()


def on_timer(timer: TimerFired, row: bytes | None, reference: Reference) -> Outcome:
    """Tell the newer document's sender that nobody here knows the older one; it goes on waiting."""
    acting = load(row)
    due = [each for each in acting if not each.told and each.until_at <= timer.due_at]
    warned = tuple(
        alerts.older_unknown(each.event, reference, each.until_at) for each in due if each.event.only and not each.done
    )
    after = tuple(replace(each, told=True) if each in due else each for each in acting)
    key = timer.row.removeprefix(PREFIX)
    return Outcome(events=warned, changes=_written(key, after, known=False) if acting else ())


def _is_known(document: Document | None) -> bool:
    return document is not None and bool(document.recipients)


def _taken_hold(each: Acting, document: Document | None, reference: Reference, now: datetime) -> Iterator[str]:
    """Yield the older deliveries whose recipient, or who came after it, gets the newer document."""
    if document is None:
        return
    on, gets = here(reference, now), set(each.event.recipients)
    for recipient in document.recipients:
        if recipient in each.done:
            continue
        heirs = reference.directory.heirs(recipient, on) if reference.directory else (recipient,)
        if gets.intersection(heirs):
            yield recipient


def _superseded(event: DocumentRelated, document: Document, recipient: str, now: datetime) -> DeliverySuperseded:
    name = delivery_id(event.subject, recipient)
    return DeliverySuperseded(
        event_id=event_id("superseded", name, event.act, event.document_key, event.sha256),
        occurred_at=now,
        correlation_id=event.subject,
        causation_id=event.event_id,
        delivery_id=name,
        document_key=event.subject,
        document_id=event.older_id,
        sender=document.sender,
        recipient=recipient,
        act=event.act,
        by_document_key=event.document_key,
        by_document_id=event.document_id,
        by_sha256=event.sha256,
    )


def _written(key: str, acting: tuple[Acting, ...], *, known: bool) -> tuple[Change, ...]:
    """Write the row; while the older document is not known, ask to be woken when the next one has waited its time."""
    row = related_row(key)
    moments = [] if known else [each.until_at for each in acting if not each.told and not each.done]
    return (Put(row=row, value=dump(acting)), Wake(row=row, due_at=min(moments)) if moments else Rest(row=row))


def load(row: bytes | None) -> tuple[Acting, ...]:
    """Read `related:<key>`."""
    return tuple(_acting(each) for each in json.loads(row)) if row else ()


def dump(acting: tuple[Acting, ...]) -> bytes:
    """Write `related:<key>`; a replay writes the same bytes."""
    rows = [
        asdict(each.event)
        | {"occurred_at": each.event.occurred_at.isoformat(), "recorded_at": None}
        | {"until_at": each.until_at.isoformat(), "told": each.told, "done": each.done}
        for each in acting
    ]
    return json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _acting(fields: dict[str, Any]) -> Acting:
    until_at, told, done = fields.pop("until_at"), fields.pop("told"), fields.pop("done")
    own: dict[str, Any] = {"act": Act(fields["act"]), "recipients": tuple(fields["recipients"])}
    own["occurred_at"] = datetime.fromisoformat(fields["occurred_at"])
    event = DocumentRelated(**fields | own)
    return Acting(event=event, until_at=datetime.fromisoformat(until_at), told=told, done=tuple(done))
