"""One pass over the log: every record is entered into the books."""

import hashlib
from collections.abc import Iterable

from infra.audit.books import Books, Where
from infra.kafka.tail import Record
from schemas import codec
from schemas.events import (
    ContentRef,
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentHeld,
    DocumentRefused,
    DocumentRepeated,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    Stage,
    StatusParked,
    StatusSubmitted,
)

DEAD_LETTER = "dead-letter"


def enter_all(records: Iterable[Record]) -> Books:
    """Read the records once, in any order of topics."""
    books = Books()
    for record in records:
        where = f"{record.topic}/{record.partition}/{record.offset}"
        if record.topic == DEAD_LETTER:
            _bury(books, dict(record.headers))
            continue
        if record.value is None:
            continue  # a tombstone on a compacted topic
        try:
            event = codec.decode(record.topic, record.key, record.value, record.headers)
        except codec.DecodeError:
            books.unreadable.append(where)
            continue
        _note_cause(books, event)
        if _is_new(books, event, record.value, where):
            _enter(books, event, where)
    return books


def _is_new(books: Books, event: Event, value: bytes, where: Where) -> bool:
    """Tell whether the event id is met for the first time; the same id with other content is a conflict."""
    print_ = hashlib.blake2b(
        value + event.key.encode() + event.occurred_at.isoformat().encode(), digest_size=12
    ).digest()
    known = books.events.get(event.event_id)
    if known is None:
        books.events[event.event_id] = (print_, where)
        name = type(event).__name__
        books.counts[name] = books.counts.get(name, 0) + 1
        return True
    if known[0] == print_:
        books.repeats += 1
    else:
        books.conflicts.append(f"{event.event_id}: {known[1]} and {where} differ")
    return False


def _note_cause(books: Books, event: Event) -> None:
    """Note which submission a verdict's record answers; the record of a repeat differs from the first in nothing else."""
    match event:
        case DocumentSigned() | DocumentHeld():
            books.submission(event.document_key, event.content.sha256).judged.add(event.causation_id)
        case DocumentRefused(stage=Stage.VERIFICATION, about_status=False):
            books.submission(event.document_key, event.sha256).judged.add(event.causation_id)
        case _:
            pass


def _enter(books: Books, event: Event, where: Where) -> None:
    """Write an event into the books; receipts, obligations, attempts and operators' acts are counted, the law does not speak of them."""
    if isinstance(content := getattr(event, "content", None), ContentRef):
        books.contents.setdefault(content.sha256, where)
    match event:
        case DocumentSubmitted() | DocumentDispatched() | DocumentRepeated():
            _enter_document(books, event, where)
        case DocumentSigned() | DocumentHeld():
            _enter_verdict(books, event)
        case DocumentRefused():
            _enter_refusal(books, event)
        case StatusSubmitted():
            books.statuses[event.event_id] = (where, event.recorded_at)
        case DocumentAcknowledged():
            books.answered.setdefault(event.causation_id, set()).add("acknowledged")
        case StatusParked():
            books.answered.setdefault(event.status_event_id, set()).add("parked")
        case DocumentAlert():
            slot = (event.alert_id, event.state.value, event.level, event.number)
            books.alerts.setdefault(slot, set()).add(event.event_id)
        case _:
            pass


def _enter_document(
    books: Books, event: DocumentSubmitted | DocumentDispatched | DocumentRepeated, where: Where
) -> None:
    match event:
        case DocumentSubmitted():
            account = books.submission(event.document_key, event.content.sha256)
            account.submitted[event.event_id] = where
            account.recipients = event.envelope.recipients
            account.since = min(account.since or event.occurred_at, event.recorded_at or event.occurred_at)
        case DocumentDispatched():
            account = books.submission(event.document_key, event.content.sha256)
            for code in event.addressed:
                account.outcomes.setdefault(code, set()).add(f"{event.delivery_id} {event.act}")
            books.dispatched.setdefault((event.delivery_id, event.act), set()).add(event.event_id)
        case DocumentRepeated():
            books.submission(event.document_key, event.sha256).repeated.add(event.causation_id)


def _enter_verdict(books: Books, event: DocumentSigned | DocumentHeld) -> None:
    account = books.submission(event.document_key, event.content.sha256)
    if isinstance(event, DocumentHeld):
        account.verdicts[event.event_id] = "held"
        return
    account.verdicts[event.event_id] = "provisional" if event.provisional else "signed"
    if event.confirms:
        account.superseded.add(event.confirms)


def _enter_refusal(books: Books, event: DocumentRefused) -> None:
    if event.about_status:
        books.answered.setdefault(event.causation_id, set()).add("refused")
        return
    if event.stage is Stage.INTAKE:
        return  # never submitted: the refusal itself is the one outcome
    account = books.submission(event.document_key, event.sha256)
    if event.stage is Stage.VERIFICATION:
        account.verdicts[event.event_id] = "refused"
        if event.recalls:
            account.superseded.add(event.recalls)
    elif event.addressed:
        account.outcomes.setdefault(event.addressed, set()).add(event.reason)
    else:
        account.refused_whole = True


def _bury(books: Books, headers: dict[str, bytes]) -> None:
    said = {
        name: (headers.get(f"__dlq.errors.{name}") or b"?").decode("utf-8", "replace")
        for name in ("topic", "partition", "offset", "reason")
    }
    books.dead_letters[said["reason"]] = books.dead_letters.get(said["reason"], 0) + 1
    books.buried.add(f"{said['topic']}/{said['partition']}/{said['offset']}")
