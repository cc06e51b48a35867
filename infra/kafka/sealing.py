"""Making an event ready to be written: stamped with the axis' clock, encoded, and small enough for the broker."""

from datetime import datetime

from infra.clock import Clock
from infra.kafka.records import Message
from schemas import codec
from schemas.events import Event

ROOM_FOR_HEADERS = 16 * 1024
"""Bytes of a record that are not its value: key, headers, frame."""


def seal(event: Event, *, app: str, clock: Clock, now: datetime | None = None) -> Message:
    """Return the message; raise ValueError for an event that no record can hold."""
    stamp = now or clock.now()
    encoded = codec.encode(event, source=f"/lienthong/{app}", simulated=clock.simulated, recorded_at=stamp)
    if len(encoded.value) > codec.MAX_VALUE - ROOM_FOR_HEADERS:
        raise ValueError(f"{type(event).__name__}: {len(encoded.value)} bytes do not fit into a record")
    return Message(encoded.topic, encoded.key, encoded.value, encoded.headers, type(event).__name__)
