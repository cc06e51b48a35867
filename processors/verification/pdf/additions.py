"""What an appended revision adds: signature fields with their widgets and values, time-stamps, validation data (step 6).

`addition_of` answers with what was added, or raises `ChangedError`.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from processors.verification.pdf import permitted
from processors.verification.pdf.fields import text_of
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.located import DOCUMENT_STAMP
from processors.verification.pdf.permitted import FORM_MAY, SIG_FLAGS, only, same
from processors.verification.pdf.syntax import Ref
from processors.verification.pdf.update import ChangedError, Update, read_update, require
from processors.verification.pdf.users import users_of

FIELD_KEYS = frozenset({
    "Type", "Subtype", "FT", "T", "TU", "V", "F", "Ff", "P", "Rect", "AP", "MK", "Lock", "SV", "Parent", "DA", "DR", "Border", "BS",
    "H", "M", "NM", "Kids", "Q", "StructParent",
})  # fmt: skip
"""Of a signature field and its widget (ISO 32000-1 tables 164, 168, 188, 220, 232); no actions."""

FILLED_MAY = frozenset({"V", "AP", "M", "F"})
LOCKED = 128
"""Flag of an annotation (ISO 32000-1 table 165): Acrobat sets it when it signs."""

ACTIONS = frozenset({"A", "AA", "OpenAction", "JS", "JavaScript", "Launch", "URI"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What one revision added."""

    names: tuple[str, ...] = ()
    """Names of the fields that were signed, document time-stamps left out."""

    shows: bool = False
    """A field that was not there before is visible: after a certification that is an attack (ISO 32000-2 §12.8.2.2.2)."""

    @property
    def validation_only(self) -> bool:
        """Nothing but document time-stamps and validation data."""
        return not self.names


@dataclass(slots=True)
class _Found:
    values: list[Ref] = field(default_factory=list)
    widgets: dict[Ref, dict[str, Any]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    shows: bool = False


def addition_of(pdf: StrictPdf, number: int, judged: Collection[Ref]) -> Addition:
    """Say what the revision of a section adds; `judged`: the signature values that are looked at by themselves."""
    update = read_update(pdf, number)
    old, new = permitted.catalog(update)
    permitted.information(update)
    permitted.metadata(update, old, new)
    more = permitted.store(update, old, new)
    found = _Found()
    _form(update, old.get("AcroForm"), new.get("AcroForm"), found)
    _filled(update, found)
    _pages(update, found)
    update.finish()
    require(holds=more or bool(found.values), what="nothing was added")
    require(holds=all(each in judged for each in found.values), what="a value that nobody judges")
    return Addition(names=tuple(found.names), shows=found.shows)


def _form(update: Update, before: Any, raw: Any, found: _Found) -> None:
    was, now = update.before(before), update.after(raw)
    if was is None and now is None:
        return
    was = was or {}
    only(was, now, FORM_MAY, "the form")
    flags, earlier = now.get("SigFlags", 0), was.get("SigFlags", 0)
    sound = (
        type(flags) is int and type(earlier) is int and flags | SIG_FLAGS == SIG_FLAGS and flags & earlier == earlier
    )
    require(holds=sound or flags == earlier, what="the form's flags were changed")
    fields, listed = update.before(was.get("Fields")) or [], update.after(now.get("Fields")) or []
    require(holds=isinstance(fields, list) and isinstance(listed, list), what="the form's fields are no list")
    require(holds=same(listed[: len(fields)], fields), what="fields were removed or moved")
    update.explain(raw)
    update.explain(now.get("Fields"))
    for each in fields:
        _again(update, each)
    for each in listed[len(fields) :]:
        _new_field(update, each, found)
    if not (same(was.get("DR"), now.get("DR")) and same(was.get("DA"), now.get("DA"))):
        every = [update.after(each) for each in listed]
        signs = all(isinstance(each, dict) and each.get("FT") == "Sig" for each in every)
        require(holds=signs, what="resources of other fields were changed")
        update.reach(now.get("DR"))


def _again(update: Update, raw: Any) -> None:
    """PDFBox writes every field that was there once more, whatever it signs; the very same value changes nothing."""
    if isinstance(raw, Ref) and raw.number in update.replaced and same(update.before(raw), update.after(raw)):
        update.explain(raw, shared=True)


def _new_field(update: Update, raw: Any, found: _Found) -> None:
    require(holds=isinstance(raw, Ref) and raw.number in update.fresh, what="an old object became a field")
    each = update.after(raw)
    require(holds=isinstance(each, dict) and each.get("FT") == "Sig", what="another field than a signature's was added")
    _widget(update, raw, each, found)
    kids = update.after(each.get("Kids")) or []
    require(holds=isinstance(kids, list) and len(kids) <= 1, what="a signature field with several widgets")
    for kid in kids:
        inner = update.after(kid)
        own = isinstance(kid, Ref) and kid.number in update.fresh and isinstance(inner, dict)
        require(
            holds=own and "T" not in inner and "V" not in inner and inner.get("Parent", raw) == raw,
            what="a foreign kid",
        )
        _widget(update, kid, inner, found)
    update.explain(each.get("Kids"))
    _value(update, each, found)


def _widget(update: Update, raw: Ref, each: dict[str, Any], found: _Found) -> None:
    require(holds=set(each) <= FIELD_KEYS, what="a signature field with an unknown key")
    update.reached.add(raw.number)
    found.widgets[raw] = each
    found.shows |= _area(each.get("Rect")) > 0
    for key in ("AP", "MK", "Lock", "SV", "DR", "BS"):
        update.reach(each.get(key), _no_action)


CORNERS = 4


def _area(rectangle: Any) -> float:
    """Return the area of a rectangle, 1 for what is none: whatever a reader makes of it may be visible."""
    if not isinstance(rectangle, list) or any(type(each) not in (int, float) for each in rectangle):
        return 0 if rectangle is None else 1
    return abs((rectangle[2] - rectangle[0]) * (rectangle[3] - rectangle[1])) if len(rectangle) == CORNERS else 1


def _no_action(dictionary: dict[str, Any]) -> None:
    require(holds=not ACTIONS & dictionary.keys(), what="an action was added")


def _value(update: Update, each: dict[str, Any], found: _Found) -> None:
    raw = each.get("V")
    if not isinstance(raw, Ref) or raw.number not in update.fresh:
        raise ChangedError("a field without a new signature")
    value = update.after(raw)
    require(holds=isinstance(value, dict), what="a signature is no dictionary")
    found.values.append(raw)
    if value.get("SubFilter") == DOCUMENT_STAMP:
        widgets = (each, *(update.after(kid) for kid in update.after(each.get("Kids")) or []))
        # any authority stamps what anybody sends it: nobody answers for what such a field shows (ISO 32000-2 §12.8.5)
        require(holds=not any(_area(one.get("Rect")) for one in widgets), what="a time-stamp that shows something")
    else:
        title = each.get("T")
        if not isinstance(title, bytes):
            raise ChangedError("a field without a name was signed")
        found.names.append(text_of(title))
    update.reach(raw, _no_action)


def _filled(update: Update, found: _Found) -> None:
    """Empty signature fields that were there before and are signed now."""
    for number, now in update.replaced.items():
        if number in update.explained or not isinstance(now, dict) or now.get("FT") != "Sig":
            continue
        entry, _ = update.pdf.entry(number, update.number - 1)
        ref = Ref(number, entry.second if entry and entry.kind == "n" else 0)
        was = update.before(ref)
        only(was, now, FILLED_MAY, "a signature field")
        flags, before = now.get("F"), was.get("F")
        locked = same(flags, before) or (type(flags) is type(before) is int and flags == before | LOCKED)
        signs = was.get("V") is None and now.get("V") is not None and locked
        require(holds=signs, what="a signature field was changed")
        _value(update, now, found)
        _appearance(update, was.get("AP"), now.get("AP"))
        update.explain(ref, shared=True)


def _appearance(update: Update, before: Any, now: Any) -> None:
    """Let the field's own appearance be exchanged, whether it is another object now or the same with another value."""
    shown = update.before(before)
    old = [each for each in (before, *(shown.values() if isinstance(shown, dict) else ())) if isinstance(each, Ref)]
    again = [each for each in old if each.number in update.replaced]
    if old and (again or not same(before, now)):
        users = users_of(update.pdf, update.number - 1)
        require(holds=all(users[each.number] == 1 for each in old), what="an appearance that others use was exchanged")
    for each in again:
        update.explain(each)
        update.reach(update.replaced[each.number], _no_action)
    update.reach(now, _no_action)


def _pages(update: Update, found: _Found) -> None:
    """Pages on which a new widget was put, and nothing else."""
    for each in found.widgets.values():
        raw = each.get("P")
        if not isinstance(raw, Ref):
            continue
        was, now = update.before(raw), update.after(raw)
        require(holds=isinstance(was, dict) and was.get("Type") == "Page", what="a widget on no page")
        only(was, now, ("Annots",), "a page")
        old, new = was.get("Annots"), now.get("Annots")
        before, after = update.before(old) or [], update.after(new) or []
        require(holds=isinstance(before, list) and isinstance(after, list), what="annotations are no list")
        added = after[len(before) :]
        fits = same(after[: len(before)], before) and all(one in found.widgets for one in added if isinstance(one, Ref))
        require(holds=fits and all(isinstance(one, Ref) for one in added), what="annotations were changed")
        if added:
            update.explain(raw, shared=True)
            update.explain(new)
