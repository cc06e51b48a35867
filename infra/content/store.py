"""What a content store is, whatever lies below it, and how it says that it cannot."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from infra.errors import EnvironmentFaultError
from schemas.events import ContentRef

CHUNK = 1024 * 1024


class ContentError(EnvironmentFaultError):
    """The store cannot give what is asked; `code` is a stable reason."""

    code = "CONTENT_ERROR"


class ContentMissingError(ContentError):
    """Nothing lies under this SHA-256."""

    code = "CONTENT_MISSING"


class ContentCorruptError(ContentError):
    """What lies there has another SHA-256, or is larger than it may be."""

    code = "CONTENT_CORRUPT"


class ContentAwayError(EnvironmentFaultError, OSError):
    """The store does not answer, or lets us not in: it says nothing about any content.

    An `OSError`, as a full or broken disk is one: whoever waits for those, or ends by them, does the same here.
    """

    code = "CONTENT_ERROR"


class ContentStore(Protocol):
    """Where bytes lie under their SHA-256. Any call may raise `OSError`: no room, or the store is away (`ContentAwayError`)."""

    def put(self, content: Iterable[bytes] | BinaryIO, media_type: str) -> ContentRef:
        """Store the bytes durably, in constant memory; storing what is there already changes nothing."""

    def read(self, sha256: str, *, limit: int | None = None) -> bytes:
        """Return the bytes (at most `limit`), verified; raise `ContentError`."""

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield what lies there, in constant memory and not verified: who takes it hashes it; raise `ContentMissingError`."""

    def lend(self, sha256: str) -> AbstractContextManager[Path]:
        """Give a readable file that holds the bytes, as long as the block lasts; raise `ContentError`."""

    def exists(self, sha256: str) -> bool:
        """Tell whether something lies under this SHA-256."""


def require_name(sha256: str) -> str:
    """Return the name if it is one, so that no id becomes a path; else raise `ContentMissingError`."""
    if len(sha256) != 64 or not all(char in "0123456789abcdef" for char in sha256):  # noqa: PLR2004 - hex digits of SHA-256
        raise ContentMissingError("not a SHA-256")
    return sha256


def in_pieces(content: Iterable[bytes] | BinaryIO) -> Iterable[bytes]:
    """Yield pieces: iterating a file would give lines, and the base64 of a packet may be one line."""
    read = getattr(content, "read", None)
    return content if read is None else iter(lambda: read(CHUNK), b"")


def chunks_of(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in pieces."""
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            yield chunk
