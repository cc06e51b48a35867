"""Attacks by validation data and fields that are something else besides: an update that adds what may be added, and shows other text by it (ISO 32000-1 §7.3.10, §12.8)."""

from infra.demo.pdf import FONT
from tests.vectors.attacks.messages import made
from tests.vectors.attacks.paper import CATALOG, FIELD, PAGES, SHEET, appended, filled, value
from tests.vectors.attacks.shadows import CHANGED, OTHER, prepared, woken
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM
from tests.vectors.honest.pages import TEXT, stream, written

WAITING = "shadow: a reference that waits for its object"
SHARED = "shadow: one object in two places"
EMPTY = "fields beside the validation data"

NO_TEXT = stream(b"a certificate")
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="">'
    b'<xmp:ModifyDate xmlns:xmp="http://ns.adobe.com/xap/1.0/">%s</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta>'
)


def _with(catalog: bytes, entries: bytes) -> bytes:
    return catalog.removesuffix(b">>") + entries + b" >>"


STORED = _with(CATALOG, b"/DSS << /Certs [20 0 R] >>")


@attack(WAITING, BAD_FORM, *CHANGED)
def a_content_that_is_called_a_certificate(*, forged: bool) -> File:
    """[ page: contents 4 and 20; there is no 20 ] signed; update: store with "certificate" 20. In the twin the page has content 4 only.

    TOTAL_FAILED, solely because a signed reference that meant null means the new stream now; the update needs no key.
    """
    sheet = SHEET.replace(b"/Contents 4 0 R", b"/Contents [4 0 R 20 0 R]") if forged else SHEET
    return woken(prepared(sheet=sheet), {1: STORED, 20: OTHER}, forged=True)


@attack(WAITING, BAD_FORM, *CHANGED)
def a_picture_that_is_called_a_certificate(*, forged: bool) -> File:
    """[ page draws form 20; there is none ] signed; update: store with "certificate" 20, a form. In the twin the page draws form 21.

    TOTAL_FAILED, solely because the page draws the new object.
    """
    drawn = b"/XObject << /X 20 0 R >> /Font <<" if forged else b"/XObject << /X 21 0 R >> /Font <<"
    pdf = prepared(sheet=SHEET.replace(b"/Font <<", drawn), content=b"q /X Do Q")
    form = stream(b"0 0 99 99 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 100 100]")
    return woken(pdf, {1: STORED, 20: form}, forged=True)


@attack(SHARED, BAD_FORM, *CHANGED)
def one_list_of_contents_and_certificates(*, forged: bool) -> File:
    """[ page: /Contents 8 ][ store: /Certs 8 ][ 8 = [4] ] signed; update: 8 = [4 20]. In the twin the page's list is 9.

    TOTAL_FAILED, solely because the store's list is the page's list as well.
    """
    catalog = _with(CATALOG, b"/DSS << /Certs 8 0 R >>")
    sheet = SHEET.replace(b"/Contents 4 0 R", b"/Contents 8 0 R" if forged else b"/Contents 9 0 R")
    pdf = prepared(b"[4 0 R]", b"[4 0 R]", sheet=sheet, catalog=catalog)
    return woken(pdf, {8: b"[4 0 R 20 0 R]", 20: OTHER}, forged=True)


@attack(SHARED, BAD_FORM, *CHANGED)
def one_dictionary_of_pictures_and_validation_data(*, forged: bool) -> File:
    """[ page: /XObject 8 ][ store: /VRI 8 ][ 8 empty ] signed; update: 8 has an entry. In the twin the page's dictionary is 9.

    TOTAL_FAILED, solely because the store's index is what the page draws from.
    """
    catalog = _with(CATALOG, b"/DSS << /VRI 8 0 R >>")
    drawn = b"/XObject 8 0 R /Font <<" if forged else b"/XObject 9 0 R /Font <<"
    pdf = prepared(b"<< >>", b"<< >>", sheet=SHEET.replace(b"/Font <<", drawn), catalog=catalog, content=b"q /X Do Q")
    return woken(pdf, {8: b"<< /X 20 0 R >>", 20: b"<< /Type /VRI /Cert [21 0 R] >>", 21: NO_TEXT}, forged=True)


@attack(SHARED, BAD_FORM, *CHANGED)
def metadata_that_are_drawn(*, forged: bool) -> File:
    """[ page: contents 4 and 8 ][ catalog: metadata 8 ] signed; update: 8 with operators as ModifyDate, and a store.

    TOTAL_FAILED, solely because the page draws its metadata; in the twin it does not. A date may be new, and is text that a reader runs.
    """
    catalog = _with(CATALOG, b"/Metadata 8 0 R")
    sheet = SHEET.replace(b"/Contents 4 0 R", b"/Contents [4 0 R 8 0 R]") if forged else SHEET
    kind = b"/Type /Metadata /Subtype /XML"
    pdf = prepared(stream(XMP % b"2026-11-16", kind), sheet=sheet, catalog=catalog)
    drawn = stream(XMP % b"BT /F1 12 Tf 72 700 Td (khac) Tj ET", kind)
    return woken(pdf, {1: _with(catalog, b"/DSS << /Certs [20 0 R] >>"), 8: drawn, 20: NO_TEXT}, forged=True)


@attack(EMPTY, BAD_FORM, *CHANGED)
def an_empty_field_over_the_page(*, forged: bool) -> File:
    """[ page ] signed; update: a store, and an unsigned field with a white ground (/MK) as large as the page; the twin's has the store only.

    TOTAL_FAILED, solely because the field is neither a signature nor validation data.
    """
    objects = {1: STORED, 20: NO_TEXT}
    if forged:
        ground = b"/F 4 /Rect [0 0 595 842] /MK << /BG [1 1 1] >> >>"
        objects[21] = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Moi) /P 3 0 R " + ground
        objects[3] = SHEET.replace(b"[6 0 R]", b"[6 0 R 21 0 R]")
        objects[1] = STORED.replace(b"[6 0 R]", b"[6 0 R 21 0 R]")
    return woken(prepared(), objects, forged=True)


@attack(WAITING, BAD_FORM, *CHANGED)
def an_object_beyond_the_size(*, forged: bool) -> File:
    """[ page ] signed; update: store with certificate 20, trailer with /Size 20; the twin's has /Size 21.

    TOTAL_FAILED, solely because what is listed from /Size on is missing to who follows the standard (§7.5.5), and there to others.
    """
    return File(content=appended(prepared(), {1: STORED, 20: NO_TEXT}, size=20 if forged else 21))


@attack(WAITING, BAD_FORM, "TAIL_UNCOVERED", "LENIENT_PARSE", "CHANGED_AFTER_SIGNING")
def a_size_that_grows_over_what_was_signed(*, forged: bool) -> File:
    """[ page: contents 4 and 8; /Size 8 ] signed; update: a store, /Size 40. In the twin /Size is 9 from the beginning.

    TOTAL_FAILED, solely because the content that was missing by the standard (§7.5.5) is there since the update.
    """
    sheet = SHEET.replace(b"/Contents 4 0 R", b"/Contents [4 0 R 8 0 R]")
    first = written([CATALOG, PAGES, sheet, stream(TEXT), FONT, FIELD, value(), OTHER])
    assert first.count(b"/Size 9 ") == 1
    pdf = filled(first.replace(b"/Size 9 ", b"/Size 8 ") if forged else first, made)
    return woken(pdf, {1: STORED, 20: NO_TEXT}, forged=True)
