"""What every signature of a document is judged by."""

from dataclasses import dataclass
from datetime import datetime

from processors.verification.trust import TrustStore
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
