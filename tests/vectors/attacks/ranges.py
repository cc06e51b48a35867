"""Attacks on what a signature covers (ISO 32000-1 §12.8.1): gap, tail, order, and the two strings that a reader may take for the value.

Where the signer colludes, he signs exactly the bytes that his range names: the message holds, and part of the file is nobody's.
"""

from tests.vectors.attacks.messages import made
from tests.vectors.attacks.paper import (
    CATALOG,
    PLACE,
    ROOM,
    Numbers,
    appended,
    bodies_of,
    filled,
    honestly,
    signed_page,
    value,
)
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.honest.pages import written

GAP = "ByteRange: gap"
TAIL = "ByteRange: tail"
OVERLAP = "ByteRange: overlap"
EQUIVOCATION = "ByteRange: equivocation"
FORM = "ByteRange: missing or garbled"


def ranged(numbers: Numbers, *, forged: bool, more: bytes = b"") -> File:
    """Return a page signed over exactly what these numbers say."""
    whole = written(bodies_of(more=more))
    return File(content=filled(whole, made, numbers=numbers if forged else honestly))


@attack(GAP, BAD_FORM, "GAP_NOT_CONTENTS")
def a_gap_wider_than_the_value(*, forged: bool) -> File:
    """[ signed )( <Contents> /Reason (dong y) )[ signed ].

    TOTAL_FAILED, solely because the reason lies in the gap: it may be exchanged.
    """
    reason = b" /Reason (dong y)"
    return ranged(
        lambda begin, resume, length: (0, begin, resume + len(reason), length - len(reason)), forged=forged, more=reason
    )


@attack(GAP, BAD_FORM, "GAP_NOT_CONTENTS")
def a_gap_that_begins_before_the_value(*, forged: bool) -> File:
    """[ signed )( /Contents <…> )[ signed ].

    TOTAL_FAILED, solely because the key itself lies in the gap.
    """
    return ranged(lambda begin, resume, length: (0, begin - 10, resume, length), forged=forged)


@attack(GAP, BAD_FORM, "GAP_NOT_CONTENTS")
def a_wrapped_second_part(*, forged: bool) -> File:
    """[ signed )( <Contents> forged objects and table )[ signed second part, moved to the end ] (Mladenov 2019).

    TOTAL_FAILED, solely because the gap holds more than the value: the signed bytes are all there.
    """
    pdf = signed_page(made)
    if not forged:
        return File(content=pdf)
    resume = pdf.index(b"0>") + 2
    second = pdf[resume:]
    moved = appended(pdf[:resume] + second, {4: b"<< /Length 5 >>\nstream\nBT ET\nendstream"})
    old = b"%010d %010d %d" % (resume - 2 * ROOM - 2, resume, len(second))
    new = b"%010d %010d %d" % (resume - 2 * ROOM - 2, len(moved), len(second))
    assert old in moved
    return File(content=moved.replace(old, new) + second)


@attack(EQUIVOCATION, BAD_FORM, "TAIL_UNCOVERED", "GAP_NOT_CONTENTS")
def a_range_that_begins_in_the_padding(*, forged: bool) -> File:
    """[ signed )( <Contents 0000 )[ 0000> signed … ), the last eight bytes are nobody's.

    TOTAL_FAILED, solely because the second part begins before the gap ends: lengths and their sum are right, so pyHanko says ENTIRE_FILE.
    """
    return ranged(lambda begin, resume, length: (0, begin, resume - 8, length), forged=forged)


@attack(EQUIVOCATION, BAD_FORM, "GAP_NOT_CONTENTS")
def a_range_over_the_padding(*, forged: bool) -> File:
    """[ signed )( <Contents 0000 )[ 0000> signed to the end ).

    TOTAL_FAILED, solely because padding is signed: another value of the same length cannot be told from it.
    """
    return ranged(lambda begin, resume, length: (0, begin, resume - 8, length + 8), forged=forged)


@attack(TAIL, BAD_FORM, "TAIL_UNCOVERED", "BYTERANGE_INVALID")
def a_tail_that_nobody_signed(*, forged: bool) -> File:
    """[ signed )( Contents )[ signed )%%EOF.

    TOTAL_FAILED, solely because the range ends before the file does.
    """
    return ranged(lambda begin, resume, length: (0, begin, resume, length - 6), forged=forged)


@attack(TAIL, BAD_FORM, "TAIL_UNCOVERED")
def a_comment_behind_the_end(*, forged: bool) -> File:
    """[ signed )( Contents )[ signed ) % hello.

    TOTAL_FAILED, solely because bytes follow that are no revision.
    """
    return File(content=signed_page(made) + (b"% hello\n" if forged else b"\n"))


@attack(TAIL, BAD_FORM, "BYTERANGE_INVALID")
def a_range_that_ends_beyond_the_file(*, forged: bool) -> File:
    """[ signed )( Contents )[ signed, and a byte that is not there ).

    TOTAL_FAILED, solely because the range is longer than the file: who adds the byte has a signed file as well.
    """
    return ranged(lambda begin, resume, length: (0, begin, resume, length + 1), forged=forged)


@attack(OVERLAP, BAD_FORM, "BYTERANGE_INVALID")
def a_range_that_begins_late(*, forged: bool) -> File:
    """%( PDF-1.7 … )( Contents )[ signed ).

    TOTAL_FAILED, solely because the first byte is nobody's.
    """
    return ranged(lambda begin, resume, length: (1, begin - 1, resume, length), forged=forged)


@attack(OVERLAP, BAD_FORM, "TAIL_UNCOVERED", "BYTERANGE_INVALID")
def parts_in_the_wrong_order(*, forged: bool) -> File:
    """[ whole file up to the gap ), then again from its beginning.

    TOTAL_FAILED, solely because the second part begins before the first one ends.
    """
    return ranged(lambda begin, _, length: (0, begin, 0, length), forged=forged)


def dictionary(place: bytes, *, forged: bool) -> File:
    """Return a page whose range is written in another way; it is signed as the honest one."""
    if not forged:
        return File(content=signed_page(made))
    body = value().replace(PLACE, place.ljust(len(PLACE)))
    bodies = [*bodies_of()[:-1], body]
    whole = written(bodies)
    begin = whole.index(b"/Contents <0") + len(b"/Contents ")
    resume = begin + 2 * ROOM + 2
    digits = {b"BEGIN": b"%05d" % begin, b"AGAIN": b"%05d" % resume, b"COUNT": b"%05d" % (len(whole) - resume)}
    for name, number in digits.items():
        whole = whole.replace(name, number)
    der = made(whole[:begin] + whole[resume:])
    return File(content=whole[: begin + 1] + der.hex().encode() + whole[begin + 1 + 2 * len(der) :])


@attack(FORM, BAD_FORM, "BYTERANGE_INVALID")
def no_range(*, forged: bool) -> File:
    """A signature dictionary without /ByteRange.

    TOTAL_FAILED, solely because nothing says what is covered.
    """
    return dictionary(b"", forged=forged)


@attack(FORM, BAD_FORM, "BYTERANGE_INVALID")
def a_range_of_two_numbers(*, forged: bool) -> File:
    """/ByteRange [0 a].

    TOTAL_FAILED, solely because two numbers are missing.
    """
    return dictionary(b"/ByteRange [0 BEGIN]", forged=forged)


@attack(FORM, BAD_FORM, "BYTERANGE_INVALID")
def a_range_of_six_numbers(*, forged: bool) -> File:
    """/ByteRange [0 a b c 0 0].

    TOTAL_FAILED, solely because there is a third part, though it is empty.
    """
    return dictionary(b"/ByteRange [0 BEGIN AGAIN COUNT 0 0]", forged=forged)


@attack(FORM, BAD_FORM, "BYTERANGE_INVALID")
def a_negative_range(*, forged: bool) -> File:
    """/ByteRange [0 a b -c].

    TOTAL_FAILED, solely because of the sign.
    """
    return dictionary(b"/ByteRange [0 BEGIN AGAIN -COUNT]", forged=forged)


@attack(FORM, BAD_FORM, "BYTERANGE_INVALID")
def a_range_of_fractions(*, forged: bool) -> File:
    """/ByteRange [0 a b c.0].

    TOTAL_FAILED, solely because a length is written as a fraction.
    """
    return dictionary(b"/ByteRange [0 BEGIN AGAIN COUNT.0]", forged=forged)


@attack(FORM, BAD_FORM, "BYTERANGE_INVALID")
def a_disguised_name(*, forged: bool) -> File:
    """/Byte#52ange [0 a b c].

    TOTAL_FAILED, solely because the name is disguised: parsers know it, a search for bytes does not.
    """
    return dictionary(b"/Byte#52ange [0 BEGIN AGAIN COUNT]", forged=forged)


@attack(FORM, BAD_FORM, "BYTERANGE_INVALID")
def a_range_in_a_comment(*, forged: bool) -> File:
    """% /ByteRange [0 1 2 3] on a line of the signed page.

    TOTAL_FAILED, solely because one range more is found than is judged.
    """
    catalog = CATALOG + (b"\n% /ByteRange [0 1 2 3]" if forged else b"\n% /Byterange [0 1 2 3]")
    return File(content=filled(written(bodies_of(catalog=catalog)), made))
