"""The headers an event is written with: CloudEvents 1.0 in binary mode, and a W3C trace."""

import hashlib
from datetime import UTC, datetime

from schemas.events import Event

SPEC_VERSION = ("ce_specversion", b"1.0")
CONTENT_TYPE = ("content-type", b"application/avro")
REAL, SIMULATED = ("ce_clock", b"real"), ("ce_clock", b"simulated")

Said = tuple[tuple[str, bytes], ...]
"""`ce_type` and `ce_dataschema`."""


def headers_of(
    event: Event, said: Said, source: str, recorded_at: datetime, *, simulated: bool
) -> list[tuple[str, bytes]]:
    """Return an event's headers; `said` are those that are the same for every event of its kind."""
    kind, dataschema = said
    headers = [
        SPEC_VERSION,
        ("ce_id", event.event_id.encode()),
        ("ce_source", source.encode()),
        kind,
        ("ce_time", _text(event.occurred_at)),
        ("ce_subject", event.key.encode()),
        dataschema,
        ("ce_recordedtime", _text(recorded_at)),
        ("ce_correlationid", event.correlation_id.encode()),
        ("ce_causationid", event.causation_id.encode()),
        SIMULATED if simulated else REAL,
        CONTENT_TYPE,
        ("traceparent", _traceparent(event)),
    ]
    return [header for header in headers if header[1]]


def _text(moment: datetime) -> bytes:
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat().encode()


def _traceparent(event: Event) -> bytes:
    """W3C Trace Context, derived: one trace a document, one span an event, the same after a replay."""
    trace = hashlib.sha256((event.correlation_id or event.key).encode()).hexdigest()[:32]
    return f"00-{trace}-{hashlib.sha256(event.event_id.encode()).hexdigest()[:16]}-01".encode()
