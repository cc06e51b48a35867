"""Updates and replacements (BussinessDocType 2 and 3): a newer document takes hold of the deliveries of an older one (domain §2.3).

The newer document travels by itself, under its own key. What it does to the older one is told to the older one's partition,
which may know it already, or only later, in whatever order the two arrive. Whom an update drops, from that the older one is recalled.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from processors.routing import alerts
from processors.routing.memory import Document, document_row, dump_document
from processors.routing.plan import here
from processors.routing.recalls import recalled
from schemas.events import Act, DeliverySuperseded, DocumentDispatched, DocumentRelated, Event, TimerFired
from schemas.ids import delivery_id, event_id
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

    settled: bool = False
    """It dropped whom it drops; who gets the older document after that, by a later update, keeps it."""


Ways = tuple[DocumentDispatched, ...]
"""The deliveries of the older document, as they were decided; a later one of a recipient stands."""


def on_related(
    event: DocumentRelated,
    document: Document | None,
    ways: Ways,
    row: bytes | None,
    reference: Reference,
    *,
    now: datetime,
) -> Outcome:
    """Act on the older document's deliveries, or wait for it. The same event again does the same, which is nothing new."""
    known = load(row)
    if any(each.event.event_id == event.event_id for each in known):
        return Outcome()
    acting = (*known, Acting(event=event, until_at=now + WAITS))
    return apply(event.subject, acting, document, ways, reference, now=now)


def apply(
    key: str, acting: tuple[Acting, ...], document: Document | None, ways: Ways, reference: Reference, *, now: datetime
) -> Outcome:
    """Let every newer document take hold of the deliveries that it did not take hold of yet."""
    events: list[Event] = []
    after: list[Acting] = []
    before = document
    for each in acting:
        taken = () if each.settled else tuple(_taken_hold(each, document, reference, now))
        if document is not None and each.event.act is Act.RECALL:
            back = [code for code in taken if code not in document.recalled_from]
            events += _taken_back(each.event, back, ways, reference, now)
            document = replace(document, recalled_from=(*document.recalled_from, *back))
        elif document is not None:
            events += [_superseded(each.event, document, recipient, now) for recipient in taken]
        settled = each.event.act is Act.RECALL and _is_known(document)
        after.append(replace(each, done=(*each.done, *taken), settled=settled))
    changes = _written(key, tuple(after), known=_is_known(document))
    changed = document is not None and document != before
    own = (Put(row=document_row(key), value=dump_document(document)),) if document is not None and changed else ()
    return Outcome(events=tuple(events), changes=(*own, *changes))


def on_dispatched(
    key: str, row: bytes | None, document: Document, ways: Ways, reference: Reference, *, now: datetime
) -> Outcome:
    """Let the newer documents that came first take hold of a document's deliveries, now that it has some."""
    acting = load(row)
    if not acting or not _is_known(document):
        return Outcome()
    return apply(key, acting, document, ways, reference, now=now)


def on_timer(timer: TimerFired, row: bytes | None, reference: Reference) -> Outcome:
    """Tell the newer document's sender that nobody here knows the older one; it goes on waiting."""
    acting = load(row)
    due = [each for each in acting if not each.told and each.until_at <= timer.due_at]
    updating = {each.event.document_key for each in acting if each.event.act is not Act.RECALL}
    warned = tuple(
        alerts.older_unknown(each.event, reference, each.until_at)
        for each in due
        if each.event.only
        and not each.done
        and not (each.event.act is Act.RECALL and each.event.document_key in updating)
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


def _taken_back(
    event: DocumentRelated, recipients: list[str], ways: Ways, reference: Reference, now: datetime
) -> Iterator[DocumentDispatched]:
    """Yield the recalls that go the ways the older document went; what lies there is the older one, so that is what is named."""
    newest = {way.recipient: way for way in ways}
    for way in (newest[code] for code in recipients if code in newest):
        yield recalled(way, way.content, event.event_id, reference, now, addressed=way.addressed)


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
        | {"until_at": each.until_at.isoformat(), "told": each.told, "done": each.done, "settled": each.settled}
        for each in acting
    ]
    return json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _acting(fields: dict[str, Any]) -> Acting:
    until_at, told, done = fields.pop("until_at"), fields.pop("told"), fields.pop("done")
    settled = fields.pop("settled", False)
    own: dict[str, Any] = {"act": Act(fields["act"]), "recipients": tuple(fields["recipients"])}
    own["occurred_at"] = datetime.fromisoformat(fields["occurred_at"])
    event = DocumentRelated(**fields | own)
    return Acting(event=event, until_at=datetime.fromisoformat(until_at), told=told, done=tuple(done), settled=settled)
