"""The content store: bytes under their SHA-256, written once, verified when read (claim check; packets never travel in Kafka).

A folder, or a bucket that speaks S3; `LIENTHONG_CONTENT` says which, and nobody else needs to know.
"""

from infra.content.folder import DirectoryStore
from infra.content.store import (
    CHUNK,
    ContentAwayError,
    ContentCorruptError,
    ContentError,
    ContentMissingError,
    ContentStore,
    chunks_of,
)
from infra.settings import Settings

__all__ = [
    "CHUNK", "ContentAwayError", "ContentCorruptError", "ContentError", "ContentMissingError", "ContentStore", "DirectoryStore",
    "chunks_of", "open_content",
]  # fmt: skip


def open_content(settings: Settings) -> ContentStore:
    """Return the store the settings name; nothing is asked of it yet."""
    if not settings.content_is_bucket:
        return DirectoryStore(settings.content_folder)
    from infra.content.bucket import open_bucket  # noqa: PLC0415 - most axes have a folder: they need not load the library

    return open_bucket(settings)
