"""Dataclass <-> plain record, made once a class from its type hints: strict, so that a wrong type never becomes a field."""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from schemas.events import Event

Convert = Callable[[Any], Any]
IN_HEADERS = frozenset(each.name for each in fields(Event))
"""Fields that travel as CloudEvents attributes, not in the body."""


@cache
def writer_of(kind: type) -> Convert:
    """Return a function from a value of this dataclass to a record that Avro writes."""
    body = [(each.name, _to_plain(hint)) for each, hint in _typed_fields(kind)]

    def write(value: Any) -> dict[str, Any]:
        return {name: convert(getattr(value, name)) for name, convert in body}

    return write


@cache
def reader_of(kind: type) -> Callable[[Any, Mapping[str, Any]], Event]:
    """Return a function from a record and the CloudEvents attributes to an event of this class; raises TypeError, ValueError or LookupError."""
    read = _body_reader(kind)

    def whole(record: Any, attributes: Mapping[str, Any]) -> Event:
        event: Event = kind(**read(record), **attributes)
        return event

    return whole


@cache
def _body_reader(kind: type) -> Callable[[Any], dict[str, Any]]:
    body = [(each.name, _from_plain(hint)) for each, hint in _typed_fields(kind)]

    def read(record: Any) -> dict[str, Any]:
        if not isinstance(record, dict):
            raise TypeError("no record")
        return {name: convert(record[name]) for name, convert in body}

    return read


def _typed_fields(kind: type) -> list[tuple[Any, Any]]:
    hints = typing.get_type_hints(kind)
    skipped = IN_HEADERS if issubclass(kind, Event) else frozenset()
    return [(each, hints[each.name]) for each in fields(kind) if each.name not in skipped]


def _to_plain(hint: Any) -> Convert:
    if is_dataclass(hint) and isinstance(hint, type):
        return writer_of(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _to_plain(next(each for each in arguments if each is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        inner = _to_plain(arguments[0])
        return lambda value: [inner(each) for each in value]
    if origin is dict:
        return lambda value: dict(sorted(value.items()))  # equal values give equal bytes, whoever made the mapping
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda value: value.value
    return lambda value: value


def _from_plain(hint: Any) -> Convert:
    if is_dataclass(hint) and isinstance(hint, type):
        read, kind = _body_reader(hint), hint
        return lambda value: kind(**read(value))
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _from_plain(next(each for each in arguments if each is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        inner = _from_plain(arguments[0])
        return lambda value: tuple(inner(each) for each in _exactly(list, value))
    if origin is dict:
        return lambda value: {_exactly(str, name): _exactly(str, each) for name, each in _exactly(dict, value).items()}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return lambda value: _exactly(hint, value)


def _exactly(kind: type, value: Any) -> Any:
    """Return the value if it is of this very type: True is no int, a datetime no date."""
    if type(value) is not kind:
        raise TypeError(f"{type(value).__name__} instead of {kind.__name__}")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a time without an offset")
    return value


PLAIN = {str: "string", int: "long", bool: "boolean", date: "date", datetime: "timestamp-micros"}
"""The plain types an event may use, and what they are in Avro."""
