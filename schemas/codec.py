"""Bytes <-> event: Avro in Confluent's frame as the value, CloudEvents 1.0 (binary mode) as the headers. The only file that knows Avro.

Frame V0: `0x00`, schema id (4 bytes, big endian), Avro body. Schema ids are fixed in `schemas.lock`, so no registry is needed.
"""

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
from schemas.cloudevents import headers_of
from schemas.conversion import reader_of, writer_of
from schemas.events import Event
from schemas.topics import BY_NAME, topic_of

FOLDER = Path(__file__).parent
MAX_VALUE = 1_048_588
"""Bytes of a value: the broker's own limit for a record."""

OURS = range(1001, 10_000)
"""Schema ids that releases of ours have or will have; one above all in the lock is of a release that comes after this one."""

HEADER = struct.Struct(">bI")
NAMESPACE = "vn.lienthong"
MAX_VERSION_DIGITS = 4

Headers = Sequence[tuple[str, bytes]]


class DecodeError(Exception):
    """The bytes are not one of our events; `code` is a stable reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class NewerSchemaError(DecodeError):
    """The event was written by a newer release than this one: good, and not for us; it must be neither buried nor passed over."""

    def __init__(self, message: str) -> None:
        super().__init__("SCHEMA_NEWER", message)


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
    written: bool
    """False in the release that only learns to read it: the one before could not (ADR 0014)."""

    event: type[Event]
    schema: Any
    said: tuple[tuple[str, bytes], ...]
    """Headers that are the same for every event of it: `ce_type`, `ce_dataschema`."""

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
        written, version, name = bool(row.get("written", True)), int(row["version"]), event.__name__
        said = (("ce_type", f"{NAMESPACE}.{name}.v{version}"), ("ce_dataschema", f"urn:{NAMESPACE}:{name}:{version}"))
        fixed = tuple((header, value.encode()) for header, value in said)
        found[int(row["id"])] = _Format(int(row["id"]), version, written, event, schema, fixed, *own)
    return found


@cache
def _newest(event: str) -> _Format:
    return max((each for each in formats().values() if each.event.__name__ == event), key=lambda each: each.version)


@cache
def _written(event: str) -> _Format:
    known = [each for each in formats().values() if each.event.__name__ == event and each.written]
    return max(known, key=lambda each: each.version)


def encode(event: Event, *, source: str, simulated: bool = False, recorded_at: datetime | None = None) -> Encoded:
    """Return the event as bytes; `recorded_at` must be set, here or in the event. `source` is a URI reference of the writer, e.g. `/lienthong/router`."""
    form = _written(type(event).__name__)
    body = BytesIO()
    body.write(HEADER.pack(0, form.id))
    fastavro.schemaless_writer(body, form.schema, form.write(event))
    stamp = recorded_at or event.recorded_at
    if stamp is None:
        raise ValueError("recorded_at must be stamped before an event is written")
    headers = headers_of(event, form.said, source, stamp, simulated=simulated)
    return Encoded(topic_of(type(event)), event.key.encode(), body.getvalue(), headers)


def decode(topic: str, key: bytes | None, value: bytes | None, headers: Headers | None) -> Event:
    """Return the event that a record carries; raise `DecodeError` (of which `NewerSchemaError` is one), and nothing else, whatever the bytes."""
    expected = BY_NAME[topic].event if topic in BY_NAME else None
    if expected is None:
        raise DecodeError("TOPIC_WITHOUT_EVENT", topic)
    if not value:
        raise DecodeError("NO_VALUE", "a record without a value")
    if len(value) > MAX_VALUE:
        raise DecodeError("VALUE_TOO_LONG", f"{len(value)} bytes")
    form = _format_of(value, expected, headers)
    attributes = _attributes(headers)
    try:
        newest = _newest(expected.__name__)
        body = BytesIO(value)
        body.seek(HEADER.size)
        older = None if form is newest else newest.schema  # nothing to resolve where the writer's is the newest
        record: Any = fastavro.schemaless_reader(body, form.schema, older)
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


def _format_of(value: bytes, expected: type[Event], headers: Headers | None) -> _Format:
    if len(value) < HEADER.size or value[0] != 0:
        raise DecodeError("NOT_FRAMED", f"{len(value)} bytes")
    schema_id = int(HEADER.unpack_from(value)[1])
    form = formats().get(schema_id)
    if form is None and _is_newer(schema_id, expected.__name__, headers):
        raise NewerSchemaError(f"schema id {schema_id} of {expected.__name__}")
    if form is None:
        raise DecodeError("SCHEMA_UNKNOWN", f"schema id {schema_id}")
    if form.event is not expected:
        raise DecodeError("SCHEMA_OF_ANOTHER_TOPIC", form.event.__name__)
    return form


@cache
def frames_of_several() -> frozenset[bytes]:
    """Return the frames of events whose schema has more than one version."""
    names = [form.event.__name__ for form in formats().values()]
    return frozenset(
        HEADER.pack(0, schema_id) for schema_id, form in formats().items() if names.count(form.event.__name__) > 1
    )


def common_part(value: bytes) -> bytes:
    """Return a readable value as the first version of its schema would have it: what an event says in whichever version it was written."""
    form = formats()[HEADER.unpack_from(value)[1]]
    first = next(each for each in formats().values() if each.event is form.event and each.version == 1)
    body, said = BytesIO(value), BytesIO()
    body.seek(HEADER.size)
    fastavro.schemaless_writer(said, first.schema, fastavro.schemaless_reader(body, form.schema, first.schema))
    return said.getvalue()


def _is_newer(schema_id: int, event: str, headers: Headers | None) -> bool:
    """Tell whether a later release of ours says it wrote this: the id, the type and the schema's name must all say so."""
    said = dict(headers or ())
    newest = _newest(event).version
    version = (said.get("ce_dataschema") or b"").removeprefix(f"urn:{NAMESPACE}:{event}:".encode())
    return (
        schema_id in OURS
        and schema_id > max(formats())
        and version.isdigit()
        and len(version) <= MAX_VERSION_DIGITS
        and int(version) > newest
        and said.get("ce_type") == b"%s.%s.v%s" % (NAMESPACE.encode(), event.encode(), version)
    )


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
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("not a time") from None  # the library would repeat the text, and reasons are logged
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
