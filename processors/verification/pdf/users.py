"""Who refers to an object: the one question for which all of a file is read, asked where something was appended.

An object can be part of the page and of what an update may touch at once (one array as /Contents of a page and /Certs of the store),
and a reference may wait for an object that only the update brings (§7.3.10: until then it means null).
"""

from collections import Counter
from typing import Any

from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import Ref, Stream


def users_of(pdf: StrictPdf, upto: int) -> Counter[int]:
    """Count the references to each object as of a revision, cross-reference streams left out; raises `NotStrictError` where an object cannot be read."""
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
        if isinstance(each, Stream) and each.dictionary.get("Type") == "XRef":
            continue  # it repeats the trailer
        if isinstance(inner, Ref):
            users[inner.number] += 1
        elif isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, list):
            waiting.extend(inner)
    return users
