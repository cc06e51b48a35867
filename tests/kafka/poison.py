"""Poison for every topic: bytes that no release of ours writes, each beside a valid message, with the reason it must be buried for."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemas import codec
from schemas.codec import DecodeError, Encoded
from schemas.events import Event
from schemas.examples import load
from schemas.ids import event_id
from schemas.topics import BY_NAME, TOPICS, topic_of

LARGE = 1_000_000
FRAMES = 200, 4
"""Bytes that a record and its batch cost, and that a header costs, at most."""

FULL = ("large", "large key")
"""Kinds that fill a record: as dead letters they fit, with a history they do not fit back into their topic."""

Headers = list[tuple[str, bytes]]
CONSUMED = tuple(topic.name for topic in TOPICS if topic.consumers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """One bad record."""

    name: str
    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def reason(self) -> str:
        """The code it must be buried for; empty where it is an event, or a tombstone that says nothing."""
        if self.value is None and BY_NAME[self.topic].compacted:
            return ""
        try:
            codec.decode(self.topic, self.key, self.value, self.headers)
        except DecodeError as exc:
            return exc.code
        return ""


def neighbours(topic: str) -> tuple[Event, Event]:
    """Return a valid event of a topic, and the same said once more under another id."""
    first = next(each.event for each in load() if topic_of(type(each.event)) == topic)
    after = event_id("after", first.event_id)
    return first, replace(first, event_id=after, causation_id=event_id("cause of", after))


def poisons(topic: str, *, seed: int) -> list[Poison]:
    """Return one poison of each kind, but what happens to be an event or a tombstone, and what no broker takes: no key where it compacts."""
    chance = random.Random(f"{topic} {seed}")
    valid = codec.encode(neighbours(topic)[0], source="/test")
    other = codec.encode(neighbours(chance.choice([each for each in CONSUMED if each != topic]))[0], source="/test")
    made = [
        Poison(name=name, topic=topic, key=key, value=value, headers=headers)
        for name, key, value, headers in (
            *_values(valid, other, chance),
            *_keys(valid, chance),
            *_headers(valid, chance),
        )
    ]
    return [each for each in made if each.reason and (each.key is not None or not BY_NAME[topic].compacted)]


Row = tuple[str, bytes | None, bytes | None, Headers]


def _filling(topic: str, other: bytes, headers: Headers) -> int:
    """Return how many bytes fill a record of a topic: what a burial, or a history, adds does not fit any more."""
    rest = sum(len(name) + len(value) + FRAMES[1] for name, value in headers) + len(other)
    return int(BY_NAME[topic].config["max.message.bytes"]) - FRAMES[0] - rest


def _values(valid: Encoded, other: Encoded, chance: random.Random) -> Iterator[Row]:
    key, value, headers = valid.key, valid.value, list(valid.headers)
    yield "random", key, chance.randbytes(chance.randint(1, 400)), headers
    yield "null", key, None, headers
    yield "empty", key, b"", headers
    yield "zeros", key, bytes(LARGE), headers
    yield "large", key, chance.randbytes(_filling(valid.topic, key, headers)), headers
    yield "schema 0", key, bytes(5) + value[5:], headers
    yield "schema of a registry", key, b"\0\0\0\0\x11" + value[5:], headers
    yield "largest schema", key, b"\0\xff\xff\xff\xff" + value[5:], headers
    yield "of another topic", key, other.value, headers
    yield "frame alone", key, value[:5], headers
    yield "cut", key, value[: chance.randint(6, len(value) - 1)], headers
    yield "longer", key, value + b"\0", headers
    yield "a list without end", key, value[:5] + b"\xfe\xff\xff\xff\x0f" * 40, headers
    yield "lists in lists", key, value[:5] + b"\x02" * 200_000, headers
    yield "negative lengths", key, value[:5] + b"\x01" * 2_000, headers
    mutated = bytearray(value)
    for _ in range(4):
        mutated[chance.randrange(5, len(mutated))] = chance.randrange(256)
    yield "mutated", key, bytes(mutated), headers


def _keys(valid: Encoded, chance: random.Random) -> Iterator[Row]:
    value, headers = valid.value, list(valid.headers)
    yield "no key", None, value, headers
    yield "empty key", b"", value, headers
    yield "wrong key", b"somebody else", value, headers
    yield "key that is no text", b"\xff\xfe\x00", value, headers
    yield "large key", chance.randbytes(_filling(valid.topic, value, headers)), value, headers


def _headers(valid: Encoded, chance: random.Random) -> Iterator[Row]:
    key, value, headers = valid.key, valid.value, list(valid.headers)

    def but(name: str, text: bytes | None) -> Headers:
        rest = [each for each in headers if each[0] != name]
        return rest if text is None else [*rest, (name, text)]

    yield "no headers", key, value, []
    yield "no id", key, value, but("ce_id", None)
    yield "empty id", key, value, but("ce_id", b"")
    yield "id that is no text", key, value, but("ce_id", b"\xff\xfe")
    yield "no recorded time", key, value, but("ce_recordedtime", None)
    yield "time without offset", key, value, but("ce_time", b"2026-11-23T08:00:00")
    yield "no time", key, value, but("ce_time", "hôm qua, Nguyễn Văn A".encode())
    yield "time out of range", key, value, but("ce_recordedtime", b"0001-01-01T00:00:00+23:59")
    yield "large header", key, b"\7", [*headers, ("x", chance.randbytes(LARGE))]
    yield "many headers", key, b"\7", [*headers, *((f"x{number}", b"") for number in range(5_000))]
    yield "forged history", key, b"\7", [*headers, ("__dlq.replays.count", b"7"), ("__dlq.errors.topic", b"reference")]
