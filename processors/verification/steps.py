"""The numbered steps of a judgement, in the order of EN 319 102-1 §5.2-5.3: what each found, and how long it took.

What was found is part of the evidence. How long it took is not: the same inputs must give the same bytes.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter

from processors.verification.defects import Finding


class Step(StrEnum):
    """A step; the number is its place in the order."""

    BYTES = "2 bytes"
    """What is covered, byte by byte; of an envelope the template."""

    MESSAGE = "3 message"
    """Form, algorithms, digest and value."""

    PATH = "4 path"
    """Path to an anchor and revocation, as of the time that step 5 proves; so it is taken after it."""

    TIME = "5 time"
    """Its time-stamp: as of when it is judged."""

    CHANGES = "6 changes"
    """What came after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that was taken."""

    step: Step
    codes: tuple[str, ...] = ()
    """Empty: nothing wrong."""

    seconds: float = field(default=0.0, compare=False)


class Steps:
    """Records the steps of one signature."""

    def __init__(self) -> None:
        self.finding = Finding()
        """Of all steps so far."""

        self._taken: list[Taken] = []
        self._step = Step.BYTES
        self._codes: tuple[str, ...] = ()
        self._since = perf_counter()

    def enter(self, step: Step) -> None:
        """End the step under way and begin another."""
        self._end()
        self._step = step

    def add(self, finding: Finding) -> None:
        """Note what the step under way found."""
        if finding:
            self.finding += finding
            self._codes += finding.codes

    def taken(self, *failed: str) -> tuple[Taken, ...]:
        """Return all steps; `failed` ended the last one."""
        self._codes += failed
        self._end()
        return tuple(self._taken)

    def _end(self) -> None:
        now = perf_counter()
        self._taken.append(Taken(step=self._step, codes=self._codes, seconds=now - self._since))
        self._codes, self._since = (), now
