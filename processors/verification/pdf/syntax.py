"""PDF objects (ISO 32000-1 §7.3) read strictly: what two readers might read differently is `NotStrictError`, never a guess.

Values: None, bool, int, float, `Name`, bytes (a string), `Hex` (a hexadecimal one, which knows where it stands), `Ref`, list, dict
(keys without slash), `Stream`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from processors.verification.defects import NotStrictError
from processors.verification.pdf.strings import nested, unescaped

MAX_DEPTH = 32
"""Arrays and dictionaries inside each other."""

MAX_NAME = 127
WHITE = b"\x00\t\n\f\r "
_DELIMITED = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|\Z)"
GAP = rb"(?:[\x00\t\n\f\r ]++|%[^\r\n]*+[\r\n])*+"
"""White space and comments. Possessive: a run of blanks is never tried in another way."""

_KINDS = (
    rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]*+)",
    rb"(\d{1,10})[\x00\t\n\f\r ]++(\d{1,5})[\x00\t\n\f\r ]++R" + _DELIMITED,
    rb"([+-]?\d{1,10})" + _DELIMITED,
    rb"(<<)",
    rb"(>>)",
    rb"(\[)",
    rb"(\])",
    rb"<([0-9A-Fa-f\x00\t\n\f\r ]{0,512}+)>",
    rb"\(((?:[^()\\\r]++|\\[^\r])*+)\)",
    rb"(\()",
    rb"([+-]?(?:\d{1,20}\.\d{0,20}|\.\d{1,20}))" + _DELIMITED,
    rb"(true|false|null)" + _DELIMITED,
    rb"<(?=[0-9A-Fa-f\x00\t\n\f\r ])()",
)
_NAME, _NUMBER, _REF, _INT, _DICT, _END_DICT, _ARRAY, _END_ARRAY, _HEX, _SIMPLE, _STRING, _REAL, _WORD, _LONG = range(
    1, 15
)
_TOKEN = re.compile(GAP + rb"(?:" + rb"|".join(_KINDS) + rb")")
_ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_WORDS = {b"true": True, b"false": False, b"null": None}
_HEAD = re.compile(rb"(\d{1,10})[\x00\t\n\f\r ]++(\d{1,5})[\x00\t\n\f\r ]++obj" + _DELIMITED)
_STREAM = re.compile(GAP + rb"stream(?:\r\n|\n)")
_END_STREAM = re.compile(rb"(?:\r\n|\n|\r)?endstream" + _DELIMITED)
_END = re.compile(GAP + rb"endobj" + _DELIMITED)


NO_GAPS: Mapping[int, int] = MappingProxyType({})


class Name(str):
    """A name object; never equal to a string object."""

    __slots__ = ()


class Hex(bytes):
    """A hexadecimal string."""

    start: int
    """Where its `<` stands."""

    end: int
    """One past its `>`."""


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream object; its bytes stay where they are."""

    dictionary: dict[str, Any]
    start: int
    length: int


class Indirect(NamedTuple):
    """An indirect object as it stands in the file."""

    ref: Ref
    value: Any
    end: int
    """One past `endobj`."""


def read_value(data: bytes, at: int, gaps: Mapping[int, int] = NO_GAPS) -> tuple[Any, int]:
    """Read the value at an offset (white space and comments may stand before it); return it and where it ends.

    `gaps`: where hexadecimal strings that were checked already begin and end; they are not read again, their value is empty.
    """
    outer: list[tuple[list[Any], int]] = []
    inner: list[Any] = []
    opened = 0
    while token := _TOKEN.match(data, at):
        kind, at = token.lastindex, token.end()
        if kind == _NAME:
            inner.append(_name(token[_NAME]))
        elif kind in _OPENING:
            outer.append((inner, opened))
            inner, opened = [], kind
            if len(outer) > MAX_DEPTH:
                raise NotStrictError
            continue
        elif kind in _CLOSING:
            if kind != opened + 1:
                raise NotStrictError
            value = inner if kind == _END_ARRAY else _dictionary(inner)
            inner, opened = outer.pop()
            inner.append(value)
        elif kind == _REF:
            inner.append(Ref(int(token[_NUMBER]), int(token[_REF])))
        elif kind in _SHORT:
            inner.append(_SHORT[kind](token))
        else:
            text, at = nested(data, at) if kind == _STRING else _long(data, at, gaps)
            inner.append(text)
        if not outer:
            return inner[0], at
    raise NotStrictError


def _dictionary(items: list[Any]) -> dict[str, Any]:
    """Return the dictionary of keys and values in turn."""
    keys = items[::2]
    held = dict(zip(keys, items[1::2], strict=False))
    # a key twice: which of the two counts is a matter of taste
    if len(items) % 2 or len(held) != len(keys) or (keys and set(map(type, keys)) != _ONLY_NAMES):
        raise NotStrictError
    return held


def read_indirect(data: bytes, at: int, length_of: Callable[[Ref], Any], gaps: Mapping[int, int] = NO_GAPS) -> Indirect:
    """Read `n g obj … endobj` that stands exactly at an offset; `length_of` resolves a stream's indirect /Length."""
    head = _HEAD.match(data, at)
    if head is None:
        raise NotStrictError
    value, end = read_value(data, head.end(), gaps)
    if isinstance(value, dict) and (begin := _STREAM.match(data, end)):
        length = value.get("Length")
        if isinstance(length, Ref):
            length = length_of(length)
        if type(length) is not int or not 0 <= length <= len(data) - begin.end():
            raise NotStrictError
        closing = _END_STREAM.match(data, begin.end() + length)
        if closing is None:
            raise NotStrictError
        value, end = Stream(value, begin.end(), length), closing.end()
    closed = _END.match(data, end)
    if closed is None:
        raise NotStrictError
    return Indirect(Ref(int(head[1]), int(head[2])), value, closed.end())


@lru_cache(maxsize=4_096)
def _name(raw: bytes) -> Name:
    if b"#" in raw:
        if raw.count(b"#") != len(_ESCAPED_NAME.findall(raw)):
            raise NotStrictError
        raw = _ESCAPED_NAME.sub(lambda found: bytes([int(found[1], 16)]), raw)
    if len(raw) > MAX_NAME:
        raise NotStrictError
    return Name(raw.decode("latin-1"))


def _hex(token: re.Match[bytes]) -> Hex:
    return _unhexed(token[_HEX], token.end())


def _long(data: bytes, at: int, gaps: Mapping[int, int]) -> tuple[Hex, int]:
    """Read a long hexadecimal string, or step over a gap; `at` is behind its `<`."""
    end = gaps.get(at - 1)
    if end is not None:
        value = Hex()
        value.start, value.end = at - 1, end
        return value, end
    end = data.find(b">", at)
    if end < 0:
        raise NotStrictError
    return _unhexed(data[at:end], end + 1), end + 1


def _unhexed(text: bytes, end: int) -> Hex:
    digits = text.translate(None, WHITE)
    try:
        value = Hex(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
    except ValueError as exc:
        raise NotStrictError from exc
    value.start, value.end = end - len(text) - 2, end
    return value


_ONLY_NAMES = {Name}
_OPENING, _CLOSING = frozenset({_DICT, _ARRAY}), frozenset({_END_DICT, _END_ARRAY})
_SHORT: Mapping[int | None, Callable[[re.Match[bytes]], Any]] = {
    _INT: lambda token: int(token[_INT]),
    _HEX: _hex,
    _SIMPLE: lambda token: unescaped(token[_SIMPLE]),
    _REAL: lambda token: float(token[_REAL]),
    _WORD: lambda token: _WORDS[token[_WORD]],
}
