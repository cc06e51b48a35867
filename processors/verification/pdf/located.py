"""A signature as a lane found it in a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from processors.verification.defects import Finding
from processors.verification.pdf.byteranges import SignedRange
from processors.verification.trust.responses import NONE, Responses

DOCUMENT_STAMP = "ETSI.RFC3161"
"""SubFilter of a time-stamp over the document (PAdES)."""


class Coverage(StrEnum):
    """How much of the file a signature covers."""

    ENTIRE_FILE = "entire_file"
    ENTIRE_REVISION = "entire_revision"
    PARTIAL = "partial"


class Modification(StrEnum):
    """What came after a signature: a state of its own, neither valid nor invalid."""

    NONE = "none"
    SIGNATURES = "signatures"
    """More signatures, time-stamps or revocation data."""

    OTHER = "other"
    NOT_JUDGED = "not_judged"


class Located(Protocol):
    """One signature value, wherever a lane found it; what it cannot read it raises, for `border.guarded`."""

    @property
    def name(self) -> str:
        """Fully qualified name of the field."""

    @property
    def subfilter(self) -> str:
        """SubFilter without its slash."""

    @property
    def claimed_at(self) -> datetime | None:
        """/M: where PAdES puts the signer's claim; None where there is none that can be read."""

    def covered(self) -> SignedRange | None:
        """Return the range of the raw file that the dictionary names, if its /Contents is the string in the gap."""

    def coverage(self, covered: SignedRange) -> Coverage:
        """Say how much of the file the range covers."""

    def modification(self, covered: SignedRange) -> Modification:
        """Say what came after the revision that the range covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """All that a lane found in a file."""

    located: Sequence[Located]
    finding: Finding = field(default_factory=Finding)
    """How the file could be read."""

    lane: str = ""
    """`strict` or `general`."""

    responses: Responses = NONE
    """OCSP responses that the file brings."""
