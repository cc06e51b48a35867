"""The same files under another document id: carried, linked to the document that held them first, and so flagged (ADR 0036).

Who carries a document asks, by `document.related` under the key of its files' digest; the partition of that key remembers the first
document that held them, for ever and at the cost of one small row, and answers under the first document's key.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from schemas.events import Act, DocumentRelated, DocumentSigned
from schemas.ids import event_id
from schemas.step import Outcome, Put


def contents_row(digest: str) -> str:
    """Name the row of a digest of files."""
    return f"contents:{digest}"


def asks(event: DocumentRelated) -> bool:
    """Tell whether this is a question about files, which names no older document."""
    return not event.older_id


def asked_of(event: DocumentSigned, recipients: tuple[str, ...], act: Act, now: datetime) -> Iterator[DocumentRelated]:
    """Yield the question of a document that is sent to somebody; one without files asks nothing."""
    digest = event.envelope.contents_sha256
    if digest and recipients and act is not Act.RECALL:
        yield DocumentRelated(
            event_id=event_id("contents", event.document_key, event.content.sha256, digest),
            occurred_at=now,
            correlation_id=event.document_key,
            causation_id=event.event_id,
            subject=digest,
            older_id="",
            document_key=event.document_key,
            document_id=event.envelope.document_id,
            sha256=event.content.sha256,
            sender=event.sender,
            act=act,
            recipients=(),
        )


def on_asked(event: DocumentRelated, row: bytes | None) -> Outcome:
    """Remember the first; tell of every later one under another key. An update or a replacement says itself which document it goes back to.

    The answer follows from the question and the row alone, so that a question that is read twice gets the same answer twice.
    """
    if row is None:
        first = {"document_key": event.document_key, "document_id": event.document_id}
        return Outcome(changes=(Put(row=contents_row(event.subject), value=_json(first)),))
    first = json.loads(row)
    if first["document_key"] == event.document_key or event.act is not Act.DELIVER:
        return Outcome()
    link = DocumentRelated(
        event_id=event_id("linked", first["document_key"], event.document_key, event.event_id),
        occurred_at=event.occurred_at,
        correlation_id=event.document_key,
        causation_id=event.event_id,
        subject=first["document_key"],
        older_id=first["document_id"],
        document_key=event.document_key,
        document_id=event.document_id,
        sha256=event.sha256,
        sender=event.sender,
        act=Act.DELIVER,
        recipients=(),
    )
    return Outcome(events=(link,))


def _json(value: dict[str, str]) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
