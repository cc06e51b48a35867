"""Making a dead letter: the original key, value and headers, untouched, plus where it lay, who could not take it and why.

The first six headers are those a Kafka broker or Connect would write; the others are ours.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from traceback import extract_tb

from infra.kafka.records import Message, Raw, Record, Where
from schemas.codec import DecodeError
from schemas.topics import DEAD_LETTER

PREFIX = "__dlq.errors."
NAMES = frozenset(
    PREFIX + name
    for name in (
        "topic", "partition", "offset", "group", "delivery.count", "message", "exception", "stage", "reason", "timestamp",
        "left",
    )
)  # fmt: skip
"""Every header that a burial puts behind the record's own."""

MAX_CARRIED = 8 * 1024 * 1024
"""Bytes that a dead letter still carries of a record; what is too much stays where it lies, named by size and SHA-256.

A topic's limit holds for compressed batches, so a record may be far larger than the limit says. `dead-letter` takes this and the
burial's own headers uncompressed (`max.message.bytes` in topics.yaml).
"""

MAX_SAID = 300
"""Characters of a fault's message: what stands in a record must not come through it at length."""

ROOT = Path(__file__).resolve().parent.parent.parent
BUG = "INTERNAL_ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a record can go no further."""

    reason: str
    """A code of `schemas.reasons`."""

    exception: str
    """Class name."""

    message: str
    """For operators; never contents: a bug is named by its place in the code, not by what it said."""


def fault_of(exc: Exception) -> Fault:
    """Return the fault an exception stands for."""
    name = type(exc).__name__
    if isinstance(exc, DecodeError):
        return Fault(reason=exc.code, exception=name, message=str(exc)[:MAX_SAID])
    return Fault(reason=BUG, exception=name, message=f"{name} in {_place(exc)}")


def _place(exc: Exception) -> str:
    """Name the innermost line of our own code."""
    ours = "unknown"
    for frame in extract_tb(exc.__traceback__):
        file = Path(frame.filename)
        if file.is_relative_to(ROOT) and "site-packages" not in file.parts:
            ours = f"{file.relative_to(ROOT)}:{frame.lineno}"
    return ours


def bury(record: Raw, where: Where, fault: Fault, *, app: str, group: str, now: datetime) -> Message:
    """Return the dead letter of a record that `app` could not take."""
    carried, left = _carried(record)
    said = {
        "topic": where.topic,
        "partition": str(where.partition),
        "offset": str(record.offset),
        "group": group,
        "delivery.count": "1",
        "message": fault.message,
        "exception": fault.exception,
        "stage": app,
        "reason": fault.reason,
        "timestamp": now.isoformat(),
    }
    if left:
        said["left"] = ", ".join(left)
    headers = [*carried.headers, *((PREFIX + name, text.encode("utf-8", "replace")) for name, text in said.items())]
    return Message(DEAD_LETTER, carried.key, carried.value, headers, fault.reason)


def _carried(record: Raw) -> tuple[Record, list[str]]:
    """Return what a dead letter carries of a record, and what it leaves: the largest parts first, until the rest fits."""
    size = {
        "value": len(record.value or b""),
        "key": len(record.key or b""),
        "headers": sum(len(name.encode()) + len(value or b"") for name, value in record.headers),
    }
    left: list[str] = []
    while sum(size.values()) > MAX_CARRIED:
        largest = max(size, key=lambda part: size[part])
        left.append(f"{largest} {size.pop(largest)} bytes")
    if "value" not in size:
        left.append(f"sha256 of the value {hashlib.sha256(record.value or b'').hexdigest()}")
    return Record(
        record.offset,
        record.key if "key" in size else None,
        record.value if "value" in size else None,
        list(record.headers) if "headers" in size else [],
    ), left
