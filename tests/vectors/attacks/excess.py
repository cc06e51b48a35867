"""PDFs with too much inside each other, round in circles, or too often; judged by a pool as the other bombs."""

from collections.abc import Callable

from tests.vectors.attacks.bombs import CHANGED, CIRCLES, COUNTS, NESTED, followed, opened, page
from tests.vectors.attacks.messages import made
from tests.vectors.attacks.paper import CATALOG, FIELD, PAGES, appended, bodies_of, filled, signed_page, value
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM, TOO_MUCH
from tests.vectors.honest.pages import written


@attack(NESTED, BAD_FORM, "FORMAT_FAILURE")
def a_hundred_thousand_arrays(*, forged: bool) -> File:
    """Catalog with [[[[…]]]], a hundred thousand deep.

    TOTAL_FAILED, solely because of the depth.
    """
    return followed({1: opened(b"[" * 100_000 + b"]" * 100_000)}, forged=forged)


@attack(NESTED, BAD_FORM, "FORMAT_FAILURE")
def a_hundred_thousand_dictionaries(*, forged: bool) -> File:
    """Catalog with << /A << /A … >> >>, a hundred thousand deep.

    TOTAL_FAILED, solely because of the depth.
    """
    return followed({1: opened(b"<< /A " * 100_000 + b"1" + b" >>" * 100_000)}, forged=forged)


@attack(NESTED, BAD_FORM, *CHANGED)
def a_million_brackets_in_a_string(*, forged: bool) -> File:
    """Catalog with ((((…)))), a million deep.

    TOTAL_FAILED, solely because of the update: brackets in a string are counted, not entered.
    """
    return followed({1: opened(b"(" * 1_000_000 + b")" * 1_000_000)}, forged=forged)


@attack(NESTED, BAD_FORM, *CHANGED)
def a_chain_of_ten_thousand_objects(*, forged: bool) -> File:
    """8 -> [9], 9 -> [10], … ten thousand objects one behind the other.

    TOTAL_FAILED, solely because of the update.
    """
    chain = {number: b"[%d 0 R]" % (number + 1) for number in range(8, 10_008)}
    return followed({1: opened(b"8 0 R"), **chain}, forged=forged, size=10_100)


@attack(CIRCLES, BAD_FORM, "FORMAT_FAILURE")
def a_table_before_itself(*, forged: bool) -> File:
    """trailer << /Prev this table >>.

    TOTAL_FAILED, solely because the table is its own forerunner.
    """

    def change(pdf: bytes) -> bytes:
        out = appended(pdf, {})
        at = out.rindex(b"startxref")
        own = int(out[at + 9 :].split()[0])
        head = out.rindex(b"/Prev ", 0, at)
        old = out[head:at].split()[1]
        return out[:head] + out[head:].replace(old, b"%d" % own, 1)

    return changed(change, forged=forged)


def changed(change: Callable[[bytes], bytes], *, forged: bool) -> File:
    """Return a signed page, or what was made of it."""
    pdf = page()
    return File(content=change(pdf) if forged else pdf)


@attack(CIRCLES, BAD_FORM, *CHANGED)
def a_page_tree_in_a_circle(*, forged: bool) -> File:
    """pages 2 -> kids [2].

    TOTAL_FAILED, solely because of the update: nobody walks the tree for its own sake.
    """
    return followed({2: PAGES.replace(b"[3 0 R]", b"[2 0 R]")}, forged=forged)


@attack(CIRCLES, BAD_FORM, *CHANGED)
def a_page_tree_in_a_circle_read_by_pyhanko(*, forged: bool) -> File:
    """The same in a file that pyHanko reads.

    TOTAL_FAILED, solely because of the update.
    """
    return followed({2: PAGES.replace(b"[3 0 R]", b"[2 0 R]")}, forged=forged, general=True)


@attack(CIRCLES, BAD_FORM, "FORMAT_FAILURE")
def fields_in_a_circle(*, forged: bool) -> File:
    """field 8 -> kids [8].

    TOTAL_FAILED, solely because the form has no end.
    """
    circle = b"<< /T (a) /Kids [8 0 R] >>"
    return followed({1: CATALOG.replace(b"[6 0 R]", b"[6 0 R 8 0 R]"), 8: circle}, forged=forged)


@attack(CIRCLES, BAD_FORM, "FORMAT_FAILURE")
def a_reference_to_itself(*, forged: bool) -> File:
    """Form 8: "8 0 R".

    TOTAL_FAILED, solely because the form is a reference to itself.
    """
    form = CATALOG.replace(b"<< /Fields [6 0 R] /SigFlags 3 >>", b"8 0 R")
    return followed({1: form, 8: b"8 0 R"}, forged=forged)


@attack(CIRCLES, BAD_FORM, "FORMAT_FAILURE")
def a_stream_as_long_as_itself(*, forged: bool) -> File:
    """Form 8: << /Length 8 0 R >> stream ….

    TOTAL_FAILED, solely because its length is what is to be measured.
    """
    form = CATALOG.replace(b"<< /Fields [6 0 R] /SigFlags 3 >>", b"8 0 R")
    return followed({1: form, 8: b"<< /Length 8 0 R >>\nstream\nx\nendstream"}, forged=forged)


@attack(CIRCLES, BAD_FORM, "FORMAT_FAILURE")
def a_stream_of_negative_length(*, forged: bool) -> File:
    """Form 8: << /Length -1 >> stream ….

    TOTAL_FAILED, solely because of the length.
    """
    form = CATALOG.replace(b"<< /Fields [6 0 R] /SigFlags 3 >>", b"8 0 R")
    return followed({1: form, 8: b"<< /Length -1 >>\nstream\nx\nendstream"}, forged=forged)


@attack(COUNTS, TOO_MUCH, "RESOURCE_LIMIT")
def two_hundred_thousand_objects(*, forged: bool) -> File:
    """A table of 200,002 entries; the twin has 200,001, of which the first is nobody's.

    INDETERMINATE, solely because of one object too many.
    """
    size = 200_001 + forged
    pdf = written(bodies_of())
    at = pdf.rindex(b"xref\n0 8")
    filler = b"0000000000 00000 f \n" * (size - 8)
    table = pdf[at : pdf.index(b"trailer")].replace(b"0 8\n", b"0 %d\n" % size) + filler
    whole = pdf[:at] + table + pdf[pdf.index(b"trailer") :].replace(b"/Size 8", b"/Size %d" % size)
    return File(content=filled(whole, made))


@attack(COUNTS, TOO_MUCH, "RESOURCE_LIMIT")
def thirty_four_revisions(*, forged: bool) -> File:
    """Thirty-four revisions, the last of them signed; the twin has thirty-two.

    INDETERMINATE, solely because of their number: each is compared with the one before.
    """
    pdf = written(bodies_of()[:5])
    for number in range(32 if forged else 30):
        pdf = appended(pdf, {30 + number: b"(x)"}, size=80)
    bodies = {number: body for number, body in enumerate(bodies_of(), 1) if number not in (4, 5)}
    return File(content=filled(appended(pdf, bodies, size=80), made))


@attack(COUNTS, TOO_MUCH, "RESOURCE_LIMIT")
def twenty_one_signatures(*, forged: bool) -> File:
    """Twenty-one signatures, one on top of the other; the twin has twenty.

    INDETERMINATE, solely because of their number: each costs a path.
    """
    pdf = page()
    names = [6]
    for number in range(20 if forged else 19):
        own = 100 + 2 * number
        names.append(own)
        fields = b" ".join(b"%d 0 R" % each for each in names)
        field = (
            FIELD.replace(b"(CoQuan)", b"(So%d)" % number)
            .replace(b"7 0 R", b"%d 0 R" % (own + 1))
            .replace(b" /P 3 0 R", b"")
        )
        objects = {1: CATALOG.replace(b"6 0 R", fields), own: field, own + 1: value()}
        pdf = filled(appended(pdf, objects, size=200), made)
    return File(content=pdf)


@attack(COUNTS, TOO_MUCH, "RESOURCE_LIMIT")
def a_hundred_thousand_ranges(*, forged: bool) -> File:
    """The words "/ByteRange [" a hundred thousand times behind the end.

    INDETERMINATE, solely because of the signatures that they announce.
    """
    return File(content=page() + (b"/ByteRange [" * 100_000 if forged else b""))


@attack(COUNTS, BAD_FORM, "FORMAT_FAILURE")
def ten_megabytes_of_startxref(*, forged: bool) -> File:
    """The word "startxref" a million times behind the end.

    TOTAL_FAILED, solely because the file does not end as a PDF does: nobody looks for its end through all of it.
    """
    return File(content=page() + (b"startxref " * 1_000_000 if forged else b""))


@attack(COUNTS, TOO_MUCH, "RESOURCE_LIMIT")
def a_file_of_sixty_megabytes(*, forged: bool) -> File:
    """Sixty megabytes of blanks behind the end.

    INDETERMINATE, solely because of the file's size.
    """
    return File(content=page() + (b" " * 60_000_000 if forged else b""))


@attack(COUNTS, TOO_MUCH, "RESOURCE_LIMIT")
def a_gap_named_a_hundred_thousand_times(*, forged: bool) -> File:
    """[ page, signed, /Contents with room for a megabyte ] /ByteRange [0 a b c] a hundred thousand times behind it.

    INDETERMINATE, solely because of the count: the same gap would be read a hundred thousand times.
    """

    def change(pdf: bytes) -> bytes:
        at = pdf.rindex(b"/ByteRange [")
        return pdf + b"\n% " + (pdf[at : pdf.index(b"]", at) + 1] + b" ") * 100_000

    pdf = signed_page(made, room=1_000_000)
    return File(content=change(pdf) if forged else pdf)
