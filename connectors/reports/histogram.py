"""Minutes, counted: exact percentiles and means in memory that depends on distinct values, not on how many there are."""

from collections import Counter


class Histogram:
    """Whole numbers, each with how often it came."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def add(self, value: int, times: int = 1) -> None:
        """Take a value in."""
        self._counts[value] += times

    def percentile(self, percent: int) -> int | None:
        """Return the least value that at least so many percent do not exceed (nearest rank); None of nothing."""
        total = self._counts.total()
        seen = 0
        for value in sorted(self._counts):
            seen += self._counts[value]
            if seen * 100 >= percent * total:
                return value
        return None

    def mean(self) -> float | None:
        """Return the mean, to a tenth; None of nothing."""
        total = self._counts.total()
        return round(sum(value * count for value, count in self._counts.items()) / total, 1) if total else None


def share(part: int, whole: int) -> float | None:
    """Return percent, to a tenth; None where there is nothing to share."""
    return round(100 * part / whole, 1) if whole else None
