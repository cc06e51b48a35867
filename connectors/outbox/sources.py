"""Which databases are relayed: `LIENTHONG_OUTBOX`, words of `ADDRESS=URL[#TABLE]`."""

import re
from dataclasses import dataclass

from connectors.folders import Door, endpoint_door
from infra.errors import EnvironmentFaultError
from infra.settings import Settings

WORD = re.compile(r"(?P<address>[^=\s]+)=(?P<url>postgres(?:ql)?://[^\s#]+)(?:#(?P<table>\w+(?:\.\w+)?))?")
TABLE = "outbox"


class OutboxError(EnvironmentFaultError):
    """A setting cannot be understood; its value is not repeated, for it may hold a password."""

    def __init__(self, setting: str, how: str) -> None:
        super().__init__(f"{setting}: not understood", how)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """The share of one relay: aggregates whose hash leaves `number` when divided by `of`."""

    number: int = 0
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Read `0/2`; empty is all. Raise `OutboxError`."""
        number, _, of = (text or "0/1").partition("/")
        if not (number.isdecimal() and of.isdecimal() and int(number) < int(of)):
            raise OutboxError("LIENTHONG_OUTBOX_SHARD", "write it as 0/2 and 1/2 for two relays")
        return cls(number=int(number), of=int(of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One outbox table, and the door of the client system that writes it."""

    address: str
    """Of the folder endpoint; names the source in logs and metrics."""

    url: str
    """As libpq takes it."""

    table: tuple[str, ...]
    """Name, or schema and name."""

    door: Door


def sources(settings: Settings) -> list[Source]:
    """Return what `LIENTHONG_OUTBOX` names; raise `OutboxError`."""
    found = [WORD.fullmatch(word) for word in settings.outbox.split()]
    named = [match["address"] for match in found if match]
    if not named or len(named) < len(found) or len(named) > len(set(named)):
        raise OutboxError("LIENTHONG_OUTBOX", "write words of ADDRESS=postgresql://USER@HOST/DATABASE[#TABLE]")
    return [_source(settings, match) for match in found if match]


def _source(settings: Settings, match: re.Match[str]) -> Source:
    try:
        door = endpoint_door(settings, match["address"])
    except ValueError:
        raise OutboxError("LIENTHONG_OUTBOX", "ADDRESS is that of a folder endpoint in endpoints.csv") from None
    table = tuple((match["table"] or TABLE).split("."))
    return Source(address=match["address"], url=match["url"], table=table, door=door)
