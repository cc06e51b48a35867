"""The notes beside packets in an inbox: what a document system needs to know without opening the packet."""

import json
from typing import Any

from connectors.delivery import words
from schemas.events import DocumentDispatched


def delivery_note(event: DocumentDispatched) -> bytes:
    """Return the note of a packet."""
    said: dict[str, Any] = {
        "delivery_id": event.delivery_id,
        "document_id": event.document_id,
        "document_key": event.document_key,
        "sender": event.sender,
        "recipient": event.recipient,
        "addressed": list(event.addressed),
        "act": event.act,
        "urgency": event.urgency,
        "subject": event.subject,
        "type_code": event.type_code,
        "type_name": event.type_name,
        "due_on": event.due_on.isoformat() if event.due_on else None,
        "provisional": event.provisional,
        "sha256": event.content.sha256,
        "size": event.content.size,
        "media_type": event.content.media_type,
        "hops": list(event.hops),
        "notes": list(event.notes),
        "dispatched_at": words.local(event.occurred_at),
        "event_id": event.event_id,
    }
    return _text(said)


def recall_note(event: DocumentDispatched, *, withdrawn: bool) -> bytes:
    """Return the note that a document is taken back; `withdrawn`: before anybody took it."""
    sentence = words.WITHDRAWN if withdrawn else words.TAKEN
    said = {
        "delivery_id": event.delivery_id,
        "document_id": event.document_id,
        "sender": event.sender,
        "recipient": event.recipient,
        "act": event.act,
        "withdrawn": withdrawn,
        "recalled_at": words.local(event.occurred_at),
        "sha256": event.content.sha256,
        "event_id": event.event_id,
        "sentence_vi": sentence.format(document_id=event.document_id),
    }
    return _text(said)


def _text(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, indent=1).encode()
