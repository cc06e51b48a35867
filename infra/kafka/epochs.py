"""Which reference data a lane decides by: fixed before it is used, so that work done again decides by the same."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Protocol

from schemas.reference import Reference
from schemas.step import Core

KEPT = 4
"""Bundles kept in memory: the one in force and those that some lanes still have to finish with."""


class References(Protocol):
    """Gives the reference data in force and any earlier set of versions."""

    def current(self) -> Reference:
        """Return what is in force now."""

    def load(self, versions: Mapping[str, str]) -> Reference:
        """Return a bundle of exactly these versions."""


class FixedReferences:
    """Reference data that never changes; for consumers that decide by none, and for tests."""

    def __init__(self, reference: Reference | None = None) -> None:
        self._reference = reference or Reference()

    def current(self) -> Reference:
        """Return it."""
        return self._reference

    def load(self, versions: Mapping[str, str]) -> Reference:
        """Return it; raise LookupError for other versions."""
        if dict(versions) != dict(self._reference.versions):
            raise LookupError(f"no reference data of {sorted(versions)}")
        return self._reference


class Epochs:
    """Loads bundles once."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._loaded: OrderedDict[tuple[tuple[str, str], ...], Reference] = OrderedDict()

    def current(self) -> Reference:
        """Return what is in force now."""
        return self._references.current()

    def at_hand(self, versions: Mapping[str, str]) -> Reference | None:
        """Return the bundle in force if it has these versions: nearly always, and without waiting for anything."""
        current = self._references.current()
        return current if dict(current.versions) == dict(versions) else None

    def of(self, versions: Mapping[str, str]) -> Reference:
        """Return the bundle of these versions, read anew if need be."""
        if (current := self.at_hand(versions)) is not None:
            return current
        name = tuple(sorted(versions.items()))
        if name not in self._loaded:
            self._loaded[name] = self._references.load(versions)
            while len(self._loaded) > KEPT:
                self._loaded.popitem(last=False)
        return self._loaded[name]


def wakes(core: Core, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the prefixes of the rows that a change of reference data wakes.

    A core declares them as `wake_on_reference`, and as `wake_on_kinds` the kinds it cares for (without it: any).
    """
    kinds: Iterable[str] = getattr(core, "wake_on_kinds", before.keys() | after.keys())
    if all(before.get(kind) == after.get(kind) for kind in kinds):
        return ()
    prefixes: tuple[str, ...] = getattr(core, "wake_on_reference", ())
    return prefixes
