"""What must not travel: words that mark a state secret, looked for where an edXML packet can show them.

words: [Mật, MẬT, Tối mật, TỐI MẬT, Tuyệt mật, TUYỆT MẬT]    # whole words, case and tone sensitive
except: [Bảo Mật, BẢO MẬT]                                    # false hits: looked for first, then ignored
fields: [Subject, CodeNotation, SphereOfPromulgation, AttachmentName]
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.reference.faults import Faults
from schemas.reference.tree import read_tree

FIELDS = ("Subject", "CodeNotation", "SphereOfPromulgation", "AttachmentName")


@dataclass(frozen=True, slots=True)
class SecrecyRules:
    """A snapshot of the words (QĐ 28/2018 art. 1.2; Luật BVBMNN)."""

    label: str
    words: tuple[str, ...]
    exceptions: tuple[str, ...]
    fields: frozenset[str]
    _word: re.Pattern[str] = field(init=False, compare=False, repr=False)
    _exception: re.Pattern[str] | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_word", _whole_words(self.words))
        object.__setattr__(self, "_exception", _whole_words(self.exceptions) if self.exceptions else None)

    def hit(self, element: str, text: str) -> str | None:
        """Return the word that marks this text as secret, None if there is none.

        `element`: `Subject`, `CodeNotation`, `SphereOfPromulgation` or `AttachmentName`.
        """
        if element not in self.fields:
            return None
        composed = " ".join(unicodedata.normalize("NFC", text).split())
        if self._exception:
            composed = self._exception.sub("·", composed)
        found = self._word.search(composed)
        return found[0] if found else None


def parse_secrecy(files: Mapping[str, bytes], faults: Faults) -> SecrecyRules | None:
    """Parse secrecy.yaml."""
    tree = read_tree("secrecy.yaml", files.get("secrecy.yaml"), faults)
    if tree is None:
        return None
    top = tree.entries(known=("version", "words", "fields"), optional=("except",))
    if faults:
        return None
    words = _composed(top["words"].texts())
    if not words:
        top["words"].fault("MISSING_FIELD", "Cần ít nhất một từ.")
        return None
    return SecrecyRules(
        top["version"].text(),
        words,
        _composed(top["except"].texts()) if "except" in top else (),
        frozenset(item.choice(FIELDS) for item in top["fields"].items()),
    )


def _composed(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(" ".join(unicodedata.normalize("NFC", word).split()) for word in words if word.strip())


def _whole_words(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])")
