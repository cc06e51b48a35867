"""Moments as the audit counts them: microseconds since 1970, read from headers without an object for each."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from infra.audit.log import Moment, Text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@lru_cache(100_000)
def moment_in(text: Text) -> Moment:
    """Read a moment as a header has it; raise ValueError."""
    moment = datetime.fromisoformat(text.decode())
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return moment_of(moment)


def moment_of(moment: datetime) -> Moment:
    """Return a moment as it is counted here."""
    return (moment - EPOCH) // MICROSECOND
