"""Real-looking messages, at least one for every event: the files beside this one, and how each becomes an event.

A file is one CloudEvents 1.0 event in JSON: the attributes that travel as headers, and as `data` the fields that differ from
their defaults. Everything in them is fictional; they tell one Monday of the demo province.
"""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from schemas import events
from schemas.events import Event

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One message."""

    name: str
    """Name of its file, without the suffix: the event's, or `Event.case`."""

    attributes: Mapping[str, str]
    """CloudEvents attributes as written."""

    event: Event

    @property
    def source(self) -> str:
        """URI reference of the process that writes it."""
        return self.attributes["source"]

    @property
    def simulated(self) -> bool:
        """Tell whether its times are of a simulated clock."""
        return self.attributes["clock"] == "simulated"


def load(folder: Path = FOLDER) -> tuple[Example, ...]:
    """Read every example, in the order of their names; raise ValueError naming the file that is no event of ours."""
    return tuple(read(file) for file in sorted(folder.glob("*.json")))


def read(file: Path) -> Example:
    """Read one example; raise ValueError."""
    try:
        attributes = json.loads(file.read_text(encoding="utf-8"))
        plain = attributes.pop("data")
        headers = {
            "event_id": attributes["id"],
            "occurred_at": datetime.fromisoformat(attributes["time"]),
            "recorded_at": datetime.fromisoformat(attributes["recordedtime"]),
            "correlation_id": attributes.get("correlationid", ""),
            "causation_id": attributes.get("causationid", ""),
        }
        kind = getattr(events, event_name(attributes["type"]))
        return Example(name=file.stem, attributes=attributes, event=_made(kind, plain, headers))
    except (ValueError, TypeError, LookupError, AttributeError) as exc:
        raise ValueError(f"{file.name}: {exc}") from exc


def event_name(ce_type: str) -> str:
    """Return the event's name in a CloudEvents type (`vn.lienthong.DocumentSigned.v1`)."""
    return ce_type.split(".")[-2]


def _made(kind: type, plain: Mapping[str, Any], more: Mapping[str, Any]) -> Any:
    hints = typing.get_type_hints(kind)
    return kind(**{name: _value(hints[name], value) for name, value in plain.items()}, **more)


def _value(hint: Any, plain: Any) -> Any:
    """Return a JSON value as the field's type wants it."""
    arguments = typing.get_args(hint)
    match typing.get_origin(hint) or hint:
        case types.UnionType:
            return None if plain is None else _value(arguments[0], plain)
        case origin if origin is tuple:
            return tuple(_value(arguments[0], each) for each in plain)
        case origin if origin is dict:
            return {name: _single(str, each) for name, each in plain.items()}
        case kind if is_dataclass(kind):
            return _made(typing.cast("type", kind), plain, {})
        case kind:
            return _single(kind, plain)


def _single(kind: Any, plain: Any) -> Any:
    if kind in (datetime, date):
        return kind.fromisoformat(plain)
    if issubclass(kind, StrEnum):
        return kind(plain)
    if type(plain) is not kind:
        raise TypeError(f"{plain!r} is no {kind.__name__}")
    return plain
