"""Does a recipient still need paper? A signed e-document on the pilot list goes without (QĐ 28/2018/QĐ-TTg, CV 2887/VPCP-KSTT annex II)."""

from dataclasses import dataclass

from schemas.events import Envelope
from schemas.reference import Reference


@dataclass(frozen=True, slots=True)
class Paper:
    """The decision, and why."""

    needed: bool
    why: str
    """`pilot_list`, `not_on_pilot_list`, `type_unknown`, `types_unpublished`, or `unsigned` (for information only)."""


def paper_of(envelope: Envelope, reference: Reference, *, signatures: int | None = None) -> Paper:
    """Decide by the document's type; `signatures`: how many were found, None where nobody looked."""
    if signatures == 0:
        return Paper(needed=True, why="unsigned")
    if reference.document_types is None:
        return Paper(needed=True, why="types_unpublished")
    kind = reference.document_types.find(envelope.type_code, envelope.type_name)
    if kind is None:
        return Paper(needed=True, why="type_unknown")
    return Paper(needed=not kind.without_paper, why="pilot_list" if kind.without_paper else "not_on_pilot_list")
