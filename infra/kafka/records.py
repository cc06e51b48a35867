"""What travels between a consumer and the engine: records of one partition, and what goes onto topics in return."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Where(NamedTuple):
    """One partition; the topic as `topics.yaml` names it, without the prefix the broker's names may carry."""

    topic: str
    partition: int


class Raw(Protocol):
    """A record as it lies on the log; both aiokafka's records and `Record` are."""

    @property
    def offset(self) -> int:
        """Offset in its partition."""

    @property
    def key(self) -> bytes | None:
        """Key bytes."""

    @property
    def value(self) -> bytes | None:
        """Value bytes; None is a tombstone."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]:
        """Headers in their order."""


class Record(NamedTuple):
    """A record as values."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records of one partition in the order of their offsets, fetched together."""

    where: Where
    generation: int
    """The consumer group's generation under which they were fetched."""

    records: Sequence[Raw]


class Message(NamedTuple):
    """What is to be written."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    says: str
    """Event type, or the reason of a dead letter: the label under which it is counted."""
