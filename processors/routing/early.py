"""Recalls that overtake their document: the document waits for a revocation list, or its record is read later than theirs.

Such a recall is refused, for nothing was carried that it could recall; but what was handed over before it is recalled as soon as
it is sent. What is handed over after it under the same id is another try, and is not meant.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from processors.routing.memory import Document
from schemas.events import DocumentSigned
from schemas.keeping import keep, kept

SOURCE = "/lienthong/router/early"
MAX_EARLY = 5
"""Recalls kept of one document id: they all ask for the same."""


def with_early(recall: DocumentSigned, document: Document) -> Document:
    """Return the document with one more recall that came before it; the same bytes once."""
    others = [each for each in document.early_recalls if kept(each, DocumentSigned).content != recall.content]
    return replace(document, early_recalls=(*others, keep(recall, source=SOURCE))[-MAX_EARLY:])


def without_early(document: Document) -> Document:
    """Return the document once its early recalls had their effect."""
    return replace(document, early_recalls=())


def early_recalls(document: Document, *, handed_over_by: datetime) -> Iterator[DocumentSigned]:
    """Yield the recalls that concern what was handed over by that moment."""
    for each in document.early_recalls:
        recall = kept(each, DocumentSigned)
        if recall.submitted_at >= handed_over_by:
            yield recall
