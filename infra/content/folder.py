"""The content store in a folder of this machine, or of one that all machines mount."""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from infra.content.store import ContentCorruptError, ContentMissingError, chunks_of, in_pieces, require_name
from infra.durable import sync_folder
from schemas.events import ContentRef


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
                for chunk in in_pieces(content):
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

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """Yield the file as it lies there."""
        try:
            yield from chunks_of(self.path(sha256))
        except FileNotFoundError:
            raise ContentMissingError(sha256) from None

    @contextmanager
    def lend(self, sha256: str) -> Iterator[Path]:
        """Give the file itself; who judges it hashes it."""
        path = self.path(sha256)
        if not path.exists():
            raise ContentMissingError(sha256)
        yield path

    def path(self, sha256: str) -> Path:
        """Return where the bytes lie; the name is checked, so that no id becomes a path."""
        return self._folder / require_name(sha256)[:2] / sha256

    def exists(self, sha256: str) -> bool:
        """Tell whether something lies under this SHA-256."""
        return self.path(sha256).exists()
