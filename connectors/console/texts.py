"""What the console says, one YAML a language; words that the register has already said to people come from there."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from connectors.register import words
from schemas.reasons import REASONS, sentence_en, sentence_vi

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("vi", "en")
"""The first is what a page speaks before anybody chose."""


class Texts:
    """The sentences of one language."""

    def __init__(self, language: str, known: Mapping[str, str]) -> None:
        self.language, self.known = language, known

    def __call__(self, key: str, /, **fields: object) -> str:
        """Return a sentence with its fields filled in; raise KeyError for a key that is not there."""
        return self.known[key].format(**fields) if fields else self.known[key]

    def word(self, group: str, code: str) -> str:
        """Return the words for a code of a group, as `state.held`; a code without words as it is."""
        said = self.known.get(f"{group}.{code}")
        return code if said is None or "{" in said else said

    def reason(self, code: str) -> str:
        """Return the sentence of a reason code; a text that is none as it is."""
        if code not in REASONS:
            return code
        return sentence_vi(code) if self.language == "vi" else sentence_en(code)

    def why(self, text: str) -> str:
        """Say in words what a line of a timeline gives as codes: `CODE`, `CODE, CODE`, `CODE: text` or plain text."""
        code, colon, rest = text.partition(": ")
        if colon:
            return f"{self._one(code)}: {self._one(rest)}"
        code, _, rest = text.partition(" ")
        if rest and code in REASONS:
            return f"{self.reason(code)} ({rest})"
        return ", ".join(filter(None, (self._one(each) for each in text.split(", "))))

    def _one(self, code: str) -> str:
        for group in ("fact", "duty", "kind", "channel", "indication", "act"):
            if (said := self.known.get(f"{group}.{code}")) is not None:
                return said
        return self.reason(code)


@cache
def texts(language: str) -> Texts:
    """Return a language's sentences."""
    return Texts(language, dict(_flat(_read(language), "")) | (_of_register() if language == "vi" else {}))


def _of_register() -> dict[str, str]:
    groups = {"duty": words.DUTIES, "state": words.STATES, "label": words.LABELS}
    return {f"{group}.{code}": said for group, some in groups.items() for code, said in some.items()}


def _read(language: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return loaded


def _flat(tree: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", str(value)
