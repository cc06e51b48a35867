"""From a file in `work/` to its answer: read it, and keep its bytes if they may be kept."""

import hashlib
import os
import stat
from pathlib import Path

from connectors.intake import answers
from connectors.intake.answers import Answer
from connectors.intake.taking import Taken
from connectors.receipts import note_digest
from infra.content import CHUNK, ContentStore
from infra.kafka.crashpoint import CrashPoints
from schemas.edxml import DocumentPacket, Limits, Refusal, read_packet
from schemas.events import ContentRef
from schemas.reference import Reference

DIGESTED_BYTES = 1024 * 1024 * 1024
"""Of a file that is too large only so much is read: its digest then names the beginning, and the size is said beside it."""


class StillWrittenError(OSError):
    """The file changed while it was read: its client has not closed it yet."""


def answer_to(
    taken: Taken, *, content: ContentStore, limits: Limits, reference: Reference, crash: CrashPoints
) -> Answer:
    """Read a file and store it, unless it is refused; raise OSError (also FileNotFoundError, where another intake was quicker)."""
    found = taken.path.lstat()
    if not stat.S_ISREG(found.st_mode):
        return answers.no_file(taken)
    if found.st_size > limits.packet_bytes:
        refused = too_large(taken.path, found.st_size, limits)
        _require_unchanged(taken.path, found)
        return answers.refusal(taken, refused)
    packet = read_packet(taken.path, limits=limits, now=taken.moment, secrecy=reference.secrecy)
    if isinstance(packet, Refusal):
        _require_unchanged(taken.path, found)
        return answers.refusal(taken, packet)
    stored = _store(taken.path, packet.sha256, content)
    note_digest(taken.door, stored.sha256, taken.name)
    crash("stored")
    if isinstance(packet, DocumentPacket):
        return answers.document(taken, packet, stored, reference)
    return answers.status(taken, packet, stored, reference)


def _require_unchanged(path: Path, before: os.stat_result) -> None:
    """Raise `StillWrittenError` for a file that its client still writes: copied in place, not renamed into it."""
    after = path.lstat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StillWrittenError("the file changed while it was read")


def broken(path: Path) -> Refusal:
    """Return the refusal of a file on which the reader itself breaks."""
    size, sha256 = path.lstat().st_size, digest(path)
    return Refusal(code="INTERNAL_ERROR", element="", detail="", document_id="", sender="", sha256=sha256, size=size)


def too_large(path: Path, size: int, limits: Limits) -> Refusal:
    """Return the refusal of a file that is larger than a packet may be; only its digest is read."""
    detail = f"{size:,} byte, tối đa {limits.packet_bytes:,}".replace(",", ".")
    sha256 = digest(path)
    return Refusal(
        code="RESOURCE_LIMIT", element="", detail=detail, document_id="", sender="", sha256=sha256, size=size
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file (of its first `DIGESTED_BYTES`), in bounded memory; a link is not followed."""
    found, left = hashlib.sha256(), DIGESTED_BYTES
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:  # noqa: PTH123 - a descriptor, not a path
        while left and (chunk := stream.read(min(CHUNK, left))):
            found.update(chunk)
            left -= len(chunk)
    return found.hexdigest()


def _store(path: Path, sha256: str, content: ContentStore) -> ContentRef:
    with path.open("rb") as stream:
        stored = content.put(stream, answers.MEDIA_TYPE)
    if stored.sha256 != sha256:
        raise StillWrittenError("the file changed while it was read")
    return stored
