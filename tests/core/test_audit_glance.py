"""What the audit reads of an event's bytes is what the codec reads, and bytes that the codec refuses it refuses too."""

import struct
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.audit.facts import LOOK
from infra.audit.moments import moment_of
from schemas import codec
from schemas.events import Event
from schemas.glance import RAW, look, number_in
from schemas.topics import TOPICS
from tests.connectors import life as of
from tests.core.audit_life import clean

EVENTS = [*clean().values(), *of.whole_life()]
IN_THE_MIDDLE = datetime(2026, 11, 23, 4, 5, 6, 7, tzinfo=UTC)
EARLY = datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)


def written(event: Event) -> codec.Encoded:
    """Encode an event."""
    return codec.encode(event, source="/lienthong/test")


def said(event: Event, path: str) -> Any:
    """Return a field of an event; an empty text where its parent is null."""
    found: Any = event
    for name in path.split("."):
        found = None if found is None else getattr(found, name)
    return "" if found is None and "." in path else found


def test_every_topic_that_carries_events_is_looked_at() -> None:
    """None is left out, and each names the field that is the record's key first."""
    assert {topic.name for topic in TOPICS if topic.event} == set(LOOK)
    for event in EVENTS:
        encoded = written(event)
        assert encoded.key.decode() == look(type(event).__name__, encoded.value, LOOK[encoded.topic][0][:1])[0]


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: type(each).__name__)
def test_the_fields_are_those_of_the_codec(event: Event) -> None:
    """Texts, flags, numbers and lists are equal; of what is kept as bytes, moments are equal once they are read."""
    encoded = written(event)
    names = LOOK[encoded.topic][0]
    for name, found in zip(names, look(type(event).__name__, encoded.value, names), strict=True):
        wanted = said(event, name.removeprefix(RAW))
        if not name.startswith(RAW):
            assert wanted == found
        elif isinstance(wanted, datetime) and name != "raw since_at":
            assert moment_of(wanted) == number_in(found)
        else:
            assert isinstance(found, bytes)


@pytest.mark.parametrize("moment", [None, EARLY, IN_THE_MIDDLE, datetime(9999, 12, 31, tzinfo=UTC)])
def test_moments_are_read_when_they_are_needed(moment: datetime | None) -> None:
    """Before 1970, after it, and none."""
    encoded = written(replace(of.owed("transport", 5), next_step_at=moment))
    (found,) = look("ObligationChanged", encoded.value, ("raw next_step_at",))
    assert (None if moment is None else moment_of(moment)) == number_in(found)


@given(st.sampled_from(EVENTS), st.data())
def test_bytes_that_follow_no_schema_are_refused(event: Event, data: st.DataObject) -> None:
    """Cut short, made longer or changed: nothing but `DecodeError` comes out, and what the codec can walk, the glance can."""
    encoded = written(event)
    value = bytearray(encoded.value)
    for at, byte in data.draw(st.lists(st.tuples(st.integers(5, len(value) - 1), st.integers(0, 255)), max_size=3)):
        value[at] = byte
    value = value[: data.draw(st.integers(5, len(value)))] if data.draw(st.booleans()) else value
    value += data.draw(st.binary(max_size=3))
    names = LOOK[encoded.topic][0]
    try:
        event_again = codec.decode(encoded.topic, encoded.key, bytes(value), encoded.headers)
    except codec.DecodeError:
        event_again = None
    try:
        found = look(type(event).__name__, bytes(value), names)
    except codec.DecodeError:
        assert event_again is None
        return
    if event_again is not None:
        assert said(event_again, names[0]) == found[0]


@pytest.mark.parametrize("value", [b"", b"\x00", b"\x01\x00\x00\x00\x01", struct.pack(">bI", 0, 2**31)])
def test_a_frame_that_is_not_the_events_is_refused(value: bytes) -> None:
    """Too short, of another kind, of no schema."""
    with pytest.raises(codec.DecodeError):
        look("DocumentSubmitted", value, ("document_key",))
