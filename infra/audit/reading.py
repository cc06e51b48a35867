"""One pass over the log: every record is entered into the books."""

import hashlib
from collections.abc import Iterable

from infra.audit.books import Books, Burial, Outcome, Verdict, Where
from infra.kafka.dead_letters import dead_letter
from infra.kafka.tail import Record
from schemas import codec
from schemas.events import (
    Act,
    ContentRef,
    DocumentAcknowledged,
    DocumentAlert,
    DocumentDispatched,
    DocumentHeld,
    DocumentReceived,
    DocumentRefused,
    DocumentRepeated,
    DocumentSigned,
    DocumentSubmitted,
    Event,
    Stage,
    StatusParked,
    StatusSubmitted,
)
from schemas.topics import DEAD_LETTER


def enter_all(records: Iterable[Record]) -> Books:
    """Read the records once, in any order of topics; within a partition they come in their order."""
    books = Books()
    for record in records:
        partition, where = f"{record.topic}/{record.partition}", f"{record.topic}/{record.partition}/{record.offset}"
        books.ends[partition] = max(record.offset, books.ends.get(partition, -1))
        if record.topic == DEAD_LETTER:
            _bury(books, record)
            continue
        if record.value is None:
            continue  # a tombstone on a compacted topic
        try:
            event = codec.decode(record.topic, record.key, record.value, record.headers)
        except codec.DecodeError:
            books.unreadable.append(where)
            continue
        _note_place(books, event, where)
        if _is_new(books, event, record.value, where):
            _enter(books, event, where)
    return books


def _is_new(books: Books, event: Event, value: bytes, where: Where) -> bool:
    """Tell whether the event id is met for the first time; the same id with other content is a conflict."""
    content = value + event.key.encode() + event.occurred_at.isoformat().encode()
    digest = hashlib.blake2b(content, digest_size=12).digest()
    known = books.events.get(event.event_id)
    if known is None:
        books.events[event.event_id] = (digest, where)
        name = type(event).__name__
        books.counts[name] = books.counts.get(name, 0) + 1
        return True
    if known[0] == digest:
        books.repeats += 1
    else:
        books.conflicts.append(f"{event.event_id}: {known[1]} and {where} differ")
    return False


def _note_place(books: Books, event: Event, where: Where) -> None:
    """Note each record that a step must take: a repeat of the verdict differs in its cause, a replay in its place only."""
    match event:
        case DocumentSubmitted():
            account = books.submission(event.document_key, event.content.sha256)
            account.submitted.setdefault(event.event_id, []).append(where)
        case DocumentSigned() | DocumentHeld():
            account = books.submission(event.document_key, event.content.sha256)
            account.answers.setdefault((event.event_id, event.causation_id), []).append(where)
        case DocumentRefused(stage=Stage.VERIFICATION, about_status=False):
            account = books.submission(event.document_key, event.sha256)
            account.answers.setdefault((event.event_id, event.causation_id), []).append(where)
        case StatusSubmitted():
            books.statuses.setdefault(event.event_id, ([], event.recorded_at))[0].append(where)
        case _:
            pass


def _enter(books: Books, event: Event, where: Where) -> None:
    """Write an event into the books; obligations, attempts and operators' acts are counted, the law does not speak of them."""
    if isinstance(content := getattr(event, "content", None), ContentRef):
        books.contents.setdefault(content.sha256, where)
    if evidence := getattr(getattr(event, "verdict", None), "evidence_sha256", ""):
        books.contents.setdefault(evidence, where)
    match event:
        case DocumentSubmitted() | DocumentSigned() | DocumentHeld() | DocumentRepeated():
            _enter_document(books, event)
        case DocumentRefused():
            _enter_refusal(books, event)
        case DocumentDispatched():
            _enter_dispatch(books, event)
        case DocumentReceived():
            books.spoken_of.setdefault(event.delivery_id, where)
        case DocumentAcknowledged():
            books.spoken_of.setdefault(event.delivery_id, where)
            books.answered.setdefault(event.causation_id, set()).add("acknowledged")
            books.acknowledged.setdefault((event.causation_id, event.delivery_id), set()).add(event.event_id)
        case StatusParked():
            books.answered.setdefault(event.status_event_id, set()).add("parked")
        case DocumentAlert():
            slot = (event.alert_id, event.state.value, event.level, event.number)
            books.alerts.setdefault(slot, set()).add(event.event_id)
        case _:
            pass


def _enter_document(books: Books, event: DocumentSubmitted | DocumentSigned | DocumentHeld | DocumentRepeated) -> None:
    sha256 = event.sha256 if isinstance(event, DocumentRepeated) else event.content.sha256
    account = books.submission(event.document_key, sha256)
    match event:
        case DocumentSubmitted():
            account.recipients = event.envelope.recipients
            at = event.recorded_at or event.occurred_at
            account.since = min(account.since or at, at)
        case DocumentSigned():
            kind = "provisional" if event.provisional else "signed"
            account.verdicts[event.event_id] = Verdict(kind, event.causation_id, event.confirms)
        case DocumentHeld():
            account.verdicts[event.event_id] = Verdict("held", event.causation_id)
        case DocumentRepeated():
            account.repeated.add(event.causation_id)


def _enter_dispatch(books: Books, event: DocumentDispatched) -> None:
    account = books.submission(event.document_key, event.content.sha256)
    outcome = Outcome(f"{event.delivery_id} {event.act}", event.act, event.causation_id)
    for code in event.addressed:
        account.outcomes.setdefault(code, {})[event.event_id] = outcome
    which = event.content.sha256 if event.act is Act.UPDATE else ""  # updates are many, each with its own bytes
    books.dispatched.setdefault((event.delivery_id, event.act, which), set()).add(event.event_id)
    if event.act in (Act.DELIVER, Act.REPLACE):
        books.carried.setdefault(event.document_key, set()).add(event.content.sha256)


def _enter_refusal(books: Books, event: DocumentRefused) -> None:
    if event.stage is Stage.INTAKE:
        return  # never submitted: the refusal itself is the one outcome
    if event.about_status:
        books.answered.setdefault(event.causation_id, set()).add("refused")
        return
    account = books.submission(event.document_key, event.sha256)
    if event.stage is Stage.VERIFICATION:
        account.verdicts[event.event_id] = Verdict("refused", event.causation_id, event.recalls)
    elif event.addressed:
        outcome = Outcome(event.reason, "", event.causation_id)
        account.outcomes.setdefault(event.addressed, {})[event.event_id] = outcome
    else:
        account.refused_whole[event.event_id] = event.causation_id


def _bury(books: Books, record: Record) -> None:
    """Note who could not take which record, and why."""
    letter = dead_letter(record)
    burial = books.buried.setdefault(f"{letter.topic}/{letter.partition}/{letter.offset}", Burial())
    burial.stages.add(letter.stage)
    burial.reasons.add((letter.stage, letter.reason or "?"))
