"""What the register measures of the whole axis: open obligations and their age, alerts as they are raised and resolved."""

import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy import Engine, func, select

from connectors.register.tables import ALERT, OBLIGATION
from infra import metrics
from infra.clock import Clock
from infra.state.database import reading

EVERY_SECONDS = 5.0
"""Between two looks; each counts all open rows."""


class Gauges:
    """Looks at the register's tables now and then."""

    def __init__(self, engine: Engine, clock: Clock, *, show_more: Callable[[], None] = lambda: None) -> None:
        """`show_more` is called at every look, for what the axis' other books say."""
        self._engine, self._clock, self._show_more = engine, clock, show_more
        self._look_at = float("-inf")
        self._alerts: Counter[tuple[str, int, str]] | None = None

    def look(self) -> None:
        """Measure, unless the last look is too fresh."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + EVERY_SECONDS
        with reading(self._engine) as connection:
            open_ = select(OBLIGATION.c.clock, func.count(), func.min(OBLIGATION.c.since_at))
            duties = connection.execute(open_.where(OBLIGATION.c.open).group_by(OBLIGATION.c.clock)).all()
            each = (ALERT.c.kind, ALERT.c.level, ALERT.c.state)
            alerts = Counter(
                {
                    (kind, level, state): count
                    for kind, level, state, count in connection.execute(select(*each, func.count()).group_by(*each))
                }
            )
        now = self._clock.now()
        metrics.OBLIGATIONS.clear()
        metrics.OLDEST.clear()
        for clock, count, since in duties:
            metrics.OBLIGATIONS.labels(clock=clock).set(count)
            metrics.OLDEST.labels(clock=clock).set(max(0.0, (now - since).total_seconds()))
        self._count(alerts)
        self._show_more()

    def _count(self, alerts: Counter[tuple[str, int, str]]) -> None:
        """Count what is new since the last look; what lay there before the start was counted by an earlier process."""
        if self._alerts is not None:
            for (kind, level, state), more in (alerts - self._alerts).items():
                metrics.ALERTS.labels(kind=kind, level=level, state=state).inc(more)
        self._alerts = alerts
