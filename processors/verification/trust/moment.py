"""As of when a certificate is judged."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

HERE = timezone(timedelta(hours=7))
"""Vietnam has one zone and no summer time; policies are dated in it."""

CLOCK_SKEW = timedelta(minutes=5)
"""How far a time-stamp, or a response in a document, may lie after our receipt (domain §2.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """As of when a certificate is judged."""

    best: datetime
    """Best signature time: a trusted time-stamp, else the receipt."""

    receipt: datetime
    """When the axis took the document: revocation data must be fresh by then."""

    crl_grace: timedelta
    stamped: bool = False
    """`best` comes from a time-stamp."""

    sha1: bool = False
    """`best` lies before the day that the policy names for SHA-1: certificates may be signed with it."""
