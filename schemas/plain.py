"""Dataclass -> what JSON writes, made once a class: what `dataclasses.asdict` gives, without its deep copies, moments as ISO 8601."""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from schemas.conversion import compiled, named


@cache
def plain_of(kind: type) -> Callable[[Any], dict[str, Any]]:
    """Return a function from a value of this dataclass to a dict of its fields, in their order; mappings keep theirs."""
    known: dict[str, Any] = {}
    hints = typing.get_type_hints(kind)
    body = [f"{each.name!r}: {_plain(hints[each.name], f'value.{each.name}', known)}" for each in fields(kind)]
    return compiled(["def made(value):", f" return {{{', '.join(body)}}}"], known)


def _plain(hint: Any, value: str, known: dict[str, Any]) -> str:
    """Return an expression for one value; functions it calls are put into `known`."""
    if is_dataclass(hint) and isinstance(hint, type):
        return f"{named(plain_of(hint), known)}({value})"
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        inner = _plain(next(each for each in arguments if each is not type(None)), value, known)
        return value if inner == value else f"(None if {value} is None else {inner})"
    if origin is tuple:
        inner = _plain(arguments[0], "each", known)
        return value if inner == "each" else f"[{inner} for each in {value}]"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = _plain(arguments[1], "each", known)
        return value if inner == "each" else f"{{name: {inner} for name, each in {value}.items()}}"
    if hint in (datetime, date):
        return f"{value}.isoformat()"
    return f"{value}.value" if isinstance(hint, type) and issubclass(hint, StrEnum) else value
