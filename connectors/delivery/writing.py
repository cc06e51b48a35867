"""Writing what goes into an inbox; when it returns, the bytes survive a power cut."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from infra.content import ContentCorruptError, ContentStore
from schemas.events import ContentRef

Write = Callable[[Path], None]
"""Writes a file and waits for the disk."""


def copy_of(content: ContentRef, store: ContentStore) -> Write:
    """Return what copies a packet out of the store, checking its digest; it raises `ContentError`.

    A copy, never a link: the recipient may change what lies in its inbox.
    """

    def write(file: Path) -> None:
        digest, size = hashlib.sha256(), 0
        with file.open("wb") as out:
            for chunk in store.pieces(content.sha256):
                digest.update(chunk)
                size += len(chunk)
                if size > content.size:
                    break
                out.write(chunk)
            if size != content.size or digest.hexdigest() != content.sha256:
                raise ContentCorruptError(content.sha256)
            out.flush()
            os.fsync(out.fileno())

    return write


def written(text: bytes) -> Write:
    """Return what writes these bytes."""

    def write(file: Path) -> None:
        with file.open("wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())

    return write
