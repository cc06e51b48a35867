"""Marks of a run: wall clock and CPU of the contender's own process at its first record, at half of them, at the last."""

import os
import time
from dataclasses import dataclass

STDOUT = 1


class Marks:
    """Writes `MARK n wall cpu` (nanoseconds) to stdout, as every contender does."""

    def __init__(self, every: int) -> None:
        self._every, self._done, self._begun = every, 0, False

    def begins(self) -> None:
        """Note that work begins; only the first call counts."""
        if not self._begun:
            self._begun = True
            self._say()

    def done(self, count: int) -> None:
        """Note records that are through: whatever they led to is confirmed."""
        before, self._done = self._done, self._done + count
        for mark in (self._every // 2, self._every):  # one batch may pass both
            if before < mark <= self._done:
                self._say()

    @property
    def through(self) -> bool:
        """Tell whether all are."""
        return self._done >= self._every

    def _say(self) -> None:
        line = f"MARK {self._done} {time.monotonic_ns()} {time.process_time_ns()}\n"
        os.write(STDOUT, line.encode())  # a framework may have put something else in the place of sys.stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """One contender's run over the prepared records."""

    contender: str
    records: int
    seconds: float
    cpu_us: float
    """CPU microseconds a record, from the first to the last."""

    warm_rate: float
    """Records a second over the second half, when compilers and caches are warm."""

    warm_cpu_us: float
    outputs: int = 0
    digest: str = ""

    @property
    def rate(self) -> float:
        """Records a second, from the first to the last."""
        return self.records / self.seconds


def lap(contender: str, lines: list[str]) -> Lap:
    """Read a contender's marks; raise ValueError unless it came to the end."""
    marks = [tuple(map(int, line.split()[1:])) for line in lines if line.startswith("MARK ")]
    if len(marks) < 3:
        raise ValueError(f"{contender} did not come to the end: {lines[-3:]}")
    (_, began, cpu), (half, half_at, half_cpu), (records, ended, all_cpu) = marks[0], marks[-2], marks[-1]
    rest = records - half
    if not rest:  # so few that one batch took the second half whole
        half_at, half_cpu, rest = began, cpu, records
    return Lap(
        contender=contender,
        records=records,
        seconds=(ended - began) / 1e9,
        cpu_us=(all_cpu - cpu) / 1e3 / records,
        warm_rate=rest / ((ended - half_at) / 1e9),
        warm_cpu_us=(all_cpu - half_cpu) / 1e3 / rest,
    )
