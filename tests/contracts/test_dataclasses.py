"""A dataclass and its newest Avro file say the same: names in their order, types, defaults."""

import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import Any

import pytest

from schemas import events
from schemas.codec import FOLDER
from schemas.conversion import IN_HEADERS, PLAIN
from schemas.events import Event
from tests.contracts.evolution import versions

NEWEST = {name: history[-1] for name, history in versions(FOLDER).items()}


def of_dataclass(kind: type) -> Iterator[tuple[str, Any, Any]]:
    """Yield (field, type, default) as Avro would have them."""
    hints = typing.get_type_hints(kind)
    for each in fields(kind):
        if not (issubclass(kind, Event) and each.name in IN_HEADERS):
            yield each.name, avro_type(hints[each.name]), avro_default(each)


def avro_type(hint: Any) -> Any:
    """Return a field's type in a short form of Avro."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:
        return ["null", avro_type(arguments[0])]
    if origin is tuple:
        return {"items": avro_type(arguments[0])}
    if origin is dict:
        return {"values": avro_type(arguments[1])}
    if is_dataclass(hint) and isinstance(hint, type):
        return {hint.__name__: list(of_dataclass(hint))}
    return "string" if issubclass(hint, StrEnum) else PLAIN[hint]


def avro_default(each: Field[Any]) -> Any:
    """Return a default as JSON has it, MISSING where there is none."""
    default = each.default_factory() if each.default_factory is not MISSING else each.default
    return list(default) if isinstance(default, tuple) else default


def of_avro(schema: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the same of a record's schema."""
    for field in schema["fields"]:
        yield field["name"], short(field["type"]), field.get("default", MISSING)


def short(schema: Any) -> Any:
    """Return an Avro type in the short form."""
    match schema:
        case list():
            return [short(branch) for branch in schema]
        case {"type": "record"}:
            return {schema["name"]: list(of_avro(schema))}
        case {"type": "array", "items": inner}:
            return {"items": short(inner)}
        case {"type": "map", "values": inner}:
            return {"values": short(inner)}
        case {"logicalType": logical}:
            return logical
        case _:
            return schema


@pytest.mark.parametrize("name", NEWEST)
def test_dataclass_and_schema_agree(name: str) -> None:
    """Field by field."""
    assert list(of_dataclass(getattr(events, name))) == list(of_avro(NEWEST[name]))


@pytest.mark.parametrize("name", NEWEST)
def test_enums_name_their_values(name: str) -> None:
    """An enum travels as a string, so that a new value breaks no reader; the sentence lists the values."""
    for field in fields(getattr(events, name)):
        hint = typing.get_type_hints(getattr(events, name))[field.name]
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            said = next(each["doc"] for each in NEWEST[name]["fields"] if each["name"] == field.name)
            assert said.endswith(f"One of {', '.join(hint)}.")
