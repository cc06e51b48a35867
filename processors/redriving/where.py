"""Which documents are meant: `reason=RECIPIENT_UNKNOWN and at>=2026-11-23T00:00:00+07:00`; pure."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.events import Act, DocumentDispatched, DocumentRefused, Event, Stage
from schemas.ids import clean_code, normalise_document_id

TEXTS = ("reason", "rule", "directory", "document", "sender", "recipient")
"""Reason code of a refusal, rule of a delivery, version of the directory (its beginning is enough), document id or key, organ_ids."""

MOMENT = "at"
TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_TERM = re.compile(r"""\s*([a-z]+)\s*(!=|>=|<=|=|>|<)\s*("[^"]*"|'[^']*'|[^\s"']+)\s*""", re.ASCII)
_AND = re.compile(r"and\s", re.ASCII | re.IGNORECASE)


class BadWhereError(ValueError):
    """The expression cannot be read; the text says where and what may stand there."""


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    test: str
    value: Any

    def holds(self, said: Mapping[str, Any]) -> bool:
        found = said[self.name]
        if self.name == MOMENT:
            return TESTS[self.test](found, self.value)
        same = any(_same(self.name, each, self.value) for each in found)
        return same == (self.test == "=")


@dataclass(frozen=True, slots=True)
class Where:
    """Terms that must all hold."""

    terms: tuple[_Term, ...]

    def holds(self, outcome: Event) -> bool:
        """Tell whether one outcome, a dispatch or a refusal, is meant."""
        said = _said(outcome)
        return said is not None and all(term.holds(said) for term in self.terms)


def parse(text: str) -> Where:
    """Read an expression; raise `BadWhereError`."""
    at, terms = 0, []
    while True:
        found = _TERM.match(text, at)
        if found is None:
            raise BadWhereError(
                f"{text[at:].strip()[:80]!r}: a term is NAME=VALUE; names are {', '.join(TEXTS)}, {MOMENT}"
            )
        terms.append(_term(*found.groups()))
        at = found.end()
        if at >= len(text):
            return Where(tuple(terms))
        joined = _AND.match(text, at)
        if joined is None:
            raise BadWhereError(f"{text[at:].strip()[:80]!r}: terms are joined by `and`")
        at = joined.end()


def _term(name: str, test: str, value: str) -> _Term:
    value = value.strip("\"'")
    if name == MOMENT:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise BadWhereError(f"{value!r}: a time is written 2026-11-23T08:00:00+07:00")
        return _Term(name, test, moment)
    if name not in TEXTS:
        raise BadWhereError(f"{name!r}: names are {', '.join(TEXTS)}, {MOMENT}")
    if test not in ("=", "!="):
        raise BadWhereError(f"{name}{test}: only {MOMENT} has an order")
    return _Term(name, test, value)


def _same(name: str, found: str, wanted: str) -> bool:
    if name == "directory":
        return bool(wanted) and found.startswith(wanted)
    if name in ("sender", "recipient"):
        return clean_code(found) == clean_code(wanted)
    return found == wanted or (name == "document" and found == _normalised(wanted))


def _normalised(document_id: str) -> str:
    try:
        return normalise_document_id(document_id)
    except ValueError:  # a document key
        return document_id


def _said(outcome: Event) -> Mapping[str, Any] | None:
    """Return what terms are compared with; None for what is no outcome of judging or routing."""
    match outcome:
        case DocumentDispatched(act=act) if act is not Act.RECALL:
            reason, rule, recipients = "", outcome.rule, (outcome.recipient, *outcome.addressed)
        case DocumentRefused(stage=Stage.ROUTING | Stage.VERIFICATION, about_status=False):
            reason, rule, recipients = outcome.reason, "", (outcome.addressed,)
        case _:
            return None
    return {
        "reason": (reason,),
        "rule": (rule,),
        "directory": (outcome.versions.get("directory", ""),),
        "document": (outcome.document_id, outcome.document_key),
        "sender": (outcome.sender,),
        "recipient": recipients,
        MOMENT: outcome.occurred_at,
    }
