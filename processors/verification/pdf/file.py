"""A PDF as its cross-reference sections tell it, revision by revision; nothing is read that nobody asks for."""

import re
from collections.abc import Mapping
from typing import Any

from processors.verification.defects import DefectError, NotStrictError
from processors.verification.limits import MAX_OBJECTS, MAX_REVISIONS
from processors.verification.pdf.syntax import NO_GAPS, WHITE, Indirect, Ref, Stream, read_indirect, read_value
from processors.verification.pdf.xref import Entry, Section, read_section, unpacked

_HEADER = re.compile(rb"%PDF-[12]\.\d[\r\n]")
_LAST = re.compile(rb"startxref[\x00\t\n\f\r ]++(\d{1,10})[\x00\t\n\f\r ]++%%EOF[\x00\t\n\f\r ]*+\Z")
SEARCHED = 1_024
"""Bytes at the end of a revision in which its closing lines must stand."""

MAX_STEPS = 8
"""References that lead to references."""


class StrictPdf:
    """A file that two readers cannot understand differently; `NotStrictError` where that is not sure."""

    def __init__(self, data: bytes, gaps: Mapping[int, int] = NO_GAPS) -> None:
        self.data, self._gaps = data, gaps
        if not _HEADER.match(data):
            raise NotStrictError
        self.whole = _whole(data)
        self.sections = self._chain(self._named_at_end_of(len(data)))
        self.last = len(self.sections) - 1
        self._indirect: dict[tuple[int, int], Indirect] = {}
        self._objects: dict[tuple[int, int], Any] = {}
        self._packs: dict[tuple[int, int], tuple[bytes, list[tuple[int, int]]]] = {}

    def _named_at_end_of(self, end: int) -> int:
        found = _LAST.search(self.data, max(0, end - SEARCHED), end)
        if found is None:
            raise NotStrictError
        return int(found[1])

    def _chain(self, newest: int) -> list[Section]:
        sections = []
        seen: set[int] = set()
        at: Any = newest
        while at is not None:
            if type(at) is not int or at in seen:
                raise NotStrictError
            if len(seen) > MAX_REVISIONS:  # a file written for the web has one table more
                raise DefectError("RESOURCE_LIMIT")
            seen.add(at)
            section = read_section(self.data, at)
            sections.append(section)
            at = section.trailer.get("Prev")
        if "Encrypt" in sections[0].trailer:
            raise NotStrictError
        return sections[::-1]

    @property
    def revisions(self) -> int:
        """How often the file was written to."""
        return len(self.sections)

    @property
    def ambiguous(self) -> bool:
        """True where a table and the stream beside it contradict each other."""
        return any(each.ambiguous for each in self.sections)

    def trailer(self, upto: int) -> dict[str, Any]:
        """Return the trailer of a revision."""
        return self.sections[upto].trailer

    def section_at(self, end: int) -> int | None:
        """Return the number of the section that the first `end` bytes finish with; None if they are no complete revision.

        All sections up to it lie before `end`, all later ones behind.
        """
        if end >= self.whole:
            return self.last
        found = _LAST.search(self.data, max(0, end - SEARCHED), end)
        if found is None:
            return None
        number = next((at for at, each in enumerate(self.sections) if each.start == int(found[1])), None)
        if number is None:
            return None
        inside = all(each.end <= end for each in self.sections[: number + 1])
        beyond = all(each.start >= end for each in self.sections[number + 1 :])
        return number if inside and beyond else None

    def entry(self, number: int, upto: int) -> tuple[Entry | None, int]:
        """Return where an object stands as of a revision, and which section says so; None where it is not there."""
        for at in range(upto, -1, -1):
            entry = self.sections[at].find(number)
            if entry is not None:
                return (None if entry.kind == "f" else entry), at
        return None, -1

    def get(self, ref: Ref, upto: int) -> Any:
        """Return an object as of a revision; None if there is none (§7.3.10)."""
        entry, said = self.entry(ref.number, upto)
        if entry is None:
            return None
        key = (ref.number, said)
        if key not in self._objects:
            if len(self._objects) > MAX_OBJECTS:
                raise NotStrictError
            self._objects[key] = self._read(ref, entry, said)
        return self._objects[key]

    def _read(self, ref: Ref, entry: Entry, said: int) -> Any:
        if entry.kind == "c":
            if ref.generation:
                raise NotStrictError
            return self._packed(ref, entry, said)
        return self.indirect(ref, entry, said).value

    def indirect(self, ref: Ref, entry: Entry, said: int) -> Indirect:
        """Read an object that stands in the file by itself, once: what an update brings is both listed and looked at."""
        found = self._indirect.get((ref.number, said))
        if found is None:
            found = read_indirect(self.data, entry.place, lambda length: self.get(length, said), self._gaps)
            self._indirect[ref.number, said] = found
        if found.ref != ref or entry.second != ref.generation:
            raise NotStrictError
        return found

    def _packed(self, ref: Ref, entry: Entry, said: int) -> Any:
        text, places = self._pack(entry.place, said)
        if not entry.second < len(places) or places[entry.second][0] != ref.number:
            raise NotStrictError
        value, _ = read_value(text, places[entry.second][1])
        if isinstance(value, Ref):
            raise NotStrictError
        return value

    def _pack(self, number: int, said: int) -> tuple[bytes, list[tuple[int, int]]]:
        """Return an object stream unpacked, and (object, offset) of each object in it (§7.5.7)."""
        if (number, said) not in self._packs:
            self._packs[number, said] = self._unpack(number, said)
        return self._packs[number, said]

    def _unpack(self, number: int, said: int) -> tuple[bytes, list[tuple[int, int]]]:
        entry, _ = self.entry(number, said)
        if entry is None or entry.kind != "n":
            raise NotStrictError
        stream = self.get(Ref(number, 0), said)
        if not isinstance(stream, Stream) or stream.dictionary.get("Type") != "ObjStm":
            raise NotStrictError
        first, count = stream.dictionary.get("First"), stream.dictionary.get("N")
        text = unpacked(self.data, stream)
        if type(first) is not int or type(count) is not int or not 0 <= first <= len(text):
            raise NotStrictError
        try:
            head = [int(each) for each in text[:first].split()]
        except ValueError as exc:
            raise NotStrictError from exc
        if len(head) != 2 * count or any(each < 0 for each in head):
            raise NotStrictError
        return text, [(head[at], first + head[at + 1]) for at in range(0, len(head), 2)]

    def packed_numbers(self, number: int, upto: int) -> list[int]:
        """Name every object that an object stream holds."""
        return [each for each, _ in self._pack(number, upto)[1]]

    def resolved(self, value: Any, upto: int) -> Any:
        """Follow references as of a revision."""
        for _ in range(MAX_STEPS):
            if not isinstance(value, Ref):
                return value
            value = self.get(value, upto)
        raise NotStrictError


def _whole(data: bytes) -> int:
    """Return the length without white space at the end; as a rule there are a few bytes of it, and the file is not copied."""
    end = len(data[-SEARCHED:].rstrip(WHITE))
    return max(0, len(data) - SEARCHED) + end if end else len(data.rstrip(WHITE))
