"""What must never stand in a log: people's names, mailboxes and numbers, and what documents are about."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra.demo import province
from infra.demo.packets import CLERK
from infra.demo.plan import SUBJECTS


def private_words() -> set[str]:
    """Return all of them, of the demo province and its week."""
    with (province.REFERENCE / "contacts.csv").open(encoding="utf-8-sig", newline="") as rows:
        people = {row[field] for row in csv.DictReader(rows) for field in ("name", "mobile", "mailbox")}
    return {word for word in people | {CLERK, *SUBJECTS} if word}


def leaks(folder: Path, words: Iterable[str]) -> list[tuple[str, str]]:
    """Return (file, word) for each private word in a folder's logs, as it is written or as JSON and Python may escape it."""
    looked_for = {form: word for word in words for form in _forms(word)}
    return sorted(
        (file.name, word)
        for file in folder.glob("*.log*")
        for text in [file.read_text(errors="replace")]
        for form, word in looked_for.items()
        if form in text
    )


def _forms(word: str) -> Iterator[str]:
    yield word
    yield json.dumps(word)[1:-1]
    yield repr(word.encode())[2:-1]
