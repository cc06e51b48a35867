"""The row of a document that waits: its submission as it came over the log, so that a later try needs nothing else."""

from schemas.events import DocumentSubmitted
from schemas.keeping import keep, kept

PREFIX = "held:"
SOURCE = "/lienthong/verifier/held"


def verdict_row(document_key: str, digest: str) -> str:
    """Name the row of what was decided."""
    return f"verdict:{document_key}:{digest}"


def held_row(document_key: str, digest: str) -> str:
    """Name the row of a document that waits."""
    return f"{PREFIX}{document_key}:{digest}"


def verdict_row_of(held: str) -> str:
    """Name the verdict row that belongs to a waiting row."""
    return "verdict:" + held.removeprefix(PREFIX)


def dump(submitted: DocumentSubmitted) -> bytes:
    """Return the waiting row's value."""
    return keep(submitted, source=SOURCE).encode()


def load(value: bytes) -> DocumentSubmitted:
    """Read a waiting row's value."""
    return kept(value, DocumentSubmitted)
