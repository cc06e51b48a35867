"""A memory of bounded size that forgets what was not asked for the longest time."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Values by key; never None."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return what is remembered."""
        value = self._held.get(key)
        if value is not None:
            self._held.move_to_end(key)
        return value

    def keep(self, key: K, value: V) -> V:
        """Remember a value and return it."""
        self._held[key] = value
        if len(self._held) > self._size:
            self._held.popitem(last=False)
        return value
