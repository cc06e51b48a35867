"""Places where a test lets the process kill itself: between every two effects that must not come apart."""

import os
import signal
from collections import Counter
from collections.abc import Callable

POINTS = (
    "claimed",
    "switched",
    "begun",
    "emitted",
    "confirmed",
    "settled",
    "acked",
    "timer_begun",
    "timer_emitted",
    "timer_confirmed",
    "timer_settled",
    "taken",
    "stored",
    "receipted",
    "row_locked",
    "row_dropped",
    "row_answered",
    "row_noted",
    "row_finished",
)
"""In the order in which a batch, or a round of timers, passes them; then three of intake's, around `emitted` and `confirmed`, and the outbox relay's."""

CrashPoints = Callable[[str], None]


def no_crash(_point: str) -> None:
    """Go on."""


def crash_points(setting: str) -> CrashPoints:
    """Return what kills the process at `POINT:VISIT` (the first visit is 1); an empty setting never does."""
    if not setting:
        return no_crash
    wanted, _, visit = setting.partition(":")
    if wanted not in POINTS:
        raise ValueError(f"crash point {wanted!r}: not one of {', '.join(POINTS)}")
    visits: Counter[str] = Counter()

    def crash(point: str) -> None:
        visits[point] += 1
        if point == wanted and visits[point] == int(visit):
            os.kill(os.getpid(), signal.SIGKILL)

    return crash
