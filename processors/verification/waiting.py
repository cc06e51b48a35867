"""The row of a document that waits: its submission as it came over the log, so that a later try needs nothing else."""

import base64
import json

from schemas import codec
from schemas.events import DocumentSubmitted
from schemas.topics import topic_of

PREFIX = "held:"
SOURCE = "/lienthong/verifier/held"


def verdict_row(document_key: str, digest: str) -> str:
    """Name the row of what was decided."""
    return f"verdict:{document_key}:{digest}"


def held_row(document_key: str, digest: str) -> str:
    """Name the row of a document that waits."""
    return f"{PREFIX}{document_key}:{digest}"


def verdict_row_of(held: str) -> str:
    """Name the verdict row that belongs to a waiting row."""
    return "verdict:" + held.removeprefix(PREFIX)


def dump(submitted: DocumentSubmitted) -> bytes:
    """Return the waiting row's value."""
    encoded = codec.encode(submitted, source=SOURCE)
    row = {
        "key": encoded.key.decode(),
        "value": base64.b64encode(encoded.value).decode(),
        "headers": [[name, value.decode()] for name, value in encoded.headers],
    }
    return json.dumps(row, sort_keys=True).encode()


def load(value: bytes) -> DocumentSubmitted:
    """Read a waiting row's value."""
    row = json.loads(value)
    headers = [(name, text.encode()) for name, text in row["headers"]]
    topic = topic_of(DocumentSubmitted)
    event = codec.decode(topic, row["key"].encode(), base64.b64decode(row["value"]), headers)
    if not isinstance(event, DocumentSubmitted):
        raise TypeError(type(event).__name__)
    return event
