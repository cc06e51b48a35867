"""Dataclass <-> plain record, made once a class from its type hints: strict, so that a wrong type never becomes a field.

The functions are written out as source and compiled, as `dataclasses` itself does it: a loop over fields and types, done for
every record of a topic, would cost more than reading its bytes.
"""

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
    known: dict[str, Any] = {}
    body = [f"{each!r}: {_written(hint, f'value.{each}', known)}" for each, hint in _typed_fields(kind)]
    return compiled(["def made(value):", f" return {{{', '.join(body)}}}"], known)


@cache
def reader_of(kind: type) -> Callable[[Any, Mapping[str, Any]], Event]:
    """Return a function from a record and the CloudEvents attributes to an event of this class; raises TypeError, ValueError or LookupError."""
    return _reader(kind, ("record", "attributes"), ", **attributes")


@cache
def _part_reader(kind: type) -> Convert:
    return _reader(kind, ("record",), "")


def _reader(kind: type, arguments: tuple[str, ...], more: str) -> Callable[..., Any]:
    known: dict[str, Any] = {"kind": kind, "wrong": _wrong, "aware": _aware}
    body = [(each, hint) for each, hint in _typed_fields(kind)]
    lines = [
        f"def made({', '.join(arguments)}):",
        " if not isinstance(record, dict):",
        "  raise TypeError('no record')",
    ]
    for number, (each, hint) in enumerate(body):
        lines.append(f" v{number} = record[{each!r}]")
        lines += [f" {line}" for line in _read(hint, f"v{number}", known)]
    given = ", ".join(f"{each}=v{number}" for number, (each, _) in enumerate(body))
    return compiled([*lines, f" return kind({given}{more})"], known)


def compiled(lines: list[str], known: dict[str, Any]) -> Callable[..., Any]:
    """Return the function `made` that these lines of source define over the names in `known`."""
    exec("\n".join(lines), known)  # noqa: S102 - source made here, of field names and types of our own classes only
    made: Callable[..., Any] = known["made"]
    return made


def _typed_fields(kind: type) -> list[tuple[str, Any]]:
    hints = typing.get_type_hints(kind)
    skipped = IN_HEADERS if issubclass(kind, Event) else frozenset()
    return [(each.name, hints[each.name]) for each in fields(kind) if each.name not in skipped]


def _written(hint: Any, value: str, known: dict[str, Any]) -> str:
    """Return an expression for what Avro writes; functions it calls are put into `known`."""
    if is_dataclass(hint) and isinstance(hint, type):
        return f"{named(writer_of(hint), known)}({value})"
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _written(next(each for each in arguments if each is not type(None)), value, known)
        return value if inner == value else f"(None if {value} is None else {inner})"
    if origin is tuple:
        inner = _written(arguments[0], "each", known)
        return f"list({value})" if inner == "each" else f"[{inner} for each in {value}]"
    if origin is dict:
        return f"dict(sorted({value}.items()))"  # equal values give equal bytes, whoever made the mapping
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"{value}.value"
    return value


def _read(hint: Any, value: str, known: dict[str, Any]) -> list[str]:
    """Return lines that check the variable named `value`, and put what the field holds into it."""
    if is_dataclass(hint) and isinstance(hint, type):
        return [f"{value} = {named(_part_reader(hint), known)}({value})"]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _read(next(each for each in arguments if each is not type(None)), value, known)
        return [f"if {value} is not None:", *(f" {line}" for line in inner)]
    if origin is tuple:
        each = f"{value}e"
        inner = _read(arguments[0], each, known)
        made = f"{value}s"
        return [
            *_exactly(list, value, known),
            f"{made} = []",
            f"for {each} in {value}:",
            *(f" {line}" for line in inner),
            f" {made}.append({each})",
            f"{value} = tuple({made})",
        ]
    if origin is dict:
        checks = (*_exactly(str, f"{value}k", known), *_exactly(str, f"{value}e", known))
        return [
            *_exactly(dict, value, known),
            f"for {value}k, {value}e in {value}.items():",
            *(f" {c}" for c in checks),
        ]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return [f"{value} = {named(hint, known)}({value})"]
    return _exactly(hint, value, known)


def _exactly(kind: type, value: str, known: dict[str, Any]) -> list[str]:
    """Return lines that let a value of this very type pass: True is no int, a datetime no date."""
    name = named(kind, known)
    lines = [f"if type({value}) is not {name}:", f" raise wrong({value}, {name})"]
    return [*lines, f"if {value}.tzinfo is None:", " raise aware()"] if kind is datetime else lines


def named(used: Any, known: dict[str, Any]) -> str:
    """Name an object in the compiled function's world."""
    name = f"n{id(used)}"
    known[name] = used
    return name


def _wrong(value: Any, kind: type) -> TypeError:
    return TypeError(f"{type(value).__name__} instead of {kind.__name__}")


def _aware() -> ValueError:
    return ValueError("a time without an offset")


PLAIN = {str: "string", int: "long", bool: "boolean", date: "date", datetime: "timestamp-micros"}
"""The plain types an event may use, and what they are in Avro."""
