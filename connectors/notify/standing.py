"""What the notifier knows of one alert: whom it told that something is not done, and whether that is over."""

import json
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from schemas.events import Told
from schemas.plain import plain_of

PREFIX = "alert:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One alert, from its first mail on."""

    over: bool = False
    told: tuple[Told, ...] = ()
    """Who was told, or may have been; forgotten when it is over."""

    def tell(self, person: Told) -> "Standing":
        """Return it with one more person who was told."""
        return self if person in self.told else replace(self, told=(*self.told, person))


def row_of(alert_id: str) -> str:
    """Name an alert's row."""
    return PREFIX + alert_id


_STANDING = TypeAdapter(Standing)


def dump(standing: Standing) -> bytes:
    """Return the row's value."""
    return json.dumps(plain_of(Standing)(standing), sort_keys=True).encode()


def load(value: bytes | None) -> Standing:
    """Read a row's value; nobody was told where there is none."""
    return Standing() if value is None else _STANDING.validate_python(json.loads(value))
