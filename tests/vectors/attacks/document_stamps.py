"""Attacks with time-stamps over the document (ISO 32000-2 §12.8.5): any authority stamps whatever anybody sends, so a stamp may show nothing."""

from collections.abc import Callable
from dataclasses import replace

from infra.demo.pdf import FONT
from tests.vectors.attacks.houses import ROOT, SUB, Line, Listing, certified, listed, trusting
from tests.vectors.attacks.messages import HONEST, keep, made
from tests.vectors.attacks.paper import CATALOG, FIELD, PAGES, SHEET, appended, filled, value
from tests.vectors.attacks.stamps import MOVED, TSA_ROOT, Stamping, token
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.honest.pages import TEXT, stream, written

SHOWN = "time-stamps that show something"
LANES = "updates written for the laxer reader"
NOWHERE, EVERYWHERE = b"[0 0 0 0]", b"[0 0 595 842]"
LIE = stream(b"1 g 0 0 595 842 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]")
FIELD_OF_STAMP = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Dau) /P 3 0 R /F 132 /Rect %s"
VALUE = value(subfilter=b"ETSI.RFC3161")


def stamped(
    update: dict[int, bytes],
    *,
    sheet: bytes = SHEET,
    catalog: bytes = CATALOG,
    more: tuple[bytes, ...] = (),
    imprinted: Callable[[bytes], bytes] = keep,
    odd: bool = False,
    spaced: bool = False,
) -> File:
    """Return a signed page with objects 8, 9, … besides, and an update whose value 90 is a time-stamp over the document.

    `odd`: the signed table, `spaced`: the update's is written as our own reader does not accept it, and pyHanko does.
    """
    first = written([catalog, PAGES, sheet, stream(TEXT), FONT, FIELD, value(), *more])
    first = first.replace(b"\nxref\n0 ", b"\nxref\n0  ") if odd else first
    recipe = replace(HONEST, credential=Line().credential())
    signed = filled(first, lambda covered: made(covered, recipe))
    anchors = [(certified(ROOT, ROOT), ("document",)), (certified(TSA_ROOT, TSA_ROOT), ("timestamp",))]
    lists = map(listed, (Listing(by=ROOT), Listing(by=SUB), Listing(by=TSA_ROOT)))
    whole = appended(signed, {**update, 90: VALUE}, size=200)
    content = filled(
        whole.replace(b"\n90 1\n", b"\n90  1\n") if spaced else whole,
        lambda covered: token(covered, Stamping(imprinted=imprinted)).dump(),
    )
    return File(content=content, reference=trusting(anchors, lists))


def document_stamped(imprinted: Callable[[bytes], bytes], *, fields: int = 1) -> File:
    """Return a signed page with a time-stamp over the document, which so many fields show."""
    shown = {100 + each: FIELD.replace(b"(CoQuan)", b"(Dau%d)" % each) for each in range(fields)}
    stamps = {number: body.replace(b"7 0 R", b"90 0 R").replace(b" /P 3 0 R", b"") for number, body in shown.items()}
    catalog = CATALOG.replace(b"6 0 R", b" ".join(b"%d 0 R" % each for each in (6, *stamps)))
    return stamped({1: catalog, **stamps}, imprinted=imprinted)


@attack(MOVED, "TOTAL_FAILED/HASH_FAILURE", "HASH_FAILURE")
def a_stamp_over_another_document(*, forged: bool) -> File:
    """[ signed revision ][ time-stamp over the document, copied from another file ].

    TOTAL_FAILED, solely because the token is about other bytes.
    """
    return document_stamped((lambda _: b"khac") if forged else keep)


@attack(MOVED, "TOTAL_FAILED/FORMAT_FAILURE", "BYTERANGE_COLLISION")
def a_stamp_that_two_fields_show(*, forged: bool) -> File:
    """[ signed revision ][ one time-stamp over the document, two fields ].

    TOTAL_FAILED, solely because one token is shown as two.
    """
    return document_stamped(keep, fields=2 if forged else 1)


BOTH = CATALOG.replace(b"[6 0 R]", b"[6 0 R 100 0 R]")


@attack(SHOWN, BAD_FORM, "CHANGED_AFTER_SIGNING")
def a_stamp_as_large_as_the_page(*, forged: bool) -> File:
    """[ page ] signed; update: a sound time-stamp over the document, its field as large as the page with an appearance of its own. The twin's field has no area.

    TOTAL_FAILED, solely because the stamp covers the page with what no signer has seen; no key is needed for it.
    """
    field = FIELD_OF_STAMP % (EVERYWHERE if forged else NOWHERE) + b" /AP << /N 101 0 R >> /V 90 0 R >>"
    return stamped({1: BOTH, 3: SHEET.replace(b"[6 0 R]", b"[6 0 R 100 0 R]"), 100: field, 101: LIE})


@attack(SHOWN, BAD_FORM, "CHANGED_AFTER_SIGNING")
def a_stamp_whose_widget_is_as_large_as_the_page(*, forged: bool) -> File:
    """[ page ] signed; update: a sound time-stamp, field and widget apart, the widget as large as the page. The twin's has no area.

    TOTAL_FAILED, solely because the stamp's widget covers the page.
    """
    widget = b"<< /Type /Annot /Subtype /Widget /Parent 100 0 R /P 3 0 R /F 132 /Rect %s /AP << /N 101 0 R >> >>"
    objects = {
        100: b"<< /FT /Sig /T (Dau) /Kids [102 0 R] /V 90 0 R >>",
        101: LIE,
        102: widget % (EVERYWHERE if forged else NOWHERE),
    }
    return stamped({1: BOTH, 3: SHEET.replace(b"[6 0 R]", b"[6 0 R 102 0 R]"), **objects})


@attack(SHOWN, BAD_FORM, "CHANGED_AFTER_SIGNING")
def a_stamp_in_the_place_for_a_signature(*, forged: bool) -> File:
    """[ page with an empty field for the seal ] signed; update: a sound time-stamp as its value, with the picture of a seal. The twin's field has no area.

    TOTAL_FAILED, solely because the place shows a seal and nobody sealed.
    """
    field = FIELD_OF_STAMP % (EVERYWHERE if forged else NOWHERE)
    return stamped(
        {8: field + b" /AP << /N 101 0 R >> /V 90 0 R >>", 101: LIE},
        sheet=SHEET.replace(b"[6 0 R]", b"[6 0 R 8 0 R]"),
        catalog=CATALOG.replace(b"[6 0 R]", b"[6 0 R 8 0 R]"),
        more=(field + b" >>",),
    )


@attack(SHOWN, BAD_FORM, "CHANGED_AFTER_SIGNING")
def a_stamp_as_large_as_the_page_read_by_pyhanko(*, forged: bool) -> File:
    """[ page, two spaces where a table has one ] signed; update: a sound time-stamp, its field as large as the page. The twin's field has no area.

    TOTAL_FAILED, solely because the stamp covers the page, whichever reader is asked: the strict one leaves such a table to pyHanko.
    """
    field = FIELD_OF_STAMP % (EVERYWHERE if forged else NOWHERE) + b" /AP << /N 101 0 R >> /V 90 0 R >>"
    sheet = SHEET.replace(b"[6 0 R]", b"[6 0 R 100 0 R]")
    return stamped({1: BOTH, 3: sheet, 100: field, 101: LIE}, odd=True)


@attack(LANES, BAD_FORM, "CHANGED_AFTER_SIGNING")
def an_update_that_only_pyhanko_reads(*, forged: bool) -> File:
    """[ page ] signed; update: a sound time-stamp that shows nothing; two spaces where its table has one. The twin's table is plain.

    TOTAL_FAILED, solely because whoever appends could choose pyHanko's laxer rules for later changes by how he writes.
    """
    field = FIELD_OF_STAMP % NOWHERE + b" /V 90 0 R >>"
    return stamped({1: BOTH, 100: field}, spaced=forged)


@attack(LANES, BAD_FORM, "CHANGED_AFTER_SIGNING")
def a_font_written_again_in_an_update_that_only_pyhanko_reads(*, forged: bool) -> File:
    """[ page ] signed; update: a sound time-stamp that shows nothing, the font 5 with the same words once more, two spaces in the table. The twin has neither.

    TOTAL_FAILED, solely because an object was written again for no reason, in a way that pyHanko lets pass and our own reader does not read.
    """
    field = FIELD_OF_STAMP % NOWHERE + b" /V 90 0 R >>"
    return stamped({1: BOTH, 100: field, **({5: FONT} if forged else {})}, spaced=forged)
