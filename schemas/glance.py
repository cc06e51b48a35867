"""Reads a few fields of an Avro body and steps over the rest, for those who read millions of events and need little of each.

For every schema and choice of fields one function is written and compiled: it walks the whole body, so bytes that do not
follow the schema are noticed, and it makes objects of the chosen fields only. It shares nothing with the reader of `codec`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from schemas.codec import HEADER, MAX_VALUE, DecodeError, formats

Glance = Callable[[bytes], tuple[Any, ...]]
"""Returns the chosen fields of a value, in their order: texts, numbers, tuples of texts; raises IndexError or ValueError."""

RAW = "raw "
"""Before a field's name: its bytes as they are encoded, to be compared with others."""

LONG_VARINT = 63
TOPS, EIGHT = 0x8080_8080_8080_8080, 0x0080_8080_8080_8080
"""The top bits of eight bytes, and what they are in a number that has eight, as every moment of these centuries has."""

NULL = b"\x00"
REMEMBERED = 10_000
"""Maps that are known again by their bytes, for each schema."""


@cache
def glance(event: str, frame: bytes, fields: tuple[str, ...]) -> Glance:
    """Return the function for values that begin with this frame; a nested field is `content.sha256`. Raise `DecodeError` for a frame that is not the event's."""
    if len(frame) < HEADER.size or frame[0]:
        raise DecodeError("NOT_FRAMED", f"{len(frame)} bytes")
    form = formats().get(HEADER.unpack(frame)[1])
    if form is None:
        raise DecodeError("SCHEMA_UNKNOWN", f"schema id {HEADER.unpack(frame)[1]}")
    if form.event.__name__ != event:
        raise DecodeError("SCHEMA_OF_ANOTHER_TOPIC", form.event.__name__)
    return _compiled(form.schema, fields)


def look(event: str, value: bytes, fields: tuple[str, ...]) -> tuple[Any, ...]:
    """Return fields of a record's value; raise `DecodeError`."""
    if len(value) > MAX_VALUE:
        raise DecodeError("VALUE_TOO_LONG", f"{len(value)} bytes")
    try:
        return glance(event, value[: HEADER.size], fields)(value)
    except (ValueError, IndexError) as exc:
        raise DecodeError("NOT_AVRO", f"{len(value)} bytes: {type(exc).__name__}") from exc


def _compiled(schema: Mapping[str, Any], fields: Sequence[str]) -> Glance:
    writing = _Writing(
        {name.removeprefix(RAW): (f"f{number}", name.startswith(RAW)) for number, name in enumerate(fields)}
    )
    writing.body(schema)
    names = [name for name, _ in writing.wanted.values()]
    lines = [
        "def read(v):",
        *(f"    {name} = ''" for name in names),
        f"    i = {HEADER.size}",
        *writing.lines,
        "    if i != len(v): raise ValueError('too short or too long')",
        f"    return ({''.join(f'{name}, ' for name in names)})",
    ]
    inside: dict[str, Any] = {"length": _length, "longer": _varint, "rests": set[bytes](), "whole": int.from_bytes}
    exec("\n".join(lines), inside)  # noqa: S102 - written above from our own schemas; names of fields only select
    read: Glance = inside["read"]
    return read


class _Writing:
    """Writes the body of one function, field after field."""

    def __init__(self, wanted: dict[str, tuple[str, bool]]) -> None:
        self.wanted, self.lines = wanted, list[str]()
        self._depth, self._places = 1, 0

    def body(self, schema: Mapping[str, Any]) -> None:
        """Write all of it; a map that comes last (versions, much the same in all events) is walked once for all that are equal."""
        *before, last = schema["fields"]
        self.record({"fields": before}, "")
        if not isinstance(last["type"], dict) or last["type"]["type"] != "map":
            self.record({"fields": [last]}, "")
            return
        name, _ = self.wanted.get(last["name"], ("", False))
        self._add("rest = v[i:]", "if rest in rests: i = len(v)", "else:")
        self._depth += 1
        self._blocks(last["type"], "")
        self._add(f"if i == len(v) and len(rests) < {REMEMBERED}: rests.add(rest)")
        self._depth -= 1
        self._add(f"{name} = rest" if name else "pass")

    def record(self, schema: Mapping[str, Any], path: str) -> None:
        """Write the fields of a record in their order."""
        for field in schema["fields"]:
            self.value(field["type"], f"{path}{field['name']}")

    def value(self, schema: Any, path: str) -> None:
        """Write one value: read into its variable if it is wanted, else stepped over."""
        name, raw = self.wanted.get(path, ("", False))
        if raw:
            place = self._place()
            self._add(f"{place} = i")
            self._plain(schema, path, "")
            self._add(f"{name} = v[{place}:i]")
        else:
            self._plain(schema, path, name)

    def _plain(self, schema: Any, path: str, name: str) -> None:
        kind = schema["type"] if isinstance(schema, dict) else schema
        match kind:
            case list():
                self._union(kind, path)
            case "string":
                self._text(name)
            case "boolean":
                self._add(f"{name or '_'} = v[i] == 1", "i += 1")
            case "int" | "long":
                self._long(name, moment=isinstance(schema, dict) and schema.get("logicalType") == "timestamp-micros")
            case "record":
                self.record(schema, f"{path}.")
            case "array" | "map":
                self._blocks(schema, name)
            case _:
                raise TypeError(f"{path}: no reader for {kind}")

    def _union(self, kinds: Sequence[Any], path: str) -> None:
        """Write `null or something`: nothing else is in our schemas."""
        null = kinds.index("null")
        name, raw = self.wanted.get(path, ("", False))
        if name and not raw:
            self._add(f"{name} = None")
        self._add("if v[i] not in (0, 2): raise ValueError", "i += 1", f"if v[i - 1] == {2 * (1 - null)}:")
        self._depth += 1
        self._plain(kinds[1 - null], path, "" if raw else name)
        self._depth -= 1

    def _text(self, name: str) -> None:
        self._add("n = v[i]", "i += 1", "if n & 129: n, i = length(v, n, i)")
        self._add(f"{name} = str(v[i:i + (n >> 1)], 'utf-8')" if name else "pass", "i += n >> 1")

    def _long(self, name: str, *, moment: bool) -> None:
        if name:
            self._add("n = v[i]", "i += 1", "if n & 128: n, i = longer(v, n, i)", f"{name} = (n >> 1) ^ -(n & 1)")
        elif moment:
            self._add(f"if whole(v[i:i + 8], 'little') & {TOPS} == {EIGHT}: i += 8", "else:")
            self._add("    while v[i] & 128: i += 1", "    i += 1")
        else:
            self._add("while v[i] & 128: i += 1", "i += 1")

    def _blocks(self, schema: Mapping[str, Any], name: str) -> None:
        """Write an array, or a map; a wanted one is an array of texts."""
        count, each = self._place(), "x" if name else ""
        if name:
            self._add(f"{name} = []")
        self._long(count, moment=False)
        self._add(f"while {count}:")
        self._depth += 1
        self._add(f"if {count} < 0:")
        self._depth += 1
        self._add(f"{count} = -{count}")
        self._long("", moment=False)
        self._depth -= 1
        self._add(f"while {count}:")
        self._depth += 1
        if schema["type"] == "map":
            self._text("")
        self._plain(schema["values"] if schema["type"] == "map" else schema["items"], "?", each)
        self._add(*([f"{name}.append(x)"] if name else []), f"{count} -= 1")
        self._depth -= 1
        self._long(count, moment=False)
        self._depth -= 1
        if name:
            self._add(f"{name} = tuple({name})")

    def _place(self) -> str:
        self._places += 1
        return f"p{self._places}"

    def _add(self, *lines: str) -> None:
        self.lines += ["    " * self._depth + line for line in lines if line != "pass"]


def _varint(value: bytes, first: int, at: int) -> tuple[int, int]:
    """Return an unsigned number whose first byte is known, and where it ends."""
    found, shift = first & 127, 7
    while True:
        byte = value[at]
        at += 1
        found |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004 - the top bit says that more follows
            return found, at
        shift += 7
        if shift > LONG_VARINT:
            raise ValueError("a number that is too long")


def _length(value: bytes, first: int, at: int) -> tuple[int, int]:
    """Return twice a length, and where it ends; one that is negative is none."""
    found, at = _varint(value, first, at) if first & 128 else (first, at)
    if found & 1:
        raise ValueError("a negative length")
    return found, at


@lru_cache(100_000)
def number_in(raw: bytes) -> int | None:
    """Return the number in the bytes of a field that may be null (its kind comes first); None if it is."""
    if raw == NULL:
        return None
    found, _ = _varint(raw, raw[1], 2) if raw[1] & 128 else (raw[1], 2)
    return (found >> 1) ^ -(found & 1)
