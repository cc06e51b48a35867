"""PDFs that are too much: each is judged by a pool of judges within its limits, and its neighbour is judged as well.

`general`: the signed page begins with a line that our own reader does not accept, so that pyHanko must read what follows.
"""

import zlib
from collections.abc import Mapping

from asn1crypto import core

from tests.vectors.attacks.messages import made, one
from tests.vectors.attacks.paper import CATALOG, FIELD, appended, bodies_of, filled, signed_page, value
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM, TOO_MUCH
from tests.vectors.honest.pages import stream, written

GRAPH = "object-graph bombs"
HEX = "hex bombs"
FLATE = "Flate bombs in streams"
NESTED = "nested arrays and dictionaries"
CIRCLES = "circular structures"
NUMBERS = "numbers that promise too much"
COUNTS = "too many objects, revisions, signatures"
CHANGED = ("TAIL_UNCOVERED", "CHANGED_AFTER_SIGNING")


def page(*, general: bool = False) -> bytes:
    """Return a signed page."""
    whole = written(bodies_of())
    return filled(whole.replace(b"%PDF-1.7\n%", b"%PDF-1.7 %", 1) if general else whole, made)


def followed(objects: Mapping[int, bytes], *, forged: bool, general: bool = False, size: int = 40) -> File:
    """Return a signed page, or the same with an update."""
    pdf = page(general=general)
    return File(content=appended(pdf, objects, size=size) if forged else pdf)


def opened(body: bytes) -> bytes:
    """Return a catalog with one thing more."""
    return CATALOG.removesuffix(b">>") + b"/Extra " + body + b" >>"


def shared(levels: int) -> dict[int, bytes]:
    """Return objects each of which refers to the next one twice: 2^levels ways through it."""
    graph = {8 + level: b"[%d 0 R %d 0 R]" % (9 + level, 9 + level) for level in range(levels)}
    return {1: opened(b"8 0 R"), **graph, 8 + levels: b"(x)"}


@attack(GRAPH, BAD_FORM, *CHANGED)
def a_shared_graph(*, forged: bool) -> File:
    """Catalog -> [8 8], 8 -> [9 9], … thirty levels: a thousand million ways, thirty objects.

    TOTAL_FAILED, solely because of the update: our own reader sees each object once.
    """
    return followed(shared(30), forged=forged, size=80)


def signed_over(levels: int) -> File:
    """Return a page with a shared graph, signed, and signed once more; pyHanko reads it and compares the two revisions."""
    graph = shared(levels)
    catalog = graph.pop(1)
    whole = written([*bodies_of(catalog=catalog), *graph.values()]).replace(b"%PDF-1.7\n%", b"%PDF-1.7 %", 1)
    field = FIELD.replace(b"(CoQuan)", b"(Hai)").replace(b"7 0 R", b"101 0 R").replace(b" /P 3 0 R", b"")
    objects = {1: catalog.replace(b"6 0 R", b"6 0 R 100 0 R"), 100: field, 101: value()}
    return File(content=filled(appended(filled(whole, made), objects, size=200), made))


@attack(GRAPH, TOO_MUCH, "RESOURCE_LIMIT", slow=True)
def a_shared_graph_read_by_pyhanko(*, forged: bool) -> File:
    """The same in a file that pyHanko reads, below what was signed; the twin has four levels. It costs two judges ten seconds each.

    INDETERMINATE, solely because pyHanko's comparison of two revisions walks every way.
    """
    return signed_over(30 if forged else 4)


def value_of(room: int) -> File:
    """Return a page with that much room for its message."""
    return File(content=signed_page(made, room=room))


@attack(HEX, BAD_FORM, "BYTERANGE_INVALID")
def eight_megabytes_of_digits(*, forged: bool) -> File:
    """/Contents <16,000,000 digits>; the twin has 2,000,000.

    TOTAL_FAILED, solely because a message has a megabyte at most.
    """
    return value_of(8_000_000 if forged else 1_000_000)


@attack(HEX, TOO_MUCH, "RESOURCE_LIMIT")
def eight_megabytes_of_digits_read_by_pyhanko(*, forged: bool) -> File:
    """The same in a file that pyHanko reads: digit by digit.

    INDETERMINATE, solely because a message has a megabyte at most.
    """
    room = 8_000_000 if forged else 1_000_000
    whole = written(bodies_of(room=room)).replace(b"%PDF-1.7\n%", b"%PDF-1.7 %", 1)
    return File(content=filled(whole, made, room=room))


@attack(HEX, BAD_FORM, *CHANGED)
def forty_megabytes_of_digits_in_an_update(*, forged: bool) -> File:
    """An update that holds a string of 40,000,000 digits.

    TOTAL_FAILED, solely because of the update.
    """
    return followed({8: b"<" + b"41" * 20_000_000 + b">", 1: opened(b"8 0 R")}, forged=forged)


@attack(HEX, TOO_MUCH, "RESOURCE_LIMIT")
def forty_megabytes_of_digits_read_by_pyhanko(*, forged: bool) -> File:
    """The same in a file that pyHanko reads.

    INDETERMINATE, solely because pyHanko, which reads digit by digit, is not even asked.
    """
    return followed({8: b"<" + b"41" * 20_000_000 + b">", 1: opened(b"8 0 R")}, forged=forged, general=True)


@attack(HEX, BAD_FORM, "FORMAT_FAILURE")
def a_message_inside_a_message(*, forged: bool) -> File:
    """Contents = SEQUENCE { SEQUENCE { … } }, two thousand deep.

    TOTAL_FAILED, solely because it is no signed message.
    """

    def deep(_: bytes) -> bytes:
        out = b""
        for _level in range(2_000):
            out = core.Sequence(contents=out).dump()
        return out

    return one(forged=forged, spelt=deep)


def packed_table(rows: bytes, *, forged: bool, general: bool, entries: bytes = b"") -> File:
    """Return a signed page, or the same with an update whose table is a packed stream."""
    pdf = page(general=general)
    if not forged:
        return File(content=pdf)
    previous = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    at = len(pdf)
    head = entries or b"/Size 40 /W [1 3 1] /Index [8 1]"
    dictionary = b"/Type /XRef " + head + b" /Root 1 0 R /Prev %d /Filter /FlateDecode" % previous
    body = b"8 0 obj\n" + stream(zlib.compress(rows, 9), dictionary) + b"\nendobj\n"
    return File(content=pdf + body + b"startxref\n%d\n%%%%EOF\n" % at)


@attack(FLATE, BAD_FORM, "FORMAT_FAILURE")
def a_table_of_two_hundred_megabytes(*, forged: bool) -> File:
    """A cross-reference stream that unpacks to 200 MB of zeros.

    TOTAL_FAILED, solely because of what comes out: sixteen megabytes are unpacked at most, and pyHanko refuses the rest.
    """
    return packed_table(bytes(200_000_000), forged=forged, general=False)


@attack(FLATE, BAD_FORM, "FORMAT_FAILURE")
def a_table_of_two_hundred_megabytes_read_by_pyhanko(*, forged: bool) -> File:
    """The same in a file that pyHanko reads.

    TOTAL_FAILED, solely because of what comes out.
    """
    return packed_table(bytes(200_000_000), forged=forged, general=True)


@attack(FLATE, BAD_FORM, "FORMAT_FAILURE")
def an_object_stream_of_two_hundred_megabytes(*, forged: bool) -> File:
    """An update whose catalog stands in an object stream that unpacks to 200 MB.

    TOTAL_FAILED, solely because of what comes out: sixteen megabytes are unpacked at most, and pyHanko refuses the rest.
    """
    pdf = page()
    if not forged:
        return File(content=pdf)
    text = b"1 0 " + CATALOG + b" " * 200_000_000
    at = len(pdf)
    packed = (
        b"8 0 obj\n"
        + stream(zlib.compress(text, 9), b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
        + b"\nendobj\n"
    )
    rows = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(3, "big") + b"\0"
        for kind, place in ((2, 8), (1, at), (1, at + len(packed)))
    )
    previous = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    head = b"/Type /XRef /Size 40 /W [1 3 1] /Index [1 1 8 2] /Root 1 0 R /Prev %d" % previous
    table = b"9 0 obj\n" + stream(rows, head) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % (at + len(packed))
    return File(content=pdf + packed + table)


@attack(NUMBERS, TOO_MUCH, "RESOURCE_LIMIT")
def a_table_that_promises_a_thousand_million(*, forged: bool) -> File:
    """/Size 1000000000 /Index [0 1000000000] over a few bytes.

    INDETERMINATE, solely because there are more objects than the limit: the entries promised are not even there.
    """
    entries = b"/Size 1000000000 /W [1 3 1] /Index [0 1000000000]"
    return packed_table(b"\1\0\0\0\0", forged=forged, general=False, entries=entries)


@attack(NUMBERS, TOO_MUCH, "RESOURCE_LIMIT", slow=True)
def a_table_that_promises_a_thousand_million_read_by_pyhanko(*, forged: bool) -> File:
    """The same in a file that pyHanko reads. It costs two judges ten seconds each.

    INDETERMINATE, solely because pyHanko counts what is promised.
    """
    entries = b"/Size 1000000000 /W [1 3 1] /Index [0 1000000000]"
    return packed_table(b"\1\0\0\0\0", forged=forged, general=True, entries=entries)


@attack(NUMBERS, BAD_FORM, "FORMAT_FAILURE")
def columns_of_a_million_bytes(*, forged: bool) -> File:
    """/W [1 1000000 1].

    TOTAL_FAILED, solely because a number has eight bytes at most.
    """
    entries = b"/Size 40 /W [1 1000000 1] /Index [8 1]"
    return packed_table(bytes(1_000_002), forged=forged, general=False, entries=entries)


@attack(NUMBERS, TOO_MUCH, "RESOURCE_LIMIT")
def columns_of_no_bytes(*, forged: bool) -> File:
    """/W [0 0 0] /Index [0 100000000]: an endless table of nothing.

    INDETERMINATE, solely because there are more objects than the limit, in no byte at all.
    """
    entries = b"/Size 40 /W [0 0 0] /Index [0 100000000]"
    return packed_table(b"", forged=forged, general=False, entries=entries)


@attack(NUMBERS, BAD_FORM, "FORMAT_FAILURE")
def negative_columns(*, forged: bool) -> File:
    """/W [1 -3 1] /Index [-8 1].

    TOTAL_FAILED, solely because of the signs.
    """
    entries = b"/Size 40 /W [1 -3 1] /Index [-8 1]"
    return packed_table(b"\1\0\0\0\0", forged=forged, general=False, entries=entries)
