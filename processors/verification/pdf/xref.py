"""Cross-reference sections (ISO 32000-1 §7.5.4, §7.5.8): where each object of a revision stands. Tables are not copied out, they are looked up.

A table with a stream beside it (hybrid) is one section: what the table hides or lacks, the stream may show (§7.5.8.4).
"""

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from processors.verification.defects import DefectError, NotStrictError
from processors.verification.limits import MAX_OBJECTS, MAX_UNPACKED
from processors.verification.pdf.syntax import Ref, Stream, read_indirect, read_value

ENTRY = 20
"""Bytes of a table's entry."""

PNG, UP, BITS, MAX_COLUMNS = range(10, 16), 2, 8, 64
"""Predictors, the one filter that producers use for tables, bits of a component, bytes of a row."""

_SUBSECTION = re.compile(rb"(\d{1,10}) (\d{1,10}) ?(?:\r\n|\n|\r)")
_ENTRIES = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+")
_TRAILER = re.compile(rb"[\x00\t\n\f\r ]*+trailer(?=[\x00\t\n\f\r <%])")
_END = re.compile(rb"[\x00\t\n\f\r ]*+startxref[\x00\t\n\f\r ]++(\d{1,10})[\x00\t\n\f\r ]++%%EOF(?:\r\n|\n|\r)?")
_FIRST = itemgetter(0)
_TABLE = re.compile(rb"xref[\t ]*(?:\r\n|\n|\r)")


class Entry(NamedTuple):
    """Where an object stands; `kind`: `f` free, `n` at `place`, `c` the one number `second` of object stream `place`."""

    kind: str
    place: int
    second: int
    """Generation of an object that stands in the file."""


@dataclass(slots=True)
class Section:
    """One cross-reference section."""

    data: bytes = field(repr=False)
    start: int
    """Where `xref`, or the stream object, begins."""

    end: int
    """One past `%%EOF` and its line end; where there are no such lines, past the trailer."""

    trailer: dict[str, Any]
    named: int
    """Offset that its own `startxref` names; -1 if it has none."""

    table: list[tuple[int, int, int]] = field(default_factory=list)
    """(first object, count, offset of the first entry) of each subsection, in the order of their objects."""

    packed: dict[int, Entry] = field(default_factory=dict)
    """Entries of a cross-reference stream, the one beside a table included."""

    stream: Ref | None = None
    """The cross-reference stream's own object."""

    body_end: int = 0
    """One past the trailer dictionary, or past the stream object: from there to `end` there is nothing but the closing lines."""

    hybrid: bool = False
    """A stream stands beside the table."""

    def find(self, number: int) -> Entry | None:
        """Return the entry of an object, None if this section does not speak of it."""
        entry = self._tabled(number)
        return entry if entry and entry.kind == "n" else self.packed.get(number, entry)

    @property
    def ambiguous(self) -> bool:
        """Table and stream both say where an object is: old readers show another file than new ones."""
        shown = (self._tabled(number) for number, each in self.packed.items() if each.kind != "f")
        return self.hybrid and any(entry is not None and entry.kind == "n" for entry in shown)

    def _tabled(self, number: int) -> Entry | None:
        place = bisect_right(self.table, number, key=_FIRST) - 1  # a hostile table has tens of thousands of subsections
        if place < 0:
            return None
        first, count, at = self.table[place]
        return _entry(self.data, at + ENTRY * (number - first)) if number < first + count else None

    @property
    def listed_to(self) -> int:
        """One more than the highest number of which this section speaks."""
        return max(self.table[-1][0] + self.table[-1][1] if self.table else 0, max(self.packed, default=-1) + 1)

    def numbers(self) -> Iterator[int]:
        """Name every object of which this section speaks; one twice if it does so twice."""
        for first, count, _ in self.table:
            yield from range(first, first + count)
        yield from self.packed


def _entry(data: bytes, at: int) -> Entry:
    kind = "n" if data[at + 17] == 0x6E else "f"  # noqa: PLR2004 - the letter n
    return Entry(kind, int(data[at : at + 10]), int(data[at + 11 : at + 16]))


def read_section(data: bytes, at: int) -> Section:
    """Read the section at an offset."""
    table = _TABLE.match(data, at)
    section = _read_table(data, at, table.end()) if table else _read_stream(data, at)
    end = _END.match(data, section.body_end)
    if end:  # the first table of a file that was written for the web has no closing lines (§F.3.2)
        section.named, section.end = int(end[1]), end.end()
    return section


def _read_table(data: bytes, start: int, at: int) -> Section:
    table: list[tuple[int, int, int]] = []
    while found := _SUBSECTION.match(data, at):
        first, count = int(found[1]), int(found[2])
        end = found.end() + ENTRY * count
        if first + count > MAX_OBJECTS + 1:
            raise DefectError("RESOURCE_LIMIT")
        if end > len(data) or not _ENTRIES.fullmatch(data, found.end(), end):
            raise NotStrictError
        table.append((first, count, found.end()))
        at = end
    table.sort()
    if any(first + count > then for (first, count, _), (then, _, _) in pairwise(table)):
        raise NotStrictError
    head = _TRAILER.match(data, at)
    if head is None:
        raise NotStrictError
    trailer, end = read_value(data, head.end())
    if not isinstance(trailer, dict):
        raise NotStrictError
    section = Section(data=data, start=start, end=end, trailer=trailer, named=-1, table=table, body_end=end)
    if "XRefStm" in trailer:
        beside = _read_stream(data, trailer["XRefStm"])
        section.packed, section.stream, section.hybrid = beside.packed, beside.stream, True
    return section


def _read_stream(data: bytes, at: Any) -> Section:
    if type(at) is not int or not 0 < at < len(data):
        raise NotStrictError
    found = read_indirect(data, at, _no_reference)
    stream = found.value
    if not isinstance(stream, Stream) or stream.dictionary.get("Type") != "XRef":
        raise NotStrictError
    packed = _entries(unpacked(data, stream), stream.dictionary)
    return Section(
        data=data,
        start=at,
        end=found.end,
        trailer=stream.dictionary,
        named=-1,
        packed=packed,
        stream=found.ref,
        body_end=found.end,
    )


def _no_reference(_: Ref) -> int:
    raise NotStrictError


def _entries(rows: bytes, dictionary: dict[str, Any]) -> dict[int, Entry]:
    widths, size = dictionary.get("W"), dictionary.get("Size")
    if not isinstance(widths, list) or len(widths) != 3 or type(size) is not int:  # noqa: PLR2004 - §7.5.8.2
        raise NotStrictError
    index = dictionary.get("Index", [0, size])
    numbers = [*widths, *index] if isinstance(index, list) else [None]
    if any(type(each) is not int or each < 0 for each in numbers) or len(index) % 2:
        raise NotStrictError
    if sum(index[1::2]) > MAX_OBJECTS + 1:  # whoever goes on would count them all
        raise DefectError("RESOURCE_LIMIT")
    first, second, third = widths
    width = first + second + third
    counted = list(zip(index[::2], index[1::2], strict=True))
    if max(widths) > 8:  # noqa: PLR2004 - bytes; no file is that long, and whoever goes on would read such numbers
        raise DefectError("FORMAT_FAILURE")
    if not width or len(rows) != width * sum(count for _, count in counted):
        raise NotStrictError
    found: dict[int, Entry] = {}
    at = 0
    for begin, count in counted:
        for number in range(begin, begin + count):
            kind = int.from_bytes(rows[at : at + first], "big") if first else 1
            place = int.from_bytes(rows[at + first : at + first + second], "big")
            if number in found or kind > 2 or number > MAX_OBJECTS:  # noqa: PLR2004 - §7.5.8.3 knows three kinds
                raise NotStrictError
            found[number] = Entry("fnc"[kind], place, int.from_bytes(rows[at + first + second : at + width], "big"))
            at += width
    return found


def unpacked(data: bytes, stream: Stream) -> bytes:
    """Return what a stream holds; only Flate, with the predictor that producers use for tables."""
    raw = data[stream.start : stream.start + stream.length]
    how, parameters = stream.dictionary.get("Filter"), stream.dictionary.get("DecodeParms")
    if isinstance(how, list) and len(how) == 1:
        how = how[0]
        parameters = parameters[0] if isinstance(parameters, list) and len(parameters) == 1 else parameters
    if how is None:
        return raw
    if how != "FlateDecode" or not isinstance(parameters, dict | None):
        raise NotStrictError
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(raw, MAX_UNPACKED)
    except zlib.error as exc:
        raise NotStrictError from exc
    if not inflater.eof or inflater.unconsumed_tail:
        raise NotStrictError
    return _predicted(text, parameters) if parameters else text


def _predicted(text: bytes, parameters: dict[str, Any]) -> bytes:
    predictor, columns = parameters.get("Predictor", 1), parameters.get("Columns", 1)
    if predictor == 1:
        return text
    usual = parameters.get("Colors", 1) == 1 and parameters.get("BitsPerComponent", BITS) == BITS
    if predictor not in PNG or type(columns) is not int or not 0 < columns <= MAX_COLUMNS or not usual:
        raise NotStrictError
    row = columns + 1
    if len(text) % row or set(text[::row]) - {UP}:
        raise NotStrictError
    out = bytearray(len(text) // row * columns)
    for column in range(columns):
        out[column::columns] = bytes(value & 0xFF for value in accumulate(text[column + 1 :: row]))
    return bytes(out)
