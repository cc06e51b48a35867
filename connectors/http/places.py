"""A position in the feed: how far somebody is with each partition of each topic, as one opaque text.

The register may hear the topics in any order, so one number cannot say what was read; offsets can, and they are the same
after the register was made anew.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping

from connectors.http.fields import malformed
from schemas.topics import PARTITIONS, TOPICS

UNTOLD = frozenset({"reference", "dead-letter", "notify.attempted", "operator.acted", "document.related"})
"""Of the operator, or about somebody else's document."""

FEED = tuple(topic.name for topic in TOPICS if topic.name not in UNTOLD)
MOST = 16_384
"""Bytes of an unpacked position."""

Place = tuple[str, int]
Places = dict[Place, int]
"""(topic, partition) -> offset of the last record that was told."""


def write(places: Mapping[Place, int]) -> str:
    """Return a position as text: URL-safe, and fit for a header."""
    rows = ",".join(f"{topic}:{partition}:{offset}" for (topic, partition), offset in sorted(places.items()))
    return base64.urlsafe_b64encode(zlib.compress(rows.encode(), 9)).decode().rstrip("=")


def read(text: str, element: str) -> Places:
    """Return what was written; an empty text is the beginning. Raise `RefusedError`."""
    if not text:
        return {}
    try:
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        opening = zlib.decompressobj()
        rows = opening.decompress(packed, MOST).decode("ascii")
        if not opening.eof:
            raise malformed(element)
        return dict(_place(row) for row in rows.split(",") if row)
    except (ValueError, binascii.Error, zlib.error):
        raise malformed(element) from None


def _place(row: str) -> tuple[Place, int]:
    topic, partition, offset = row.split(":")
    if topic not in FEED or not 0 <= int(partition) < PARTITIONS or not 0 <= int(offset) < 2**62:
        raise ValueError(row)
    return (topic, int(partition)), int(offset)
