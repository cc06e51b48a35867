"""The content store: bytes under their SHA-256, written once, verified when read (claim check; packets never travel in Kafka)."""

import hashlib
import os
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Protocol

from infra.durable import sync_folder
from infra.errors import EnvironmentFaultError
from infra.settings import Settings
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


class ContentStore(Protocol):
    """Where bytes lie under their SHA-256."""

    def put(self, content: Iterable[bytes] | BinaryIO, media_type: str) -> ContentRef:
        """Store the bytes durably, in constant memory; storing what is there already changes nothing."""

    def read(self, sha256: str, *, limit: int | None = None) -> bytes:
        """Return the bytes, verified; raise `ContentError`."""

    def path(self, sha256: str) -> Path:
        """Return a readable file that holds the bytes."""

    def exists(self, sha256: str) -> bool:
        """Tell whether something lies under this SHA-256."""


class DirectoryStore:
    """`ab/abcd…` below one folder; complete files only (written beside, synced, renamed into place)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: Iterable[bytes] | BinaryIO, media_type: str) -> ContentRef:
        """Store the bytes in constant memory; when it returns, they survive a power cut."""
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        beside = incoming / f"{uuid.uuid4().hex}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with beside.open("wb") as out:
                for chunk in _in_pieces(content):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            self._place(beside, self.path(digest.hexdigest()), size)
        finally:
            beside.unlink(missing_ok=True)
        return ContentRef(sha256=digest.hexdigest(), size=size, media_type=media_type)

    def _place(self, beside: Path, final: Path, size: int) -> None:
        """Rename into place what is not there (or was cut short); wait for the folders also when another writer was quicker."""
        final.parent.mkdir(exist_ok=True)
        if not final.exists() or final.stat().st_size != size:
            beside.replace(final)
        sync_folder(final.parent)
        sync_folder(self._folder)

    def read(self, sha256: str, *, limit: int | None = None) -> bytes:
        """Return the bytes, verified against their name."""
        try:
            with self.path(sha256).open("rb") as content:
                found = content.read(-1 if limit is None else limit + 1)
        except FileNotFoundError:
            raise ContentMissingError(sha256) from None
        if limit is not None and len(found) > limit:
            raise ContentCorruptError(f"{sha256}: larger than {limit} bytes")
        if hashlib.sha256(found).hexdigest() != sha256:
            raise ContentCorruptError(sha256)
        return found

    def path(self, sha256: str) -> Path:
        """Return where the bytes lie; the name is checked, so that no id becomes a path."""
        if len(sha256) != 64 or not all(char in "0123456789abcdef" for char in sha256):  # noqa: PLR2004 - hex digits of SHA-256
            raise ContentMissingError("not a SHA-256")
        return self._folder / sha256[:2] / sha256

    def exists(self, sha256: str) -> bool:
        """Tell whether something lies under this SHA-256."""
        return self.path(sha256).exists()


def open_content(settings: Settings) -> DirectoryStore:
    """Return the store the settings name."""
    return DirectoryStore(settings.content_folder)


def _in_pieces(content: Iterable[bytes] | BinaryIO) -> Iterable[bytes]:
    """Yield pieces: iterating a file would give lines, and the base64 of a packet may be one line."""
    read = getattr(content, "read", None)
    return content if read is None else iter(lambda: read(CHUNK), b"")


def chunks_of(path: Path) -> Iterable[bytes]:
    """Yield a file's bytes in pieces."""
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            yield chunk
