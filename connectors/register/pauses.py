"""Since when an open obligation's clock stands still, from the intervals that `ObligationChanged` names."""

from collections.abc import Sequence
from datetime import datetime

GOES_ON = "/.."
"""What an interval of `pauses` ends in that has no end yet."""


def paused_since(pauses: Sequence[str] | None, *, still_open: bool) -> datetime | None:
    """Return since when an open obligation's clock stands still, with no end known; None while it runs."""
    last = (pauses or [""])[-1]
    return datetime.fromisoformat(last.removesuffix(GOES_ON)) if still_open and last.endswith(GOES_ON) else None
