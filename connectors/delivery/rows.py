"""What delivery remembers, as rows of the partition.

`delivery:<id>`  where it goes and what became of each dispatch; kept, for statuses come weeks later and a log repeats itself
`open:<id>`      offered and not yet received; looked after once a second
`early:<id>`     statuses that were read before their dispatch (topics have no order among each other)
`retry:…`, `blocked:…`   an event whose effect must be tried again: the outside is away, or no endpoint can be served

All are JSON with sorted keys, so that a replay writes the same bytes.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from schemas import codec
from schemas.events import DocumentDispatched, Event

OPEN = "open:"
RETRY, BLOCKED = "retry:", "blocked:"

WAITING, OFFERED, SUPERSEDED, RECALLED = "waiting", "offered", "superseded", "recalled"
"""What became of a dispatch with bytes: not offered yet; in the inbox or taken; never offered, for a later one or a recall came."""

RECALLING, DONE = "recalling", "done"
"""What became of a recall."""


def delivery_row(delivery_id: str) -> str:
    """Name the row of a delivery."""
    return f"delivery:{delivery_id}"


def open_row(delivery_id: str) -> str:
    """Name the row of an offer that waits to be taken."""
    return f"{OPEN}{delivery_id}"


def early_row(delivery_id: str) -> str:
    """Name the row of statuses that came before their dispatch."""
    return f"early:{delivery_id}"


def errand_row(prefix: str, event: Event, errand: str) -> str:
    """Name the row of an effect that is to be tried again."""
    return f"{prefix}{event.key}:{errand}:{event.event_id}"


def errand_of(row: str) -> tuple[str, str]:
    """Return (key of the event, errand) of such a row's name."""
    key, errand, _event_id = row.partition(":")[2].rsplit(":", 2)
    return key, errand


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One (document, recipient)."""

    document_key: str
    document_id: str
    sender: str
    recipient: str
    sha256: str
    """Of the newest dispatch that brings bytes."""

    address: str = ""
    """Of the folder endpoint where it was offered last; empty: never yet."""

    mark: str = ""
    """Of the offer there."""

    dispatches: Mapping[str, str] = field(default_factory=dict)
    """Event id -> what became of it."""

    @classmethod
    def of(cls, event: DocumentDispatched) -> "Delivery":
        """Return a delivery of which nothing is known yet."""
        return cls(
            document_key=event.document_key,
            document_id=event.document_id,
            sender=event.sender,
            recipient=event.recipient,
            sha256=event.content.sha256,
        )

    @classmethod
    def load(cls, row: bytes | None) -> "Delivery | None":
        """Read `delivery:<id>`."""
        return None if row is None else cls(**json.loads(row))

    def dump(self) -> bytes:
        """Write `delivery:<id>`."""
        return _json(_fields(self))

    def became(self, event_id: str, state: str, *, others: str = "") -> "Delivery":
        """Return the delivery with a dispatch in a state; `others` is what becomes of those that still wait."""
        waiting = {other: others for other, each in self.dispatches.items() if others and each == WAITING}
        return replace(self, dispatches={**self.dispatches, **waiting, event_id: state})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A packet in an inbox, not yet received."""

    dispatch: str
    """Event id."""

    document_key: str
    document_id: str
    sender: str
    recipient: str
    sha256: str
    endpoint: str
    address: str
    mark: str
    noticed: str = ""
    """How it was seen to be received; empty: not yet."""

    noticed_at: str = ""
    """When; also the row's due moment."""

    @classmethod
    def load(cls, row: bytes | None) -> "Offer | None":
        """Read `open:<id>`."""
        return None if row is None else cls(**json.loads(row))

    def dump(self) -> bytes:
        """Write `open:<id>`."""
        return _json(_fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """An event whose effect is to be tried again."""

    event: Event
    tries: int

    @classmethod
    def load(cls, row: bytes) -> "Errand":
        """Read the row."""
        plain = json.loads(row)
        return cls(event=_event(plain["event"]), tries=plain["tries"])

    def dump(self) -> bytes:
        """Write the row."""
        return _json({"event": _plain(self.event), "tries": self.tries})


def load_events(row: bytes | None) -> tuple[Event, ...]:
    """Read `early:<id>`."""
    return tuple(_event(each) for each in json.loads(row or b"[]"))


def dump_events(events: Iterable[Event]) -> bytes:
    """Write `early:<id>`."""
    return _json([_plain(event) for event in events])


def _plain(event: Event) -> list[Any]:
    """Return an event as it lay on its topic: the one form that every version of the software can read."""
    encoded = codec.encode(event, source="/lienthong/deliver")
    headers = [[name, value.decode()] for name, value in encoded.headers]
    return [encoded.topic, encoded.key.decode(), base64.b64encode(encoded.value).decode(), headers]


def _event(plain: list[Any]) -> Event:
    topic, key, value, headers = plain
    return codec.decode(topic, key.encode(), base64.b64decode(value), [(name, text.encode()) for name, text in headers])


def _fields(value: Delivery | Offer) -> dict[str, Any]:
    """Return the fields as they are; `asdict` would copy each of them deeply."""
    return {name: getattr(value, name) for name in type(value).__slots__}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
