"""One appended revision as it lies in the file: which objects it brings, which it replaces, and that it holds nothing besides.

Objects, table, trailer and closing lines must tile the appended bytes: an object that no table lists is shown by a reader that
repairs a file, and by no other (shadow attacks hide there).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from processors.verification.defects import NotStrictError
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import GAP, Ref, Stream
from processors.verification.pdf.users import users_of
from processors.verification.pdf.xref import Entry, Section

_NOTHING = re.compile(GAP)
TRAILER_KEYS = frozenset(
    {"Size", "Root", "Info", "ID", "Prev", "Type", "W", "Index", "Length", "Filter", "DecodeParms"}
)


class ChangedError(Exception):
    """The revision does something else than add; the message says what, for tests and developers."""


def require(*, holds: bool, what: str) -> None:
    """Raise `ChangedError` unless something holds."""
    if not holds:
        raise ChangedError(what)


@dataclass(slots=True)
class Update:
    """A revision beside the file as it was before, with what has been explained so far."""

    pdf: StrictPdf
    number: int
    """Of its cross-reference section; the one before is what was signed."""

    fresh: dict[int, Any] = field(default_factory=dict)
    """Objects that were not there before."""

    replaced: dict[int, Any] = field(default_factory=dict)
    """Objects that were there; the new value."""

    explained: set[int] = field(default_factory=set)
    alone: set[int] = field(default_factory=set)
    """Objects that may be replaced only if one place led to them."""

    reached: set[int] = field(default_factory=set)

    def before(self, value: Any) -> Any:
        """Resolve as it was."""
        return self.pdf.resolved(value, self.number - 1)

    def after(self, value: Any) -> Any:
        """Resolve as it is now."""
        return self.pdf.resolved(value, self.number)

    def explain(self, raw: Any, *, shared: bool = False) -> None:
        """Allow that an object, if it is an indirect one, was replaced or is new; `shared`: although others led to it."""
        if isinstance(raw, Ref):
            self.explained.add(raw.number)
            self.reached.add(raw.number)
            if not shared:
                self.alone.add(raw.number)

    def reach(self, value: Any, check: Callable[[dict[str, Any]], None] | None = None) -> None:
        """Allow all new objects that a value leads to; `check` sees each dictionary in them."""
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, Ref):
                if each.number in self.fresh and each.number not in self.reached:
                    self.reached.add(each.number)
                    waiting.append(self.fresh[each.number])
                continue
            inner = each.dictionary if isinstance(each, Stream) else each
            if isinstance(inner, dict):
                if check:
                    check(inner)
                waiting.extend(inner.values())
            elif isinstance(inner, list):
                waiting.extend(inner)

    def finish(self) -> None:
        """Raise `ChangedError` if anything was replaced, or brought, for no reason known, or if others show it as well."""
        require(holds=not set(self.replaced) - self.explained, what="an object was replaced")
        require(holds=not set(self.fresh) - self.reached, what="an object was added that belongs to nothing")
        users = users_of(self.pdf, self.number - 1)
        require(holds=not self.fresh.keys() & users.keys(), what="an object was added that something waited for")
        exchanged = self.alone & self.replaced.keys()
        require(holds=all(users[each] == 1 for each in exchanged), what="an object that others use was exchanged")


def read_update(pdf: StrictPdf, number: int) -> Update:
    """Read every object of a revision; raises `ChangedError`, or `NotStrictError` where the bytes cannot be read."""
    section, begin = pdf.sections[number], max(each.end for each in pdf.sections[:number])
    sound = section.start >= begin and section.named == section.start and not section.hybrid
    require(holds=sound, what="its table does not stand in it")
    _check_trailers(pdf.trailer(number - 1), section.trailer)
    _check_sizes(pdf, number)
    update = Update(pdf, number)
    spans = [(section.start, section.body_end)]
    packs: dict[int, set[int]] = {}
    for each in section.numbers():
        entry, old = section.find(each), pdf.entry(each, number - 1)[0]
        if entry is None or entry.kind == "f":
            require(holds=old is None, what="an object was removed")
        elif entry.kind == "n":
            spans += _own(update, each, entry, old, begin)
        else:
            packs.setdefault(entry.place, set()).add(each)
            _sort(update, each, pdf.get(Ref(each, 0), number), old)
    _check_packs(update, packs)
    _check_tiles(pdf.data, spans, begin, section)
    return update


def _check_trailers(old: dict[str, Any], new: dict[str, Any]) -> None:
    require(holds=set(new) <= TRAILER_KEYS, what="an unknown key in the trailer")
    require(holds=isinstance(new.get("Root"), Ref) and new["Root"] == old.get("Root"), what="another catalog")
    require(
        holds="Info" not in old or new.get("Info", old["Info"]) == old["Info"], what="another information dictionary"
    )
    before, after = old.get("ID"), new.get("ID")
    same = before is None or (isinstance(before, list) and isinstance(after, list) and before[:1] == after[:1])
    require(holds=same, what="another file identifier")


def _check_sizes(pdf: StrictPdf, number: int) -> None:
    """Look for objects from /Size on: they are missing to one reader and there to another (§7.5.5), and a larger /Size wakes them."""
    old, new = (pdf.trailer(each).get("Size") for each in (number - 1, number))
    if type(old) is not int or type(new) is not int:
        raise NotStrictError
    require(holds=old <= new, what="fewer objects")
    require(holds=pdf.sections[number].listed_to <= new, what="an object beyond the size")
    if any(each.listed_to > old for each in pdf.sections[:number]):
        raise NotStrictError


def _own(update: Update, number: int, entry: Entry, old: Entry | None, begin: int) -> Iterator[tuple[int, int]]:
    """Read an object that stands in the revision by itself; return its place."""
    section = update.pdf.sections[update.number]
    require(holds=entry.place >= begin, what="an entry points back into what was signed")
    if section.stream and number == section.stream.number:
        require(holds=old is None and entry.place == section.start, what="the table's own entry is wrong")
        return
    require(holds=entry.place < section.start, what="an object stands behind the table")
    require(holds=old is None or old.kind == "c" or old.second == entry.second, what="another generation")
    found = update.pdf.indirect(Ref(number, entry.second), entry, update.number)
    _sort(update, number, found.value, old)
    yield entry.place, found.end


def _sort(update: Update, number: int, value: Any, old: Entry | None) -> None:
    (update.fresh if old is None else update.replaced)[number] = value


def _check_packs(update: Update, packs: dict[int, set[int]]) -> None:
    """Every object of a new object stream is listed, and object streams are new."""
    for number, listed in packs.items():
        require(holds=number in update.fresh, what="an object comes out of an old object stream")
        held = update.pdf.packed_numbers(number, update.number)
        require(
            holds=len(held) == len(listed) and set(held) == listed, what="an object stream holds more than is listed"
        )
        update.reached.add(number)


def _check_tiles(data: bytes, spans: list[tuple[int, int]], begin: int, section: Section) -> None:
    at = begin
    for start, end in sorted(spans):
        gap = _NOTHING.match(data, at, start)
        require(holds=at <= start and gap is not None and gap.end() == start, what="bytes between the objects")
        at = end
    require(holds=at <= section.end, what="bytes behind the table")
