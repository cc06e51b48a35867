"""What may become of an empty signature field when it is signed: a value, an appearance of its own, and Acrobat's lock."""

import pytest

from processors.verification.pdf.additions import Addition, addition_of
from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import Ref
from processors.verification.pdf.update import ChangedError
from tests.vectors.attacks.paper import CATALOG, PAGES, SHEET, appended
from tests.vectors.honest.pages import TEXT, stream, written

FIELD = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (CoQuan) /P 3 0 R /Rect [9 9 99 99] /F %s %s>>"
SHOWN = b"/Type /XObject /Subtype /Form /BBox [0 0 90 90]"
VALUE = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached >>"
SIGNED = b"/V 8 0 R "


def prepared(more: bytes = b"", *, catalog: bytes = CATALOG) -> bytes:
    """Return a page with an empty field (6) that prints (/F 4); 7 is an appearance that nothing else shows."""
    bodies = [catalog, PAGES, SHEET, stream(TEXT), b"<< /Type /Font >>", FIELD % (b"4", more), stream(b"q Q", SHOWN)]
    return written(bodies)


def added(pdf: bytes, objects: dict[int, bytes]) -> Addition:
    """Read an update that signs the field."""
    return addition_of(StrictPdf(appended(pdf, {8: VALUE, **objects})), 1, {Ref(8, 0)})


@pytest.mark.parametrize("flags", [b"4", b"132"])
def test_signed(flags: bytes) -> None:
    """As it was, or locked besides."""
    assert ("CoQuan",) == added(prepared(), {6: FIELD % (flags, SIGNED)}).names


@pytest.mark.parametrize("flags", [b"134", b"128", b"4.0", b"[4]"])
def test_other_flags(flags: bytes) -> None:
    """Hidden, no longer printed, or no flags at all."""
    with pytest.raises(ChangedError, match="a signature field was changed"):
        added(prepared(), {6: FIELD % (flags, SIGNED)})


def test_its_appearance_is_written_again() -> None:
    """The same object with another value, or another object: nobody else shows it."""
    pdf = prepared(b"/AP << /N 7 0 R >> ")

    assert ("CoQuan",) == added(
        pdf, {6: FIELD % (b"4", SIGNED + b"/AP << /N 7 0 R >> "), 7: stream(b"q 1 0 0 1 0 0 cm Q", SHOWN)}
    ).names
    assert ("CoQuan",) == added(
        pdf, {6: FIELD % (b"4", SIGNED + b"/AP << /N 9 0 R >> "), 9: stream(b"q Q", SHOWN)}
    ).names


@pytest.mark.parametrize("number", [7, 9])
def test_an_appearance_that_is_shown_elsewhere(number: int) -> None:
    """The catalog leads to it as well: who looks there sees something else than before, or a reader may think so."""
    pdf = prepared(b"/AP << /N 7 0 R >> ", catalog=CATALOG.replace(b" >> >>", b" >> /Elsewhere 7 0 R >>"))
    shown = {number: stream(b"q 1 0 0 1 0 0 cm Q", SHOWN)}

    with pytest.raises(ChangedError, match="that others use"):
        added(pdf, {6: FIELD % (b"4", SIGNED + b"/AP << /N %d 0 R >> " % number), **shown})


def test_an_action_in_the_new_appearance() -> None:
    """What is reached from a replaced appearance is looked through like everything new."""
    pdf = prepared(b"/AP << /N 7 0 R >> ")
    shown = stream(b"q Q", SHOWN + b" /Resources << /A << /S /JavaScript >> >>")

    with pytest.raises(ChangedError, match="an action was added"):
        added(pdf, {6: FIELD % (b"4", SIGNED + b"/AP << /N 7 0 R >> "), 7: shown})
