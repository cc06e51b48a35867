"""Making a dead letter: the original key, value and headers, untouched, plus where it lay, who could not take it and why.

The first six headers are those a Kafka broker or Connect would write; the others are ours.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from traceback import extract_tb

from infra.kafka.records import Message, Raw, Where
from schemas.codec import DecodeError
from schemas.topics import DEAD_LETTER

PREFIX = "__dlq.errors."
MAX_CARRIED = 8 * 1024 * 1024
"""Bytes of a value that a dead letter still carries; a larger one stays where it lies, named by its SHA-256."""

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
        return Fault(reason=exc.code, exception=name, message=str(exc))
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
    carried = record.value
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
    if carried is not None and len(carried) > MAX_CARRIED:
        said["left"] = f"{len(carried)} bytes, sha256 {hashlib.sha256(carried).hexdigest()}"
        carried = None
    headers = [*record.headers, *((PREFIX + name, text.encode()) for name, text in said.items())]
    return Message(DEAD_LETTER, record.key, carried, headers, fault.reason)
