"""Who refers to an object: the one question for which all of a file is read, asked only where an old appearance is exchanged."""

from collections import Counter
from typing import Any

from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import Ref, Stream


def users_of(pdf: StrictPdf, upto: int) -> Counter[int]:
    """Count the references to each object as of a revision; raises `NotStrictError` where an object cannot be read."""
    numbers = {number for section in pdf.sections[: upto + 1] for number in section.numbers()}
    waiting: list[Any] = [pdf.trailer(upto)]
    for number in numbers:
        entry, _ = pdf.entry(number, upto)
        if entry is not None:
            waiting.append(pdf.get(Ref(number, entry.second if entry.kind == "n" else 0), upto))
    users: Counter[int] = Counter()
    while waiting:
        each = waiting.pop()
        inner = each.dictionary if isinstance(each, Stream) else each
        if isinstance(inner, Ref):
            users[inner.number] += 1
        elif isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)
    return users
