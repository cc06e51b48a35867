"""What is worked out of one bundle of reference data, kept as long as that bundle is asked about."""

from collections.abc import Callable
from typing import Generic, TypeVar

from schemas.reference.bundle import Reference

T = TypeVar("T")


class MadeOnce(Generic[T]):
    """Holds one value, of the bundle asked about last; bundles never change, so a value stays right for as long as it is kept.

    Callers in several threads may make a value twice; either is right.
    """

    def __init__(self, make: Callable[[Reference], T]) -> None:
        self._make = make
        self._held: tuple[Reference, T] | None = None

    def of(self, reference: Reference) -> T:
        """Return the value of a bundle."""
        held = self._held
        if held is None or held[0] is not reference:
            held = self._held = (reference, self._make(reference))
        return held[1]
