"""What a step finds wrong: codes of `schemas.reasons`, raised where nothing more can be said, gathered elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.events import Indication
from schemas.reasons import REASONS


class DefectError(Exception):
    """A step cannot go on with this signature; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotStrictError(Exception):
    """A strict reader is not sure that everybody reads the bytes as it does; says nothing about whether they are good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Codes found, apart by what they do to the verdict."""

    defects: tuple[str, ...] = ()
    """Codes that decide."""

    warnings: tuple[str, ...] = ()
    """Codes that a policy lets pass; they are always reported."""

    def __bool__(self) -> bool:
        return bool(self.defects or self.warnings)

    def __add__(self, other: "Finding") -> "Finding":
        if not other:
            return self
        return Finding(defects=_merge(self.defects, other.defects), warnings=_merge(self.warnings, other.warnings))

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, the deciding one first."""
        first = deciding(self.defects)
        return _merge((first,) if first else (), (*self.defects, *self.warnings))


NOTHING = Finding()


def found(codes: Iterable[str]) -> Finding:
    """Sort codes by their disposition: what only warns decides nothing."""
    codes = tuple(codes)
    if not codes:
        return NOTHING
    return Finding(
        defects=_merge((), (code for code in codes if weight(code))),
        warnings=_merge((), (code for code in codes if not weight(code))),
    )


FAILED = 3
"""Weight of a final failure."""


def weight(code: str) -> int:
    """Rank a code: `FAILED`, 2 indeterminate and refused, 1 held, 0 only reported."""
    reason = REASONS[code]
    if reason.disposition == "hold":
        return 1
    if reason.disposition != "refuse":
        return 0
    return 2 if reason.indication == Indication.INDETERMINATE else FAILED


def deciding(codes: Iterable[str]) -> str:
    """Return the gravest code, the first among equals; empty where nothing decides."""
    return max(codes, key=weight, default="")


def indication_of(code: str) -> tuple[Indication, str]:
    """Return indication and sub-indication that a deciding code means; none means passed."""
    if not code:
        return Indication.TOTAL_PASSED, ""
    reason = REASONS[code]
    if reason.indication is None:  # a packet that is refused before any signature is looked at
        return Indication.TOTAL_FAILED, "FORMAT_FAILURE"
    return reason.indication, reason.sub_indication


def _merge(first: tuple[str, ...], then: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *then)))
