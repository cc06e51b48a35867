"""Vectors of strict bytes, of the signed message and of what came after a signature."""

import re
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from infra.demo.pdf import MARK, one_page, tamper
from processors.verification.pdf.byteranges import read_ranges
from tests.vectors.scene import Scene

SCENE = Scene()
PDF = SCENE.pdf()
"""Signed by the person, then by the agency."""


def rewritten(pdf: bytes, old: bytes, new: bytes) -> bytes:
    """Replace something by something of the same length, once, from the back."""
    assert len(old) == len(new)
    at = pdf.rindex(old)
    return pdf[:at] + new + pdf[at + len(old) :]


def last_range(pdf: bytes) -> tuple[int, int, int]:
    """Return start, resume and end of the last signature's range."""
    last = read_ranges(pdf).ranges[-1]
    return last.start, last.resume, last.end


def test_unsigned() -> None:
    """A page without a signature."""
    seen = SCENE.judge(one_page([MARK.decode()]))

    assert ({"NO_SIGNATURE_FOUND"}, 0) == (seen.defects, seen.judged.found)


def test_tampered() -> None:
    """A letter of the text changed after both signatures: HASH_FAILURE, and nothing else."""
    seen = SCENE.judge(tamper(PDF.replace(b"Noi dung", MARK)))

    assert {"HASH_FAILURE"} == seen.defects


def test_the_signature_value_is_changed() -> None:
    """The last byte of the agency's signature value flipped: SIG_CRYPTO_FAILURE."""
    last = read_ranges(PDF).ranges[-1]
    end = last.start + 1 + 2 * len(last.contents)
    value = PDF[end - 40 : end]
    flipped = value[:-1] + (b"0" if value[-1:] != b"0" else b"1")

    assert "SIG_CRYPTO_FAILURE" in SCENE.judge(rewritten(PDF, value, flipped)).defects


def equivocal(pdf: bytes) -> bytes:
    """Let the last range begin its second part inside the zero padding, and keep the lengths' sum."""
    start, resume, end = last_range(pdf)
    return rewritten(
        pdf,
        b"[0 %d %d %d]" % (start, resume, end - resume),
        b"[0 %d %d %d]" % (start, resume - 8, end - resume),
    )


def test_a_range_that_begins_in_the_padding() -> None:
    """Byte-range equivocation: the last bytes of the file would be unsigned, and pyHanko compares lengths only."""
    defects = SCENE.judge(equivocal(PDF)).defects

    assert "GAP_NOT_CONTENTS" in defects


def with_range(pdf: bytes, which: int, numbers: tuple[int, int, int, int]) -> bytes:
    """Write other numbers into one /ByteRange; what is left of its room is blanks."""
    room = list(re.finditer(rb"/ByteRange \[[^\]]*\] *", pdf))[which]
    written = b"/ByteRange [%d %d %d %d]" % numbers
    assert len(written) <= len(room[0])
    return pdf[: room.start()] + written.ljust(len(room[0])) + pdf[room.end() :]


def test_two_dictionaries_that_exchange_their_ranges() -> None:
    """The parsed /Contents must be the string in the gap of the same dictionary's range."""
    first, last = (each.as_written for each in read_ranges(PDF).ranges)
    defects = SCENE.judge(with_range(with_range(PDF, 0, last), 1, first)).defects

    assert "BYTERANGE_INVALID" in defects


def test_a_later_range_that_leaves_an_earlier_value_out() -> None:
    """The agency's range takes the person's gap: what the person wrote would be unsigned by the agency."""
    first, last = read_ranges(PDF).ranges
    defects = SCENE.judge(with_range(PDF, 1, (0, first.start, first.resume, last.end - first.resume))).defects

    assert "BYTERANGE_COLLISION" in defects


def test_two_fields_that_show_one_value() -> None:
    """The second field refers to the person's signature value: one signature is not two."""
    values = re.findall(rb"/V (\d+) 0 R", PDF)
    both = PDF.replace(b"/V %s 0 R" % values[1], (b"/V %s 0 R" % values[0]).ljust(len(b"/V %s 0 R" % values[1])))

    assert {"BYTERANGE_COLLISION", "BYTERANGE_INVALID"} <= SCENE.judge(both).defects


def test_something_after_the_value_in_contents() -> None:
    """A byte hidden in the padding behind the DER value."""
    _, resume, _ = last_range(PDF)
    hidden = PDF[: resume - 5] + b"41" + PDF[resume - 3 :]

    assert "CONTENTS_TRAILING_DATA" in SCENE.judge(hidden).defects


def test_a_tail() -> None:
    """Bytes behind the last signature that are no revision."""
    assert "TAIL_UNCOVERED" in SCENE.judge(PDF + b"% something more\n").defects | set()


@pytest.mark.timeout(30)
def test_a_file_that_ends_behind_a_gap() -> None:
    """Its range ends there, too: who looks for the last line from the end crosses the whole gap, and must come out of it."""
    start, resume, _ = last_range(PDF)
    rest = b" /ByteRange [0 %d %d %09d]"
    tail = rest % (start, resume, len(rest % (start, resume, 0)))
    cut = PDF[:resume] + tail

    assert (len(cut), ()) == (read_ranges(cut).ranges[-1].end, read_ranges(cut).ranges[-1].reasons)
    assert SCENE.judge(cut).defects


def test_white_space_at_the_end_is_nothing() -> None:
    """A transfer that adds a line break breaks nothing."""
    assert set() == SCENE.judge(PDF + b"\r\n").defects


def updated(pdf: bytes) -> bytes:
    """Replace what the page shows in an incremental update, as an attacker would."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page[pdf_name("/Contents")] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0).reference)
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call] # pyHanko's
    return out.getvalue()


def test_changed_after_signing() -> None:
    """The page's content replaced by an update behind both signatures."""
    seen = SCENE.judge(updated(PDF))

    assert {"CHANGED_AFTER_SIGNING", "TAIL_UNCOVERED"} == seen.defects
    assert {"other"} == {each.modification for each in seen.signatures}


def test_changed_between_two_signatures() -> None:
    """The person signs, the page is replaced, the agency signs: only the person's signature is about another text."""
    from infra.demo.pdf_signing import Hand, sign_pdf  # noqa: PLC0415 - only here

    first = sign_pdf(one_page(["mot"]), [Hand(credential=SCENE.person(), field="NguoiKy", at=SCENE.signed_at)])
    both = sign_pdf(updated(first), [Hand(credential=SCENE.agency(), field="CoQuan", at=SCENE.signed_at)])
    seen = SCENE.judge(both)

    assert {"CHANGED_AFTER_SIGNING"} == seen.defects
    assert ["other", "none"] == [each.modification for each in seen.signatures]


def test_an_unknown_subfilter_is_counted_and_refused() -> None:
    """A signature of an unknown SubFilter is dropped silently by pyHanko; ours are counted before."""
    seen = SCENE.judge(rewritten(PDF, b"/ETSI.CAdES.detached", b"/ETSI.XXXXX.detached"))

    assert 2 == seen.judged.found
    assert "SUBFILTER_UNSUPPORTED" in seen.defects


def test_a_disguised_name_is_not_overlooked() -> None:
    """`/Byte#52ange` is the same name to a parser and another to a search: refused, not passed."""
    pdf = PDF.replace(b"/ByteRange [0", b"/Byte#52ange[0", 1)

    assert "BYTERANGE_INVALID" in SCENE.judge(pdf).defects


def test_one_signature_alone_is_not_enough() -> None:
    """The policy wants person and agency."""
    from infra.demo.pdf_signing import Hand, sign_pdf  # noqa: PLC0415 - only here

    alone = sign_pdf(one_page(["mot"]), [Hand(credential=SCENE.agency(), field="CoQuan", at=SCENE.signed_at)])

    assert {"REQUIRED_SIGNATURE_MISSING"} == SCENE.judge(alone).defects


def test_a_signature_that_the_form_does_not_list() -> None:
    """The form forgets the first field: found two, judged one, not passed."""
    fields = re.search(rb"/Fields \[ (\d+ 0 R )(\d+ 0 R )\]", PDF)
    assert fields is not None
    forgotten = fields[0].replace(fields[1], b" " * len(fields[1]))
    seen = SCENE.judge(PDF.replace(fields[0], forgotten))

    assert (2, 1) == (seen.judged.found, len(seen.signatures))
    assert "BYTERANGE_INVALID" in seen.defects


@pytest.mark.parametrize("cut", [10, 1_000, 10_000, 20_000])
def test_a_truncated_file_is_a_verdict(cut: int) -> None:
    """Whatever is cut off, there is an answer, and it is not a pass."""
    assert SCENE.judge(PDF[:-cut]).defects


@pytest.mark.parametrize(
    "junk", [b"", b"%PDF-1.7", b"%PDF-1.7\n/ByteRange [0 1 2 3]", b"/ByteRange [" * 30, bytes(range(256)) * 9]
)
def test_junk_is_a_verdict(junk: bytes) -> None:
    """Bytes that are no PDF."""
    assert SCENE.judge(junk).defects
