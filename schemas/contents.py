"""What stands for all files of a packet together, so that the same ones are known again under another document id (issue: duplicates for ever)."""

import hashlib
from collections.abc import Iterable


def contents_of(digests: Iterable[str]) -> str:
    """Return one SHA-256 (lower-case hex) for the SHA-256 of every attached file: a lone file's own, else over all of them, whatever their order.

    Names and the envelope say nothing here: a document that is sent again under another number has other ones.
    """
    every = sorted(digests)
    return every[0] if len(every) == 1 else hashlib.sha256("\n".join(every).encode()).hexdigest() if every else ""
