"""Dead letters as people look at them: where each came from, which step could not take it, and why."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.kafka.history import History, Place, history_of
from infra.kafka.tail import Record, read_all
from infra.settings import Settings
from schemas.reasons import REASONS, sentence_vi
from schemas.topics import DEAD_LETTER

PREFIX = "__dlq.errors."
DIGEST_BYTES = 16
KEY = re.compile(rb"[0-9a-f]{32}")
"""A document key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message that no step could take, at one try."""

    id: str
    """Its own place, topic-partition-offset: the same message may have failed in several steps."""

    topic: str
    """With partition and offset: the message as it was read at this try."""

    partition: int
    offset: int
    stage: str
    reason: str
    """A code of `schemas.reasons`."""

    sentence: str
    at: datetime | None
    document_key: str
    """The document it belongs to, where its headers say one."""

    left: str
    """What was too large to be carried and stays where it lies; empty: all is here."""

    history: History | None
    """What it says of earlier tries; believed only where the first try is on the log too (`infra.letters.cases`)."""

    digest: bytes
    """Of the original key and value: a replay is the same bytes."""

    record: Record
    """Original key, value and headers, untouched."""

    @property
    def place(self) -> Place:
        """Where the message was read at this try."""
        return Place(self.topic, self.partition, self.offset)


def read_dead_letters(settings: Settings) -> Iterator[DeadLetter]:
    """Yield all dead letters, partition by partition in order."""
    for record in read_all(settings, [DEAD_LETTER]):
        yield dead_letter(record)


def dead_letter(record: Record) -> DeadLetter:
    """Read a dead letter's headers; what is missing or unreadable stays empty, so that every one can be listed."""
    said = {
        name.removeprefix(PREFIX): (value or b"").decode("utf-8", "replace")
        for name, value in record.headers
        if name.startswith(PREFIX)
    }
    reason = said.get("reason", "")
    return DeadLetter(
        id=f"{record.topic}-{record.partition}-{record.offset}",
        topic=said.get("topic", ""),
        partition=_number(said.get("partition")),
        offset=_number(said.get("offset")),
        stage=said.get("stage", ""),
        reason=reason,
        sentence=sentence_vi(reason, detail=said.get("message")) if reason in REASONS else said.get("message", ""),
        at=_moment(said.get("timestamp", "")),
        document_key=_document_key(record),
        left=said.get("left", ""),
        history=history_of(record.headers),
        digest=_digest(record.key, record.value),
        record=record,
    )


def _document_key(record: Record) -> str:
    said = [value for name, value in record.headers if name == "ce_correlationid"]
    return next((value.decode() for value in said if value and KEY.fullmatch(value)), "")


def _digest(key: bytes | None, value: bytes | None) -> bytes:
    """Return one digest of both; an absent one differs from an empty one."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    for part in (key, value):
        digest.update(b"-" if part is None else b"%d:" % len(part) + part)
    return digest.digest()


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else -1


def _moment(text: str) -> datetime | None:
    """Read ISO 8601 with an offset, or milliseconds since 1970."""
    try:
        found = datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdigit() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
