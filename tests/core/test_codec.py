"""The codec is total: whatever the bytes, `decode` gives an event or raises `DecodeError`; and what it gives can be written again."""

from collections import Counter
from dataclasses import replace

import hypothesis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec
from schemas.codec import DecodeError, Encoded
from schemas.events import DocumentSubmitted, Event, TimerFired
from schemas.examples import load
from schemas.reasons import REASONS
from schemas.topics import DEAD_LETTER

EXAMPLES = load()
ENCODED = [codec.encode(each.event, source=each.source, simulated=each.simulated) for each in EXAMPLES]
SUBMITTED = next(each for each in ENCODED if each.topic == "document.submitted")
Record = tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]


def record(encoded: Encoded) -> Record:
    """Return what lies on the log."""
    return encoded.topic, encoded.key, encoded.value, encoded.headers


@st.composite
def changed(draw: st.DrawFn, valid: bytes) -> bytes:
    """Draw a valid text with a few bytes changed, perhaps cut short or with something behind it."""
    out = bytearray(valid)
    places = st.tuples(st.integers(0, len(valid) - 1), st.integers(0, 255))
    for at, byte in draw(st.lists(places, min_size=1, max_size=4)):
        out[at] = byte
    match draw(st.sampled_from(("whole", "whole", "whole", "cut", "longer"))):
        case "cut":
            return bytes(out[: draw(st.integers(0, len(out)))])
        case "longer":
            return bytes(out) + draw(st.binary(min_size=1, max_size=3))
        case _:
            return bytes(out)


@st.composite
def changed_values(draw: st.DrawFn) -> Record:
    """Draw a valid record whose value is changed: anywhere, in its frame, or taken from another topic."""
    topic, key, value, headers = record(draw(st.sampled_from(ENCODED)))
    assert value is not None
    match draw(st.sampled_from(("anywhere", "anywhere", "anywhere", "frame", "other", "none"))):
        case "anywhere":
            return topic, key, value[:5] + draw(changed(value[5:])), headers
        case "frame":
            return topic, key, draw(changed(value[:5])) + value[5:], headers
        case "other":
            return topic, key, draw(st.sampled_from(ENCODED)).value, headers
        case _:
            return topic, key, draw(st.sampled_from((None, b""))), headers


@st.composite
def changed_headers(draw: st.DrawFn) -> Record:
    """Draw a valid record with headers changed, dropped, doubled, emptied or in another order, or with another key."""
    topic, key, value, headers = record(draw(st.sampled_from(ENCODED)))
    out = [*headers]
    at = draw(st.integers(0, len(out) - 1))
    match draw(st.sampled_from(("text", "text", "drop", "double", "empty", "order", "name", "key"))):
        case "text":
            out[at] = (out[at][0], draw(changed(out[at][1])))
        case "drop":
            del out[at]
        case "double":
            out.append((out[at][0], draw(changed(out[at][1]))))
        case "empty":
            out[at] = (out[at][0], draw(st.sampled_from((b"", None))))  # type: ignore[assignment]  # Kafka allows it
        case "order":
            out = draw(st.permutations(out))
        case "name":
            out[at] = (draw(st.text(max_size=12)), out[at][1])
        case _:
            assert key is not None
            key = draw(st.one_of(st.none(), changed(key)))
    return topic, key, value, out


def outcome(given_record: Record) -> str:
    """Return `event` or the code of the refusal; anything else that is raised fails the test."""
    try:
        event = codec.decode(*given_record)
    except DecodeError as exc:
        return REASONS[exc.code].code
    again = codec.encode(event, source="/lienthong/router")
    assert event == codec.decode(again.topic, again.key, again.value, again.headers)
    return "event"


@pytest.mark.parametrize(
    ("changes", "reached"),
    [
        (changed_values(), {"event", "NOT_AVRO", "NOT_FRAMED", "SCHEMA_UNKNOWN", "SCHEMA_OF_ANOTHER_TOPIC", "VALUE_NOT_USED_UP", "KEY_MISMATCH", "NO_VALUE"}),
        (changed_headers(), {"event", "NOT_A_CLOUDEVENT", "KEY_MISMATCH"}),
    ],
    ids=["values", "headers"],
)  # fmt: skip
def test_decode_is_total(changes: st.SearchStrategy[Record], reached: set[str]) -> None:
    """Mutations of valid messages of every event: an event or a `DecodeError`, and each kind of end was reached."""
    counts: Counter[str] = Counter()

    @settings(max_examples=1000, deadline=None)
    @given(given_record=changes)
    def look(given_record: Record) -> None:
        said = outcome(given_record)
        counts[said] += 1
        hypothesis.event(said)

    look()

    assert set() == reached - set(counts)
    assert counts["event"] > counts.total() / 20, counts


@settings(max_examples=300, deadline=None)
@given(
    topic=st.sampled_from([each.topic for each in ENCODED]),
    value=st.binary(max_size=200),
    key=st.none() | st.binary(max_size=40),
    headers=st.none() | st.lists(st.tuples(st.text(max_size=8), st.binary(max_size=8)), max_size=3),
)
def test_noise_is_no_event(
    topic: str, value: bytes, key: bytes | None, headers: list[tuple[str, bytes]] | None
) -> None:
    """Random bytes, with or without key and headers."""
    with pytest.raises(DecodeError):
        codec.decode(topic, key, value, headers)


def test_a_record_of_no_topic_of_ours_is_refused() -> None:
    """An unknown topic, and the one of dead letters, which carries original bytes."""
    for topic in ("document.nobody", DEAD_LETTER):
        with pytest.raises(DecodeError, match="TOPIC_WITHOUT_EVENT"):
            codec.decode(topic, SUBMITTED.key, SUBMITTED.value, SUBMITTED.headers)


def test_a_value_beyond_the_brokers_limit_is_not_read() -> None:
    """The length is looked at before the bytes."""
    with pytest.raises(DecodeError, match="VALUE_TOO_LONG"):
        codec.decode(SUBMITTED.topic, SUBMITTED.key, SUBMITTED.value + bytes(codec.MAX_VALUE), SUBMITTED.headers)


def test_a_promise_of_much_costs_nothing() -> None:
    """A string that says it is an exabyte long, an array of 2^60 entries: refused at once, nothing is set aside for them."""
    frame = SUBMITTED.value[:5]
    for body in (b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x00" * 9 + b"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f" * 3):
        with pytest.raises(DecodeError, match="NOT_AVRO"):
            codec.decode(SUBMITTED.topic, SUBMITTED.key, frame + body, SUBMITTED.headers)


def test_an_event_must_be_stamped_before_it_is_written() -> None:
    """Without the axis' own time there is no message."""
    event = EXAMPLES[0].event
    with pytest.raises(ValueError, match="recorded_at"):
        codec.encode(replace(event, recorded_at=None), source="/lienthong/router")


def test_what_travels_on_no_topic_cannot_be_written() -> None:
    """A timer is of one process alone."""
    timer = TimerFired(
        event_id="1", occurred_at=EXAMPLES[0].event.occurred_at, row="r", due_at=EXAMPLES[0].event.occurred_at
    )
    with pytest.raises(ValueError, match="empty"):
        codec.encode(replace(timer, recorded_at=timer.occurred_at), source="/lienthong/router")


def test_the_widest_packet_fits() -> None:
    """One packet to 3,500 recipients (domain, load): its event stays below half of the broker's limit."""
    submitted: Event = next(each.event for each in EXAMPLES if each.name == "DocumentSubmitted")
    assert isinstance(submitted, DocumentSubmitted)
    wide = replace(submitted.envelope, recipients=tuple(f"H53.XA.{number:06}" for number in range(3_500)))
    encoded = codec.encode(replace(submitted, envelope=wide), source="/lienthong/intake")

    assert codec.MAX_VALUE / 2 > len(encoded.value)
