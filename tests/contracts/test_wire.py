"""What others make of our messages: Confluent's wire format, Avro by two other readers, CloudEvents by their own library."""

import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import avro.io
import avro.schema
import fastavro
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat

from schemas import codec
from schemas.codec import Encoded
from schemas.examples import FOLDER, Example, load
from tests.contracts.orphans import rows

LOCK = {row["event"]: row for row in rows(codec.FOLDER)}


@pytest.fixture(params=load(), ids=lambda example: example.name)
def example(request: pytest.FixtureRequest) -> Example:
    """Return one example after the other."""
    found: Example = request.param
    return found


@pytest.fixture
def encoded(example: Example) -> Encoded:
    """Return the example as it goes onto its topic."""
    return codec.encode(example.event, source=example.source, simulated=example.simulated)


def test_the_frame_is_confluents(example: Example, encoded: Encoded) -> None:
    """Version 0: a zero byte, the schema's id in four bytes, big endian; the id is the one of the lock."""
    assert 0 == encoded.value[0]
    assert LOCK[type(example.event).__name__]["id"] == int.from_bytes(encoded.value[1:5], "big")


def test_plain_readers_of_avro_agree(example: Example, encoded: Encoded) -> None:
    """Behind the frame lies plain Avro: fastavro and Apache's own library read the same record with nothing but the file."""
    text = (codec.FOLDER / "avro" / LOCK[type(example.event).__name__]["file"]).read_text(encoding="utf-8")
    body = encoded.value[5:]
    by_fastavro: Any = fastavro.schemaless_reader(io.BytesIO(body), fastavro.parse_schema(json.loads(text)), None)
    decoder = avro.io.BinaryDecoder(io.BytesIO(body))
    by_apache: Any = avro.io.DatumReader(avro.schema.parse(text)).read(decoder)

    assert by_fastavro == by_apache
    plain = json.loads((FOLDER / f"{example.name}.json").read_text(encoding="utf-8"))["data"]
    assert plain == {name: value for name, value in _as_json(by_fastavro, plain).items() if name in plain}


def _as_json(value: Any, like: Any) -> Any:
    """Return a record as the example writes it: times as text, and only what the example says."""
    if isinstance(value, dict):
        return {name: _as_json(each, like[name]) for name, each in value.items() if name in like}
    if isinstance(value, list):
        return [_as_json(each, of) for each, of in zip(value, like, strict=True)]
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_cloudevents_reads_our_messages(example: Example, encoded: Encoded) -> None:
    """Binary mode: the `cloudevents` package finds the same id, source, type, time, subject and extensions, and the bytes."""
    message = KafkaMessage(headers=dict(encoded.headers), key=encoded.key, value=encoded.value)
    found = from_binary(message, JSONFormat())

    assert ("1.0", example.event.event_id) == (found.get_specversion(), found.get_id())
    assert (example.source, example.event.key) == (found.get_source(), found.get_subject())
    assert example.attributes["type"] == found.get_type()
    assert example.event.occurred_at == found.get_time()
    assert "application/avro" == found.get_datacontenttype()
    assert example.attributes["dataschema"] == found.get_dataschema()
    for name in {"recordedtime", "correlationid", "causationid", "clock"} & set(example.attributes):
        assert example.attributes[name] == found.get_extension(name)
    content: Any = found.get_data()
    assert encoded.value == (content.encode() if isinstance(content, str) else content)


def test_cloudevents_would_write_the_same(encoded: Encoded) -> None:
    """What the package reads and writes again are our headers, but for the key it adds and its way to write UTC."""
    message = KafkaMessage(headers=dict(encoded.headers), key=encoded.key, value=encoded.value)
    again = dict(to_binary(from_binary(message, JSONFormat()), JSONFormat()).headers)

    assert encoded.key == again.pop("ce_partitionkey")
    ours = {name: value for name, value in encoded.headers if name != "traceparent"}
    assert ours | {"ce_time": ours["ce_time"].replace(b"+00:00", b"Z")} == again


def test_an_example_is_a_cloudevent_in_json(example: Example) -> None:
    """The files themselves are read by the package (structured mode), so an integrator needs no tool of ours."""
    found = JSONFormat().read(None, (FOLDER / f"{example.name}.json").read_bytes())

    assert (example.event.event_id, example.event.occurred_at) == (found.get_id(), found.get_time())


def test_the_trace_is_the_documents(example: Example, encoded: Encoded) -> None:
    """`traceparent` has W3C's form; events of one document share the trace, and a replay repeats it."""
    said = dict(encoded.headers)["traceparent"].decode()
    found = re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-01", said)

    assert found is not None
    assert "0" * 32 != found[1]
    again = codec.encode(example.event, source="/lienthong/elsewhere", simulated=not example.simulated)
    assert said == dict(again.headers)["traceparent"].decode()


def test_headers_are_utf_8_and_times_utc(encoded: Encoded) -> None:
    """Every header is readable text; both times carry the offset of UTC."""
    headers = {name: value.decode("utf-8") for name, value in encoded.headers}

    for name in ("ce_time", "ce_recordedtime"):
        assert UTC.utcoffset(None) == datetime.fromisoformat(headers[name]).utcoffset()
