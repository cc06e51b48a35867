"""As of when a certificate is judged."""

from dataclasses import dataclass
from datetime import datetime, timedelta


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
