"""Attacks by a second value, and by saving after the signature (ISO 32000-1 §7.5.6, §12.8.1)."""

from tests.vectors.attacks.messages import made
from tests.vectors.attacks.paper import (
    CATALOG,
    appended,
    bodies_of,
    filled,
    signed_page,
)
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.honest.pages import written

CONTENTS = "duplicate Contents"

SAVING = "incremental saving"


@attack(CONTENTS, BAD_FORM, "BYTERANGE_INVALID", "LENIENT_PARSE")
def a_second_key_inside_the_gap(*, forged: bool) -> File:
    """( <value> /Contents <other value> ).

    TOTAL_FAILED, solely because the gap holds two strings: the dictionary means the last one.
    """
    pdf = signed_page(made)
    return File(content=pdf.replace(b"0" * 40 + b">", b"0" * 21 + b"> /Contents <3000>") if forged else pdf)


@attack(CONTENTS, BAD_FORM, "BYTERANGE_INVALID")
def the_key_twice(*, forged: bool) -> File:
    """/Contents <other value> … /Contents <value in the gap>: both signed.

    TOTAL_FAILED, solely because the dictionary has the key twice: which one counts is a matter of taste.
    """
    return twice(b" /Contents <3000>", b" /Content  <3000>", forged=forged)


@attack(CONTENTS, BAD_FORM, "BYTERANGE_INVALID")
def the_range_twice(*, forged: bool) -> File:
    """/ByteRange [0 a b c] … /ByteRange [0 1 2 3].

    TOTAL_FAILED, solely because the dictionary has the key twice.
    """
    return twice(b" /ByteRange [0 1 2 3]", b" /ByteRangf [0 1 2 3]", forged=forged)


def twice(forgery: bytes, harmless: bytes, *, forged: bool) -> File:
    """Return a page with a further entry behind /Contents."""
    return File(content=filled(written(bodies_of(more=forgery if forged else harmless)), made))


@attack(CONTENTS, BAD_FORM, "GAP_NOT_CONTENTS")
def blanks_in_the_value(*, forged: bool) -> File:
    """<30 82 …>.

    TOTAL_FAILED, solely because the gap is not digits only.
    """
    pdf = signed_page(made)
    return File(content=pdf.replace(b"0" * 40 + b">", b"0" * 20 + b" " * 20 + b">") if forged else pdf)


@attack(CONTENTS, BAD_FORM, "GAP_NOT_CONTENTS")
def a_literal_string(*, forged: bool) -> File:
    r"""/Contents (0\\202 …).

    TOTAL_FAILED, solely because the value is not written in hexadecimal digits.
    """
    pdf = signed_page(made)
    begin = pdf.index(b"/Contents <") + 10
    end = pdf.index(b">", begin)
    return File(content=pdf[:begin] + b"(" + pdf[begin + 1 : end] + b")" + pdf[end + 1 :] if forged else pdf)


@attack(SAVING, BAD_FORM, "TAIL_UNCOVERED", "CHANGED_AFTER_SIGNING")
def a_page_saved_anew(*, forged: bool) -> File:
    """[ signed revision ][ update: other content of the page ]; the twin's update is empty space.

    TOTAL_FAILED, solely because of the update: the signature holds over what it covers.
    """
    pdf = signed_page(made)
    return File(content=appended(pdf, {4: b"<< /Length 5 >>\nstream\nBT ET\nendstream"}) if forged else pdf + b"\n")


@attack(SAVING, BAD_FORM, "TAIL_UNCOVERED", "CHANGED_AFTER_SIGNING")
def an_update_that_changes_nothing(*, forged: bool) -> File:
    """[ signed revision ][ table without objects ].

    TOTAL_FAILED, solely because bytes were added that add nothing: room for what another reader finds.
    """
    pdf = signed_page(made)
    return File(content=appended(pdf, {}) if forged else pdf)


@attack(SAVING, BAD_FORM, "TAIL_UNCOVERED")
def an_update_without_a_table(*, forged: bool) -> File:
    """[ signed revision ] 4 0 obj … endobj (no table, no end).

    TOTAL_FAILED, solely because an object was appended that only a repairing reader sees.
    """
    pdf = signed_page(made)
    return File(content=pdf + (b"4 0 obj\n<< /Length 5 >>\nstream\nBT ET\nendstream\nendobj\n" if forged else b""))


@attack(SAVING, BAD_FORM, "BYTERANGE_INVALID")
def a_signature_taken_away(*, forged: bool) -> File:
    """[ signed revision ][ update: form without fields ] (universal signature forgery).

    TOTAL_FAILED, solely because a range is in the file that no field shows.
    """
    pdf = signed_page(made)
    return File(content=appended(pdf, {1: CATALOG.replace(b"[6 0 R]", b"[]")}) if forged else pdf)
