"""How old what is decided by is: each snapshot's age, and how long revocation lists and trust anchors still hold; measured when somebody looks."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from prometheus_client import Gauge

from infra import metrics
from infra.clock import Clock

if TYPE_CHECKING:
    from infra.pki.ages import Age  # takes X.509 apart: only who judges signatures pays for importing it


class Freshness:
    """Shows the ages of one process' reference data, by the clock of the axis."""

    def __init__(self, process: str, clock: Clock) -> None:
        self._process, self._clock = process, clock
        self._shown: dict[Gauge, set[str]] = {}
        self.of_trust = False
        """Show lists and anchors as well."""

    def show(self, kind: str, value: Any, *, since: datetime) -> None:
        """Show a snapshot that came into force, in the place of the one before."""

        def age() -> float:
            return (self._clock.now() - since).total_seconds()

        metrics.REFERENCE_AGE.labels(process=self._process, kind=kind).set_function(age)
        if self.of_trust and kind in ("crl", "trust"):
            self._show_left(metrics.LIST_LEFT if kind == "crl" else metrics.ANCHOR_LEFT, _lives(kind, value))

    def _show_left(self, gauge: Gauge, lives: "Iterable[Age]") -> None:
        for gone in self._shown.pop(gauge, set()):
            gauge.remove(self._process, gone)
        ends: dict[str, datetime] = {}
        for life in lives:
            ends[life.what] = min(life.ends_at, ends.get(life.what, life.ends_at))
        for what, ends_at in ends.items():
            gauge.labels(self._process, what).set_function(self._until(ends_at))
        self._shown[gauge] = set(ends)

    def _until(self, ends_at: datetime) -> Callable[[], float]:
        def left() -> float:
            return (ends_at - self._clock.now()).total_seconds()

        return left


def _lives(kind: str, value: Any) -> "Iterator[Age]":
    from infra.pki import ages  # noqa: PLC0415 - see above

    yield from ages.newest_lists(value) if kind == "crl" else ages.anchors(value)
