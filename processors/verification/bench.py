"""What every signature of a document is judged by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from processors.verification.cms.message import SignedMessage
from processors.verification.cms.reading import read_message
from processors.verification.trust.store import TrustStore
from schemas.reference import Reference
from schemas.reference.signature_policy import SignatureRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Reference data and moment of one judgement."""

    reference: Reference
    trust: TrustStore
    rule: SignatureRule
    receipt: datetime
    """When the axis took the document."""

    thorough: bool = False
    """Analyse changes whatever trust says (`lienthong verify`); else only where all before it passed."""

    read: Callable[[bytes], SignedMessage] = read_message
    """Reads signed messages."""

    def compares(self, mark: bytes) -> bool:
        """Tell whether a file is one of those that both lanes judge; `mark`: bytes of it that no two files share."""
        policy = self.reference.signature_policy
        each = policy.compare_each if policy else 0
        return each > 0 and crc32(mark) % each == 0
