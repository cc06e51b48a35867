"""Shadow attacks (Mainka, Mladenov, Rohlmann 2021): something is prepared before the signature and woken up after it.

The honest twin is the prepared file itself: as long as nothing wakes it, nobody is shown anything that was not signed.
"""

from infra.demo.pdf import FONT
from tests.vectors.attacks.messages import made
from tests.vectors.attacks.paper import CATALOG, FIELD, PAGES, SHEET, appended, bodies_of, filled, value
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.honest.pages import TEXT, stream, written

HIDE, REPLACE, BOTH = "shadow: hide", "shadow: replace", "shadow: hide and replace"
PAGE_COUNT = "pages added or taken away"
CHANGED = ("TAIL_UNCOVERED", "CHANGED_AFTER_SIGNING")
COVER = b"<< /Type /Annot /Subtype /Square /Rect [0 0 595 842] /IC [1 1 1] /F 4 >>"


def prepared(
    *more: bytes, sheet: bytes = SHEET, catalog: bytes = CATALOG, pages: bytes = PAGES, content: bytes = TEXT
) -> bytes:
    """Return a signed file with objects 8, 9, … besides."""
    first = [catalog, pages, sheet, stream(content), FONT, FIELD, value()]
    return filled(written([*first, *more]), made)


def woken(pdf: bytes, objects: dict[int, bytes], *, forged: bool, freed: tuple[int, ...] = ()) -> File:
    """Return the prepared file, or the same with an update behind the signature."""
    return File(content=appended(pdf, objects, freed=freed) if forged else pdf)


COVERED = SHEET.replace(b"[6 0 R]", b"[6 0 R 8 0 R]")


@attack(HIDE, BAD_FORM, *CHANGED)
def a_cover_taken_off(*, forged: bool) -> File:
    """[ page: text, white square over it ] signed; update: the page without the square.

    TOTAL_FAILED, solely because the signed square no longer hides the text.
    """
    return woken(prepared(COVER, sheet=COVERED), {3: SHEET}, forged=forged)


@attack(HIDE, BAD_FORM, *CHANGED)
def a_cover_declared_free(*, forged: bool) -> File:
    """[ page: text, white square over it ] signed; update: `8 1 / 0000000000 00001 f`.

    TOTAL_FAILED, solely because the square's object was removed from the table: no object is new.
    """
    return woken(prepared(COVER, sheet=COVERED), {}, freed=(8,), forged=forged)


@attack(HIDE, BAD_FORM, *CHANGED)
def a_cover_made_small(*, forged: bool) -> File:
    """[ page: text, white square over it ] signed; update: the square's /Rect is empty.

    TOTAL_FAILED, solely because the square was written again.
    """
    return woken(prepared(COVER, sheet=COVERED), {8: COVER.replace(b"0 0 595 842", b"0 0 0 0")}, forged=forged)


@attack(HIDE, BAD_FORM, *CHANGED)
def a_layer_switched_off(*, forged: bool) -> File:
    """[ OCProperties: layer 8 is on ] signed; update: catalog with the layer off.

    TOTAL_FAILED, solely because the catalog shows another layer.
    """
    on = CATALOG.removesuffix(b">>") + b"/OCProperties << /OCGs [8 0 R] /D << /ON [8 0 R] /OFF [] >> >> >>"
    off = on.replace(b"/ON [8 0 R] /OFF []", b"/ON [] /OFF [8 0 R]")
    return woken(prepared(b"<< /Type /OCG /Name (phu) >>", catalog=on), {1: off}, forged=forged)


OTHER = stream(b"BT /F1 12 Tf 72 770 Td (Noi dung khac) Tj ET")


@attack(REPLACE, BAD_FORM, *CHANGED)
def a_font_with_other_letters(*, forged: bool) -> File:
    """[ text in font 5 ] signed; update: font 5 with other names for its letters.

    TOTAL_FAILED, solely because the font was replaced: the text is the same, what is seen is not.
    """
    other = FONT.replace(b"/WinAnsiEncoding", b"<< /Type /Encoding /Differences [48 /nine /eight /seven] >>")
    return woken(prepared(), {5: other}, forged=forged)


@attack(REPLACE, BAD_FORM, *CHANGED)
def a_field_that_shows_something_else(*, forged: bool) -> File:
    """[ text field: value 12, appearance "12" ] signed; update: the appearance "99", the value as it was.

    TOTAL_FAILED, solely because the field's appearance was replaced: pyHanko's stock policy may call that form filling.
    """
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (So) /V (12) /Rect [72 700 200 720] /P 3 0 R /AP << /N 9 0 R >> >>"
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 128 20] /Resources << /Font << /F1 5 0 R >> >>"
    shown = stream(b"BT /F1 12 Tf (12) Tj ET", form)
    pdf = prepared(field, shown, sheet=COVERED, catalog=CATALOG.replace(b"[6 0 R]", b"[6 0 R 8 0 R]"))
    return woken(pdf, {9: shown.replace(b"(12)", b"(99)")}, forged=forged)


@attack(REPLACE, BAD_FORM, *CHANGED)
def a_picture_exchanged(*, forged: bool) -> File:
    """[ page draws form 8 ] signed; update: another form 8.

    TOTAL_FAILED, solely because what the page draws was replaced.
    """
    sheet = SHEET.replace(b"/Font <<", b"/XObject << /X 8 0 R >> /Font <<")
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 100 100]"
    pdf = prepared(stream(b"0 0 10 10 re f", form), sheet=sheet, content=b"q /X Do Q")
    return woken(pdf, {8: stream(b"0 0 99 99 re f", form)}, forged=forged)


@attack(BOTH, BAD_FORM, *CHANGED)
def a_page_that_waited(*, forged: bool) -> File:
    """[ pages 2 -> page 3 ][ page 8, in no tree ] signed; update: pages 2 -> page 8.

    TOTAL_FAILED, solely because the page tree leads to the page that waited: no object of it is new.
    """
    waiting = SHEET.replace(b"/Contents 4 0 R", b"/Contents 9 0 R")
    return woken(prepared(waiting, OTHER), {2: PAGES.replace(b"[3 0 R]", b"[8 0 R]")}, forged=forged)


@attack(BOTH, BAD_FORM, *CHANGED)
def a_catalog_that_waited(*, forged: bool) -> File:
    """[ catalog 1 ][ catalog 8 -> pages 9 -> page 10 ] signed; update: trailer with /Root 8 0 R.

    TOTAL_FAILED, solely because the trailer names another catalog.
    """
    waiting = CATALOG.replace(b"/Pages 2 0 R", b"/Pages 9 0 R")
    pdf = prepared(waiting, PAGES.replace(b"[3 0 R]", b"[10 0 R]"), SHEET.replace(b"4 0 R", b"11 0 R"), OTHER)
    update = appended(pdf, {}).replace(b"/Root 1 0 R /Prev", b"/Root 8 0 R /Prev")
    return File(content=update if forged else pdf)


@attack(BOTH, BAD_FORM, *CHANGED)
def an_entry_that_points_to_what_waited(*, forged: bool) -> File:
    """[ content 4 ][ inside a stream: "4 0 obj … endobj" ] signed; update: a table that says that 4 is there.

    TOTAL_FAILED, solely because an entry points back into what was signed: the update holds a table and nothing else.
    """
    pdf = prepared(stream(b"\n4 0 obj\n" + OTHER + b"\nendobj\n"))
    at = pdf.rindex(b"4 0 obj", 0, pdf.rindex(b"xref\n0"))
    update = appended(pdf, {}).replace(b"xref\ntrailer", b"xref\n4 1\n%010d 00000 n \ntrailer" % at)
    assert update.count(b"%010d 00000 n" % at) == 1
    return File(content=update if forged else pdf)


@attack(BOTH, BAD_FORM, "FORMAT_FAILURE")
def an_older_table(*, forged: bool) -> File:
    """[ draft ][ text, signed ]; update: startxref of the draft's table.

    TOTAL_FAILED, solely because the last line leads past the signed revision to the one before it.
    """
    draft = written(bodies_of()[:5])
    previous = int(draft[draft.rindex(b"startxref") + 9 :].split()[0])
    bodies = {number: body for number, body in enumerate(bodies_of(), 1) if number not in (4, 5)}
    pdf = filled(appended(draft, bodies | {4: OTHER}, size=8), made)
    assert pdf.startswith(draft)
    return File(content=pdf + (b"startxref\n%d\n%%%%EOF\n" % previous if forged else b""))


@attack(PAGE_COUNT, BAD_FORM, *CHANGED)
def a_page_more(*, forged: bool) -> File:
    """[ one page ] signed; update: a second page.

    TOTAL_FAILED, solely because a page was added.
    """
    objects = {
        2: PAGES.replace(b"[3 0 R] /Count 1", b"[3 0 R 8 0 R] /Count 2"),
        8: SHEET.replace(b"4 0 R", b"9 0 R"),
        9: OTHER,
    }
    return woken(prepared(), objects, forged=forged)


@attack(PAGE_COUNT, BAD_FORM, *CHANGED)
def a_page_less(*, forged: bool) -> File:
    """[ two pages ] signed; update: one of them.

    TOTAL_FAILED, solely because a page is no longer in the tree.
    """
    two = PAGES.replace(b"[3 0 R] /Count 1", b"[3 0 R 8 0 R] /Count 2")
    second = SHEET.replace(b"4 0 R", b"9 0 R").replace(b" /Annots [6 0 R]", b"")
    return woken(prepared(second, OTHER, pages=two), {2: PAGES}, forged=forged)
