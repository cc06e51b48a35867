"""What is written is strict, and reading it gives what was written."""

import dataclasses
import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.contents import contents_of
from schemas.edxml import (
    DocumentDraft,
    DocumentPacket,
    Limits,
    Printed,
    StatusDraft,
    StatusPacket,
    enclose,
    read_packet,
    write_document,
    write_status,
)
from schemas.edxml.file_names import unsafe
from schemas.edxml.vocabulary import NS
from schemas.events import Envelope, Replaced
from tests.core.edxml_packets import NOW, Reader

CODES = st.from_regex(
    r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}|[A-Z][0-9]{2}(\.[A-Z0-9]{2,3}){0,3}", fullmatch=True
)
DAYS = st.dates(date(1999, 1, 1), date(2026, 11, 23))
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"))
TEXTS = st.text(LETTERS | st.sampled_from("\n\t<>&\"']"), min_size=1, max_size=40).map(str.strip).filter(bool)
NUMBERS = st.from_regex(r"[0-9]{1,5}[a-z]?", fullmatch=True)
NOTATIONS = st.from_regex(r"[A-ZĐ]{2,6}(-[A-ZĐ]{2,4}){0,2}", fullmatch=True)
NAMES = st.text(LETTERS, min_size=1, max_size=40).map(str.strip).filter(lambda name: bool(name) and not unsafe(name))
UUIDS = st.uuids().map(str)


@st.composite
def document_ids(draw: st.DrawFn) -> str:
    """Return a normalised document id of some agency."""
    return f"{draw(CODES)},{draw(DAYS)},{draw(NUMBERS)}/{draw(NOTATIONS)}"


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Return an envelope that needs no note."""
    sender, day, number, notation = draw(CODES), draw(DAYS), draw(NUMBERS), draw(NOTATIONS)
    own = draw(st.one_of(st.just(f"{sender},{day},{number}/{notation}"), UUIDS))
    kind = draw(st.integers(0, 3))
    others = tuple(draw(st.lists(st.one_of(document_ids(), UUIDS), min_size=1, max_size=3, unique=True)))
    receivers = draw(st.dictionaries(CODES, st.integers(0, 2), max_size=3)) if kind == 2 else {}
    some = st.lists(CODES, min_size=1, max_size=3, unique=True).map(tuple)
    return Envelope(
        document_id=own,
        sender=sender,
        recipients=tuple(draw(st.lists(CODES, min_size=1, max_size=5, unique=True))),
        business_type=kind,
        priority=draw(st.integers(0, 4)),
        number=number,
        notation=notation,
        promulgated_on=day,
        due_on=draw(st.none() | DAYS),
        type_code=draw(st.sampled_from([1, 2])),
        type_name=draw(TEXTS),
        subject=draw(TEXTS),
        paper=draw(st.booleans()),
        business_reason=draw(TEXTS),
        related={0: (), 1: (own,), 2: others[:1], 3: others}[kind],
        receivers=tuple(receivers),
        receiver_types=tuple(receivers.values()),
        replaced=tuple(Replaced(document_id=each, organ_ids=draw(some)) for each in others) if kind == 3 else (),
    )


@st.composite
def drafts(draw: st.DrawFn) -> tuple[DocumentDraft, list[bytes]]:
    """Return a document and the files in it."""
    files = draw(
        st.lists(
            st.tuples(UUIDS, NAMES, st.binary(max_size=300)), min_size=1, max_size=3, unique_by=lambda file: file[0]
        )
    )
    enclosed = tuple(enclose(content, content_id=each, name=name, at=NOW) for each, name, content in files)
    printed = Printed(place=draw(TEXTS), content=draw(TEXTS), signer=draw(TEXTS), to_places=(draw(TEXTS),))
    return DocumentDraft(envelope=draw(envelopes()), printed=printed, enclosed=enclosed, at=NOW), [
        file[2] for file in files
    ]


@st.composite
def statuses(draw: st.DrawFn) -> StatusDraft:
    """Return a status."""
    return StatusDraft(
        document_id=draw(st.one_of(document_ids(), UUIDS)),
        code=draw(st.sampled_from(["01", "02", "03", "04", "05", "06", "13", "15", "16", "99"])),
        said_by=draw(CODES),
        addressed_to=draw(CODES),
        said_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 10**8))),
        reason=draw(TEXTS),
        staff=draw(TEXTS),
        document_code="1/UB",
    )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file for all examples."""
    return tmp_path_factory.mktemp("written") / "packet.edxml"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=drafts())
def test_reading_what_was_written_gives_the_same_document(file: Path, drawn: tuple[DocumentDraft, list[bytes]]) -> None:
    """The same envelope without a single note, the same files in the same order, at the same moment."""
    draft, contents = drawn
    file.write_bytes(write_document(draft))
    packet = read_packet(file, limits=Limits(), now=NOW, secrecy=None)

    assert isinstance(packet, DocumentPacket), packet
    envelope = dataclasses.replace(draft.envelope, contents_sha256=packet.envelope.contents_sha256)
    assert (envelope, (draft.at,)) == (packet.envelope, packet.traced_at)
    assert contents_of(hashlib.sha256(each).hexdigest() for each in contents) == packet.envelope.contents_sha256
    assert [each.content_id for each in draft.enclosed] == [each.content_id for each in packet.attachments]
    for content, attachment in zip(contents, packet.attachments, strict=True):
        with attachment.open() as stream:
            assert content == stream.read()


@settings(max_examples=100, deadline=None)
@given(draft=statuses())
def test_reading_what_was_written_gives_the_same_status(file: Path, draft: StatusDraft) -> None:
    """Every value that the reader knows, without a note."""
    file.write_bytes(write_status(draft))
    packet = read_packet(file, limits=Limits(), now=NOW, secrecy=None)

    assert isinstance(packet, StatusPacket), packet
    expected = dataclasses.asdict(draft)
    assert {
        name: expected[name]
        for name in ("document_id", "code", "said_by", "addressed_to", "said_at", "reason", "staff")
    } == {
        name: getattr(packet, name)
        for name in ("document_id", "code", "said_by", "addressed_to", "said_at", "reason", "staff")
    }
    assert () == packet.notes


def draft(**changes: object) -> DocumentDraft:
    """Return a plain document, its envelope changed."""
    envelope = Envelope(
        document_id="000.00.00.H53,2026-11-23,1/UBND",
        sender="000.00.00.H53",
        recipients=("000.00.05.H53",),
        number="1",
        notation="UBND",
        promulgated_on=date(2026, 11, 23),
        type_code=2,
        type_name="Công văn",
        subject="V/v thử",
    )
    return DocumentDraft(
        envelope=dataclasses.replace(envelope, **changes),  # type: ignore[arg-type] # names are checked by replace
        printed=Printed(place="Tỉnh X"),
        enclosed=(enclose(b"%PDF-1.7", content_id="a1", name="a.pdf", at=NOW),),
        at=NOW,
    )


def test_the_form_is_strict() -> None:
    """One namespace under one prefix, dates with the year first, `cid:` on both sides, each file zipped."""
    content = write_document(draft())
    root = etree.fromstring(content)

    assert {NS} == {etree.QName(each).namespace for each in root.iter(etree.Element)}
    assert {"edXML": NS} == dict(root.nsmap)
    assert content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<edXML:edXML ")
    assert ["000.00.00.H53,2026/11/23,1/UBND"] == [each.text for each in root.iter(f"{{{NS}}}DocumentId")]
    assert ["cid:a1", "cid:a1"] == [each.text for each in root.iter(f"{{{NS}}}ContentId")]
    assert {"application/zip"} == {each.text for each in root.iter(f"{{{NS}}}ContentType")}


def test_the_same_draft_gives_the_same_bytes() -> None:
    """Nothing of the machine or the moment gets in."""
    assert write_document(draft()) == write_document(draft())


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": ()},
        {"recipients": ("000.00.05.H53", "000.00.05.H53")},
        {"document_id": "000.00.00.H53,2026/11/23,1/UBND"},
        {"document_id": "one"},
        {"subject": " "},
        {"number": ""},
        {"promulgated_on": None},
        {"priority": 5},
        {"business_type": 1, "business_reason": "sai"},
        {"business_type": 2, "business_reason": "sai"},
        {"business_type": 3, "business_reason": "sai"},
        {"business_type": 4, "business_reason": "sai"},
        {"business_type": 1, "related": ("000.00.00.H53,2026-11-23,1/UBND",)},
        {"related": ("000.00.00.H53,2026-11-23,1/UBND",)},
    ],
)
def test_what_a_reader_would_refuse_is_not_written(changes: dict[str, object]) -> None:
    """The writer has no tolerance."""
    with pytest.raises(ValueError, match="strict form"):
        write_document(draft(**changes))


def test_files_are_named_safely_and_once() -> None:
    """No path, no two under one id, at least one."""
    plain = draft()
    [one] = plain.enclosed

    for enclosed in ((), (one, one), (dataclasses.replace(one, name="a/b.pdf"),)):
        with pytest.raises(ValueError, match="strict form"):
            write_document(dataclasses.replace(plain, enclosed=enclosed))


@pytest.mark.parametrize("changes", [{"code": ""}, {"said_by": ""}, {"addressed_to": ""}, {"document_id": "1"}])
def test_a_status_says_who_what_and_to_whom(changes: dict[str, str]) -> None:
    """Else nobody could tell which delivery is meant."""
    status = StatusDraft(
        document_id="000.00.00.H53,2026-11-23,1/UBND", code="03", said_by="H53.05", addressed_to="H53", said_at=NOW
    )

    assert write_status(status)
    with pytest.raises(ValueError, match="strict form"):
        write_status(dataclasses.replace(status, **changes))  # type: ignore[arg-type] # names are checked by replace


def test_a_status_about_a_uuid_needs_the_code(reader: Reader) -> None:
    """`ResponseFor/Code` cannot be read out of the id."""
    status = StatusDraft(
        document_id="7d0c2f6e-1c0e-4f0a-9a55-3c1f2b7a9e01", code="03", said_by="H53.05", addressed_to="H53", said_at=NOW
    )

    with pytest.raises(ValueError, match="document_code"):
        write_status(status)
    assert "03" == reader.status(write_status(dataclasses.replace(status, document_code="1/UBND"))).code
