"""The reason tables (`*.yaml` beside this file) as values, and their sentences with the case's own words filled in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from schemas.events import Indication

FOLDER = Path(__file__).parent

MAX_FIELD = 200
"""Characters of a value that is filled into a sentence; such values come from packets of strangers."""

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{([a-z_]+)\}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


class Disposition(StrEnum):
    """What the axis does when a code decides."""

    HOLD = "hold"
    """Wait and judge again: time or a person can mend it."""

    REFUSE = "refuse"
    """A final no."""

    WARN = "warn"
    """Noted in the verdict; the document goes on. A policy may make it a refusal."""

    ALERT = "alert"
    """Somebody is told; nothing is stopped."""

    DEAD_LETTER = "dead_letter"
    """A record no step could take: kept untouched with its coordinates."""


class Party(StrEnum):
    """Who must act so that it goes on."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    OPERATOR = "operator"
    """The people who run the axis."""

    AXIS = "axis"
    """The axis itself, without a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One code of the closed list."""

    code: str
    disposition: Disposition
    """What a verdict or a decision becomes by it. A packet reader's refusal is final whatever stands here."""

    acts: Party
    vi: str
    """Sentence with optional parts: `[…{element}…]` is left out where the field is not given."""

    en: str
    indication: Indication | None = None
    """Main status, ETSI EN 319 102-1; None where the code is not about a signature."""

    sub_indication: str = ""
    """Exact name of EN 319 102-1, empty where there is none."""

    provisional: bool = False
    """True where a document may go out at once, judged again later, if nothing else is wrong and its class allows it."""

    retry: bool = False
    """True where the same bytes may pass later without a change by the sender."""


def load(folder: Path = FOLDER) -> Mapping[str, Reason]:
    """Read the tables of a folder; raise ValueError for a code that comes twice or a field that is wrong."""
    found: dict[str, Reason] = {}
    for file in sorted(folder.glob("*.yaml")):
        for reason in _read(file):
            if reason.code in found:
                raise ValueError(f"{file.name}: {reason.code} comes twice")
            found[reason.code] = reason
    return MappingProxyType(found)


def _read(file: Path) -> Iterator[Reason]:
    for code, row in yaml.load(file.read_text(encoding="utf-8"), _Loader).items():  # noqa: S506 - a SafeLoader that refuses repeats
        try:
            yield _reason(code, row)
        except (KeyError, TypeError, ValueError) as exc:
            raise ValueError(f"{file.name}: {code}: {exc!r}") from exc


class _Loader(yaml.SafeLoader):
    """Refuses a key that comes twice, where PyYAML silently keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        keys = [key.value for key, _ in node.value]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"{', '.join(sorted(repeated))} comes twice")
        return super().construct_mapping(node, deep=deep)


def _reason(code: str, row: dict[str, Any]) -> Reason:
    """Read `{do, acts, is: INDICATION/SUB_INDICATION, provisional, retry, vi, en}`."""
    if unknown := set(row) - {"do", "acts", "is", "provisional", "retry", "vi", "en"}:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    indication, _, sub_indication = row.get("is", "").partition("/")
    return Reason(
        code=code,
        disposition=Disposition(row["do"]),
        acts=Party(row["acts"]),
        vi=row["vi"],
        en=row["en"],
        indication=Indication(indication) if indication else None,
        sub_indication=sub_indication,
        provisional=row.get("provisional", False) is True,
        retry=row.get("retry", False) is True,
    )


REASONS: Mapping[str, Reason] = load()
"""Code -> reason: the closed list; a code that is not here is a bug."""


def sentence_vi(code: str, /, **fields: object) -> str:
    """Return the sentence in Vietnamese, parts without their field left out; raise KeyError for a code that is not listed."""
    return _fill(REASONS[code].vi, fields)


def sentence_en(code: str, /, **fields: object) -> str:
    """Return the sentence in English, parts without their field left out; raise KeyError for a code that is not listed."""
    return _fill(REASONS[code].en, fields)


def _fill(template: str, fields: Mapping[str, object]) -> str:
    given = {name: text for name, value in fields.items() if value is not None and (text := _plain(value))}

    def part(match: re.Match[str]) -> str:
        wanted = _FIELD.findall(match[1])
        return _FIELD.sub(lambda field: given[field[1]], match[1]) if all(name in given for name in wanted) else ""

    return _OPTIONAL.sub(part, template)


def _plain(value: object) -> str:
    """Return a stranger's value fit for one line: no control or invisible characters, bounded."""
    text = _UNPRINTABLE.sub(" ", str(value)).strip()
    return text if len(text) <= MAX_FIELD else f"{text[: MAX_FIELD - 1]}…"
