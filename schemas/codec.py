"""Bytes <-> event: Avro in Confluent's frame as the value, CloudEvents 1.0 (binary mode) as the headers. The only file that knows Avro.

Frame V0: `0x00`, schema id (4 bytes, big endian), Avro body. Schema ids are fixed in `schemas.lock`, so no registry is needed.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
from fastavro.schema import SchemaParseException

from schemas import events
from schemas.conversion import reader_of, writer_of
from schemas.events import Event
from schemas.topics import BY_NAME, topic_of

FOLDER = Path(__file__).parent
MAX_VALUE = 1_048_588
"""Bytes of a value: the broker's own limit for a record."""

HEADER = struct.Struct(">bI")
NAMESPACE = "vn.lienthong"

Headers = Sequence[tuple[str, bytes]]


class DecodeError(Exception):
    """The bytes are not one of our events; `code` is a stable reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Encoded:
    """An event as it goes onto a topic."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class _Format:
    """One released version of an event's schema."""

    id: int
    version: int
    event: type[Event]
    schema: Any
    write: Callable[[Event], Any]
    """Event -> what Avro writes."""

    read: Callable[[Any, Mapping[str, Any]], Event]
    """What Avro read, and the CloudEvents attributes -> event."""


@cache
def formats() -> Mapping[int, _Format]:
    """Return schema id -> format, as `schemas.lock` fixes them."""
    found = {}
    for row in json.loads((FOLDER / "schemas.lock").read_text())["schemas"]:
        schema = fastavro.parse_schema(json.loads((FOLDER / "avro" / row["file"]).read_text()))
        event = getattr(events, row["event"])
        own = writer_of(event), reader_of(event)
        found[int(row["id"])] = _Format(int(row["id"]), int(row["version"]), event, schema, *own)
    return found


@cache
def _newest(event: str) -> _Format:
    return max((each for each in formats().values() if each.event.__name__ == event), key=lambda each: each.version)


def encode(event: Event, *, source: str, simulated: bool = False) -> Encoded:
    """Return the event as bytes; `recorded_at` must be set. `source` is a URI reference of the writer, e.g. `/lienthong/router`."""
    form = _newest(type(event).__name__)
    body = BytesIO()
    body.write(HEADER.pack(0, form.id))
    fastavro.schemaless_writer(body, form.schema, form.write(event))
    return Encoded(
        topic_of(type(event)), event.key.encode(), body.getvalue(), _headers(event, form, source, simulated=simulated)
    )


def _headers(event: Event, form: _Format, source: str, *, simulated: bool) -> list[tuple[str, bytes]]:
    if event.recorded_at is None:
        raise ValueError("recorded_at must be stamped before an event is written")
    name = type(event).__name__
    headers = [
        ("ce_specversion", "1.0"),
        ("ce_id", event.event_id),
        ("ce_source", source),
        ("ce_type", f"{NAMESPACE}.{name}.v{form.version}"),
        ("ce_time", event.occurred_at.astimezone(UTC).isoformat()),
        ("ce_subject", event.key),
        ("ce_dataschema", f"urn:{NAMESPACE}:{name}:{form.version}"),
        ("ce_recordedtime", event.recorded_at.astimezone(UTC).isoformat()),
        ("ce_correlationid", event.correlation_id),
        ("ce_causationid", event.causation_id),
        ("ce_clock", "simulated" if simulated else "real"),
        ("content-type", "application/avro"),
        ("traceparent", _traceparent(event)),
    ]
    return [(header, value.encode()) for header, value in headers if value]


def _traceparent(event: Event) -> str:
    """W3C Trace Context, derived: one trace a document, one span an event, the same after a replay."""
    trace = hashlib.sha256((event.correlation_id or event.key).encode()).hexdigest()[:32]
    return f"00-{trace}-{hashlib.sha256(event.event_id.encode()).hexdigest()[:16]}-01"


def decode(topic: str, key: bytes | None, value: bytes | None, headers: Headers | None) -> Event:
    """Return the event that a record carries; raise `DecodeError`, and nothing else, whatever the bytes."""
    expected = BY_NAME[topic].event if topic in BY_NAME else None
    if expected is None:
        raise DecodeError("TOPIC_WITHOUT_EVENT", topic)
    if not value:
        raise DecodeError("NO_VALUE", "a record without a value")
    if len(value) > MAX_VALUE:
        raise DecodeError("VALUE_TOO_LONG", f"{len(value)} bytes")
    form = _format_of(value, expected)
    attributes = _attributes(headers)
    try:
        newest = _newest(expected.__name__)
        body = BytesIO(value)
        body.seek(HEADER.size)
        record: Any = fastavro.schemaless_reader(body, form.schema, newest.schema)
        if body.tell() != len(value):
            raise DecodeError("VALUE_NOT_USED_UP", f"{len(value) - body.tell()} bytes left")
        event = newest.read(record, attributes)
    except (
        ValueError,
        LookupError,
        OverflowError,
        EOFError,
        TypeError,
        MemoryError,
        struct.error,
        SchemaParseException,
    ) as exc:
        raise DecodeError("NOT_AVRO", f"{len(value)} bytes: {type(exc).__name__}") from exc
    if key is None or key != event.key.encode():
        raise DecodeError("KEY_MISMATCH", "the key is not what the event is about")
    return event


def _format_of(value: bytes, expected: type[Event]) -> _Format:
    if len(value) < HEADER.size or value[0] != 0:
        raise DecodeError("NOT_FRAMED", f"{len(value)} bytes")
    form = formats().get(HEADER.unpack_from(value)[1])
    if form is None:
        raise DecodeError("SCHEMA_UNKNOWN", f"schema id {HEADER.unpack_from(value)[1]}")
    if form.event is not expected:
        raise DecodeError("SCHEMA_OF_ANOTHER_TOPIC", form.event.__name__)
    return form


def _attributes(headers: Headers | None) -> dict[str, Any]:
    """Return the CloudEvents attributes that are fields of every event."""
    try:
        said = {name: value.decode() for name, value in headers or () if name.startswith("ce_") and value is not None}
        return {
            "event_id": _required(said, "ce_id"),
            "occurred_at": _moment(_required(said, "ce_time")),
            "recorded_at": _moment(_required(said, "ce_recordedtime")),
            "correlation_id": said.get("ce_correlationid", ""),
            "causation_id": said.get("ce_causationid", ""),
        }
    except (ValueError, AttributeError, TypeError, OverflowError) as exc:
        raise DecodeError("NOT_A_CLOUDEVENT", f"{type(exc).__name__}: {exc}") from exc


def _required(said: Mapping[str, str], name: str) -> str:
    if not (value := said.get(name)):
        raise ValueError(f"no {name}")
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return moment.astimezone(UTC)
