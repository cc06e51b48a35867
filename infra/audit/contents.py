"""The content store: every byte that an event refers to is there, and is what its name says."""

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from infra.audit.law import Findings, found
from infra.audit.log import Where
from infra.content import ContentAwayError, ContentError, ContentStore, open_content
from infra.settings import Settings

READERS = 4
"""Files that are read at once: hashing lets other threads work, and a disk likes company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was looked at."""

    number: int = 0
    """Contents that are referred to."""

    size: int = 0
    """Bytes that were hashed."""

    findings: Findings = field(default_factory=Findings)

    def __add__(self, other: "Checked") -> "Checked":
        """Return both."""
        return Checked(
            number=self.number + other.number, size=self.size + other.size, findings=self.findings + other.findings
        )


def check(contents: Mapping[str, Where], settings: Settings, *, look: bool = True) -> Checked:
    """Hash every content (SHA-256 -> who refers to it); without `look` only count them. Raise `ContentAwayError`: nothing can be said."""
    if not look:
        return Checked(number=len(contents))
    store = open_content(settings)
    missing, wrong, size = [], [], 0
    with ThreadPoolExecutor(READERS, "contents") as readers:
        for (sha256, where), (digest, length) in zip(
            contents.items(), readers.map(lambda each: _digest(store, each), contents), strict=True
        ):
            size += length
            if not digest:
                missing.append(f"content {sha256} ({where}): not in the content store")
            elif digest != sha256:
                wrong.append(f"content {sha256} ({where}): the stored bytes have another hash")
    return Checked(number=len(contents), size=size, findings=found("content", lost=missing, unexplained=wrong))


def _digest(store: ContentStore, sha256: str) -> tuple[str, int]:
    """Return the hash and length of what is stored; an empty hash where nothing can be read. A store that is away is no lost content."""
    try:
        return _hash_of(store.pieces(sha256))
    except ContentAwayError:
        raise
    except (ContentError, OSError):
        return "", 0


def _hash_of(pieces: Iterable[bytes]) -> tuple[str, int]:
    digest, length = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        length += len(piece)
    return digest.hexdigest(), length
