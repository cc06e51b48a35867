"""An event kept inside a row, as it came over the log: the same bytes and headers, so that whoever reads it later needs nothing else."""

import base64
import json
from typing import TypeVar

from schemas import codec
from schemas.events import Event
from schemas.topics import topic_of

E = TypeVar("E", bound=Event)


def keep(event: Event, *, source: str) -> str:
    """Return the event as JSON text; `source` is the URI reference of who keeps it."""
    encoded = codec.encode(event, source=source)
    row = {
        "key": encoded.key.decode(),
        "value": base64.b64encode(encoded.value).decode(),
        "headers": [[name, value.decode()] for name, value in encoded.headers],
    }
    return json.dumps(row, sort_keys=True)


def kept(text: str | bytes, kind: type[E]) -> E:
    """Return an event of this kind that was kept; raise `DecodeError` or TypeError for anything else."""
    row = json.loads(text)
    headers = [(name, value.encode()) for name, value in row["headers"]]
    event = codec.decode(topic_of(kind), row["key"].encode(), base64.b64decode(row["value"]), headers)
    if not isinstance(event, kind):
        raise TypeError(type(event).__name__)
    return event
