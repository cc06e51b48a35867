"""What a signature permits afterwards: certification, the field's lock, locked fields (§12.8.2, ISO 32000-2 tables 236, 258)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from processors.verification.defects import NotStrictError
from processors.verification.pdf.additions import Addition
from processors.verification.pdf.fields import SignatureField, text_of
from processors.verification.pdf.file import StrictPdf

NO_CHANGES, FILL_FORMS, ANNOTATE = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What may be added after a signature."""

    level: int = ANNOTATE
    """/P of a certification or lock; 1 permits time-stamps and validation data only."""

    certified: bool = False
    """A certification: no new visible field may come after it, whatever it permits."""

    locks: str = "Include"
    """`All`, `Include` or `Exclude` of FieldMDP."""

    fields: frozenset[str] = frozenset()

    def allows(self, added: Addition) -> bool:
        """Tell whether an addition is permitted."""
        if self.certified and added.shows:
            return False
        if added.validation_only:
            return True
        return self.level > NO_CHANGES and not any(map(self._locked, added.names))

    def _locked(self, name: str) -> bool:
        return self.locks == "All" or (name in self.fields) == (self.locks == "Include")


def permission_of(pdf: StrictPdf, found: SignatureField) -> Permission:
    """Read what a signature permits; raises `NotStrictError` where it is written in a way we do not know."""
    level, locks, fields = ANNOTATE, "Include", frozenset[str]()
    certified = False
    for each in _list(pdf, found.dictionary.get("Reference")):
        reference = pdf.resolved(each, pdf.last)
        parameters = pdf.resolved(reference.get("TransformParams"), pdf.last) if isinstance(reference, dict) else None
        if not isinstance(parameters, dict):
            raise NotStrictError
        match reference.get("TransformMethod"):
            case "DocMDP":
                certified, level = True, min(level, _level(parameters, FILL_FORMS))
            case "FieldMDP":
                locks, fields = _locked(pdf, parameters)
            case _:
                raise NotStrictError
    lock = pdf.resolved(found.field.get("Lock"), pdf.last)
    if lock is not None:
        level = min(level, _level(lock, ANNOTATE))
    return Permission(level=level, certified=certified, locks=locks, fields=fields)


def _locked(pdf: StrictPdf, parameters: dict[str, Any]) -> tuple[str, frozenset[str]]:
    action, names = parameters.get("Action"), _list(pdf, parameters.get("Fields"))
    if action not in ("All", "Include", "Exclude") or any(type(each) is not bytes for each in names):
        raise NotStrictError
    return str(action), frozenset(text_of(each) for each in names)


def _list(pdf: StrictPdf, value: Any) -> Sequence[Any]:
    held = pdf.resolved(value, pdf.last)
    if held is None:
        return ()
    if not isinstance(held, list):
        raise NotStrictError
    return held


def _level(parameters: Any, otherwise: int) -> int:
    level = parameters.get("P", otherwise) if isinstance(parameters, dict) else None
    if type(level) is not int or not NO_CHANGES <= level <= ANNOTATE:
        raise NotStrictError
    return level
