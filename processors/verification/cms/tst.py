"""The statement inside a time-stamp token (TSTInfo, RFC 3161 §2.4.2)."""

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import tsp
from cryptography.hazmat import asn1

from processors.verification.cms.ess import DIGESTS
from processors.verification.cms.structures import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class StampStatement:
    """What a time-stamping authority says: these bytes existed at that moment."""

    made_at: datetime
    imprint_digest: str
    """As `hashlib` names it."""

    imprint: bytes


def read_statement(der: bytes) -> StampStatement:
    """Read a TSTInfo; raises ValueError, or what asn1crypto raises, where it is none."""
    try:
        read = asn1.decode_der(Statement, der)
    except (ValueError, OverflowError):
        return _generally(der)
    name = DIGESTS.get(read.imprint.algorithm.algorithm.dotted_string)
    if name is None:
        return _generally(der)
    return StampStatement(made_at=read.made_at.as_datetime(), imprint_digest=name, imprint=read.imprint.value)


def _generally(der: bytes) -> StampStatement:
    read = tsp.TSTInfo.load(der, strict=True)
    imprint = read["message_imprint"]
    return StampStatement(
        made_at=read["gen_time"].native,
        imprint_digest=str(imprint["hash_algorithm"]["algorithm"].native),
        imprint=imprint["hashed_message"].native,
    )
