"""Vectors of what comes after a signature: a proper arrival stamp is appended, and one thing is done besides.

Each file fails solely because of that one thing: the same stamp without it passes (the first test).
"""

from collections.abc import Callable

import pytest

from processors.verification.pdf.file import StrictPdf
from processors.verification.pdf.syntax import Name, Ref, Stream
from tests.vectors.honest.hands import with_store
from tests.vectors.honest.old_hand import NO_TRICK, Trick, signed, text
from tests.vectors.honest.pages import PAGES, stream
from tests.vectors.honest.variants import arrival, leader_and_seal
from tests.vectors.scene import Scene

SCENE = Scene()
WHEN = b"D:20261116184000+07'00'"
Objects = dict[Ref, bytes]


SIGNED = leader_and_seal(PAGES["with_links"]())
FORM = leader_and_seal(PAGES["with_text_fields"]())
INFORMED = leader_and_seal(PAGES["with_information"]())
DESCRIBED = leader_and_seal(PAGES["with_metadata"]())
STORED = with_store(SIGNED, SCENE)
CATALOG, PAGE_4, FONT_3 = Ref(1, 0), Ref(4, 0), Ref(3, 0)


def stamped(pdf: bytes, trick: Trick = NO_TRICK) -> bytes:
    """Append the stamp of arrival, and a trick."""
    return signed(pdf, arrival(), b"CongVanDen", WHEN, box=(400, 760, 560, 820), trick=trick)


def told(objects: Callable[[Objects, StrictPdf, int], None]) -> Trick:
    """Return a trick with objects."""
    return Trick(objects=objects)


def put(ref: Ref, **entries: object) -> Callable[[Objects, StrictPdf, int], None]:
    """Write a dictionary again with further entries."""

    def change(objects: Objects, read: StrictPdf, _: int) -> None:
        held = read.resolved(ref, read.last)
        written = objects.get(ref, text(held)).removesuffix(b">>")
        for key, value in entries.items():
            assert b"/" + key.encode() + b" " not in written, "a key twice is another vector"
            written += b"/" + key.encode() + b" " + text(value) + b" "
        objects[ref] = written + b">>"

    return change


def again(ref: Ref, change: Callable[[bytes], bytes] = bytes) -> Callable[[Objects, StrictPdf, int], None]:
    """Write an object again, changed or not."""

    def write(objects: Objects, read: StrictPdf, _: int) -> None:
        held = read.resolved(ref, read.last)
        objects[ref] = change(objects.get(ref) or (b"" if isinstance(held, Stream) else text(held)))

    return write


def more(body: bytes) -> Callable[[Objects, StrictPdf, int], None]:
    """Add an object that nothing refers to."""

    def write(objects: Objects, _: StrictPdf, free: int) -> None:
        objects[Ref(free, 0)] = body

    return write


def on_page(annotation: bytes) -> Callable[[Objects, StrictPdf, int], None]:
    """Put a further annotation on the page."""

    def write(objects: Objects, _: StrictPdf, free: int) -> None:
        objects[Ref(free, 0)] = annotation
        objects[PAGE_4] = objects[PAGE_4].replace(b" R] >>", b" R %d 0 R] >>" % free)

    return write


def field_of_stamp(old: bytes, new: bytes) -> Callable[[Objects, StrictPdf, int], None]:
    """Change the stamp's own field."""

    def write(objects: Objects, _: StrictPdf, __: int) -> None:
        ref = next(ref for ref, body in objects.items() if b"/T (CongVanDen)" in body)
        assert old in objects[ref]
        objects[ref] = objects[ref].replace(old, new)

    return write


def test_the_stamp_alone_changes_nothing() -> None:
    """The honest twin of every vector here, over each of the files."""
    for pdf in (SIGNED, FORM, INFORMED, DESCRIBED, STORED):
        seen = SCENE.judge(stamped(pdf))
        assert set() == seen.defects
        assert ["signatures", "signatures", "none"] == [str(each.modification) for each in seen.signatures]


def in_form(**entries: object) -> Callable[[Objects, StrictPdf, int], None]:
    """Write further entries into the form."""

    def write(objects: Objects, _: StrictPdf, __: int) -> None:
        ref = next(ref for ref, body in objects.items() if b"/Fields [" in body)
        added = b" ".join(b"/" + key.encode() + b" " + text(value) for key, value in entries.items())
        objects[ref] = objects[ref].removesuffix(b">>") + added + b" >>"

    return write


LINK = b"<< /Type /Annot /Subtype /Link /Rect [0 0 600 800] /A << /S /URI /URI (https://example.com) >> >>"
COVER = b"<< /Type /Annot /Subtype /Square /Rect [0 0 600 800] /IC [1 1 1] /F 4 >>"
OLD_FONT = SIGNED.index(b"3 0 obj")

TRICKS: dict[str, tuple[bytes, Trick]] = {
    "a font written again without a difference": (SIGNED, told(again(FONT_3))),
    "a font exchanged": (SIGNED, told(again(FONT_3, lambda body: body.replace(b"Times-Roman", b"Symbol     ")))),
    "the page's content exchanged": (SIGNED, told(again(Ref(5, 0), lambda _: stream(b"BT ET")))),
    "an entry that points back to what was signed": (SIGNED, Trick(pointed={3: OLD_FONT})),
    "an entry that points to another object": (SIGNED, Trick(pointed={5: OLD_FONT})),
    "an object removed": (SIGNED, Trick(freed=(7,))),
    "an object that belongs to nothing": (SIGNED, told(more(b"<< /Type /Page >>"))),
    "an object that no table lists": (
        SIGNED,
        Trick(between=b"5 0 obj\n<< /Length 5 >>\nstream\nBT ET\nendstream\nendobj\n"),
    ),
    "a few bytes between": (SIGNED, Trick(between=b"hello\n")),
    "an action on opening": (SIGNED, told(put(CATALOG, OpenAction={"S": Name("JavaScript"), "JS": b"app.alert(1)"}))),
    "other page labels": (SIGNED, told(put(CATALOG, PageLabels={"Nums": [0, {"P": b"9"}]}))),
    "another page tree": (SIGNED, told(again(CATALOG, lambda body: body.replace(b"/Pages 2 0 R", b"/Pages 6 0 R")))),
    "another file identifier": (INFORMED, Trick(trailer={"ID": [b"x", b"y"]})),
    "a key in the trailer": (SIGNED, Trick(trailer={"Foo": 15})),
    "fewer objects": (SIGNED, Trick(trailer={"Size": 4})),
    "the page turned": (SIGNED, told(put(PAGE_4, Rotate=180))),
    "the page cut": (SIGNED, told(put(PAGE_4, CropBox=[0, 0, 10, 10]))),
    "a link over the page": (SIGNED, told(on_page(LINK))),
    "a white square over the page": (SIGNED, told(on_page(COVER))),
    "an annotation taken away": (SIGNED, told(again(PAGE_4, lambda body: body.replace(b"[7 0 R ", b"[")))),
    "a text field written again with a colour": (
        FORM,
        told(again(Ref(6, 0), lambda body: body.replace(b"(12)", b"(12) /MK << /BG [1] >>"))),
    ),
    "an annotation rewritten": (SIGNED, told(again(Ref(7, 0)))),
    "the value of a text field": (FORM, told(again(Ref(6, 0), lambda body: body.replace(b"(12)", b"(99)")))),
    "appearances to be made anew": (
        FORM,
        told(in_form(NeedAppearances=True)),
    ),
    "an action in the stamp's field": (
        SIGNED,
        told(field_of_stamp(b"/F 132", b"/F 132 /AA << /E << /S /JavaScript /JS (x) >> >>")),
    ),
    "an action in the stamp's appearance": (
        SIGNED,
        told(field_of_stamp(b"/DR <<  >>", b"/MK << /A << /S /Launch >> >>")),
    ),
    "the stamp's field is a text field": (SIGNED, told(field_of_stamp(b"/FT /Sig", b"/FT /Tx "))),
    "the stamp shows an earlier signature": (SIGNED, told(field_of_stamp(b"/V ", b"/TU (x) /V 11 0 R /XX "))),
    "the title changed": (INFORMED, told(put(Ref(6, 0), Subject=b"khac"))),
    "validation data taken away": (STORED, told(again(CATALOG, lambda body: body.replace(b"/DSS ", b"/Dss ")))),
}


@pytest.mark.parametrize("what", TRICKS)
def test_one_thing_besides(what: str) -> None:
    """Leader, agency, stamp of arrival, and the one thing that the name says."""
    pdf, trick = TRICKS[what]
    seen = SCENE.judge(stamped(pdf, trick))

    assert {"CHANGED_AFTER_SIGNING"} <= seen.defects, seen
    assert "strict" == seen.judged.lane


UNREADABLE = {
    "another catalog": Trick(trailer={"Root": Ref(2, 0)}),
    "a stream beside the table that is none": Trick(trailer={"XRefStm": 15}),
    "an earlier table that is none": Trick(trailer={"Prev": 15}),
    "a table that is its own forerunner": Trick(trailer={"Prev": len(SIGNED) + 1}),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_no_longer_leads_to_its_signatures(what: str) -> None:
    """The stamp's trailer leads elsewhere: refused, whatever can still be read."""
    assert SCENE.judge(stamped(SIGNED, UNREADABLE[what])).defects


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Cong van", b"Khong con"),
        (b"x-default", b"en"),
        (b"</rdf:Alt>", b"</rdf:Alt>khac"),
        (b'"http://purl', b'"httpz//purl'),
    ],
)
def test_metadata_that_say_something_else(old: bytes, new: bytes) -> None:
    """The stamp's update writes the XMP metadata again, with another title, language, namespace, or a word in between."""

    def write(objects: Objects, read: StrictPdf, _: int) -> None:
        held = read.resolved(Ref(6, 0), read.last)
        xmp = read.data[held.start : held.start + held.length]
        assert old in xmp
        objects[Ref(6, 0)] = stream(xmp.replace(old, new), b"/Type /Metadata /Subtype /XML")

    assert {"CHANGED_AFTER_SIGNING"} <= SCENE.judge(stamped(DESCRIBED, told(write))).defects


def test_metadata_that_say_when() -> None:
    """The honest twin: only the moment of writing is new, and which writing it was, as Acrobat says."""

    def write(objects: Objects, read: StrictPdf, _: int) -> None:
        held = read.resolved(Ref(6, 0), read.last)
        xmp = read.data[held.start : held.start + held.length]
        when = (
            b"<xmp:ModifyDate>2026-11-16T11:40:00Z</xmp:ModifyDate>"
            b'<i:InstanceID xmlns:i="http://ns.adobe.com/xap/1.0/mm/">uuid:2b63934e</i:InstanceID></rdf:Description>'
        )
        objects[Ref(6, 0)] = stream(xmp.replace(b"</rdf:Description>", when), b"/Type /Metadata /Subtype /XML")

    assert set() == SCENE.judge(stamped(DESCRIBED, told(write))).defects
