"""Who refers to an object: the one question for which all of a file is read, asked where something was appended.

An object can be part of the page and of what an update may touch at once (one array as /Contents of a page and /Certs of the store),
and a reference may wait for an object that only the update brings (§7.3.10: until then it means null).
"""

import re
from collections import Counter
from typing import Any

from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import WHITE, Ref, Stream
from processors.verification.pdf.xref import Entry

_HEAD = re.compile(rb"0*(\d{1,10})[\x00\t\n\f\r ]+\d{1,5}[\x00\t\n\f\r ]+obj(?=[\x00\t\n\f\r <])")
_REF = re.compile(rb"(\d+)[\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+R")
SHORT = 4_096
"""Bytes of an object whose references are read without reading it: tagged files have tens of thousands of them."""


def users_of(pdf: StrictPdf, upto: int) -> Counter[int]:
    """Count the references to each object as of a revision, cross-reference streams left out; raises `NotStrictError` where an object cannot be read."""
    numbers = {number for section in pdf.sections[: upto + 1] for number in section.numbers()}
    users: Counter[int] = Counter()
    waiting: list[Any] = [pdf.trailer(upto)]
    for number in numbers:
        entry, _ = pdf.entry(number, upto)
        if entry is None:
            continue
        plain = _plain(pdf.data, number, entry) if entry.kind == "n" else None
        if plain is None:
            waiting.append(pdf.get(Ref(number, entry.second if entry.kind == "n" else 0), upto))
        else:
            users.update(map(int, _REF.findall(plain)))
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


def _plain(data: bytes, number: int, entry: Entry) -> bytes | None:
    """Return a dictionary as it is written, if nothing in it can be taken for a reference, or hide one: no strings, no comments, no stream."""
    end = data.find(b"endobj", entry.place, entry.place + SHORT)
    text = data[entry.place : max(end, entry.place)].rstrip(WHITE)
    head = _HEAD.match(text)
    if head is None or int(head[1]) != number or any(each in text for each in (b"(", b"%", b"stream")):
        return None
    whole = text.endswith(b">>") and text.count(b"<<") == text.count(b">>")
    return text[head.end() :] if whole else None
