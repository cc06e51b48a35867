"""Every sample gives the outcome that its README says."""

from datetime import UTC, date, datetime

import pytest

from schemas.edxml import DocumentPacket, Limits, Refusal, StatusPacket, read_packet
from schemas.events import Envelope, Replaced
from tests.core.edxml_packets import NOW, SAMPLES, SECRECY, Read

SENDER, OLD = "000.00.00.H53", "000.00.00.H53,2026-11-23,1234/UBND-KSTT"
THREE = ("000.00.05.H53", "000.21.31.H53", "000.00.00.G22")
NOTES = {
    "old-namespace": ("old_namespace",),
    "business-spelling": ("business_spelling",),
    "no-cid-prefix": ("cid_one_sided",),
    "trace-timestamp-dmy": ("timestamp_dmy",),
    "organid-short": ("organ_id_short",),
    "leading-bom": (),
    "leading-bytes": ("leading_bytes",),
    "several-attachments": (),
    "bussiness-type-1-recall": (),
    "bussiness-type-2-update": (),
    "bussiness-type-3-replace": (),
    "status-13-take-back": (),
}
REFUSED = {
    "xxe": ("DTD_FORBIDDEN", ""),
    "billion-laughs": ("DTD_FORBIDDEN", ""),
    "zip-bomb": ("RESOURCE_LIMIT", "3003-UBND-KSTT.pdf"),
    "attachment-name-mismatch": ("ATTACHMENT_NAME_MISMATCH", "3004-UBND-KSTT.pdf"),
    "attachment-path-traversal": ("ATTACHMENT_NAME_UNSAFE", "../../3005.pdf"),
    "attachment-missing": ("ATTACHMENT_MISSING", "3008-UBND-KSTT.pdf"),
    "duplicate-receivers": ("DUPLICATE_RECEIVER", "To/OrganId"),
    "missing-required": ("MISSING_FIELD", "MessageHeader/DocumentId"),
}
JUDGED_BY_THE_VERIFIER = {"signature-wrapping", "signature-wrapping-honest-twin"}


def read(name: str) -> Read:
    """Read a sample at noon of its day."""
    return read_packet(SAMPLES / f"{name}.edxml", limits=Limits(), now=NOW, secrecy=SECRECY)


def document(name: str) -> DocumentPacket:
    """Read a sample that is a document."""
    packet = read(name)
    assert isinstance(packet, DocumentPacket), packet
    return packet


def test_no_sample_is_forgotten() -> None:
    """Each file has its line here."""
    variants = {each.stem for each in (SAMPLES / "variants").glob("*.edxml")}
    hostile = {each.stem for each in (SAMPLES / "hostile").glob("*.edxml")}

    assert (set(NOTES), set(REFUSED) | JUDGED_BY_THE_VERIFIER) == (variants, hostile)


def test_the_strict_document_in_full() -> None:
    """Every value of the envelope, without a note."""
    packet = document("document")

    assert packet.envelope == Envelope(
        document_id=OLD,
        sender=SENDER,
        recipients=THREE,
        business_type=0,
        priority=1,
        number="1234",
        notation="UBND-KSTT",
        promulgated_on=date(2026, 11, 23),
        due_on=date(2026, 11, 30),
        type_code=2,
        type_name="Công văn",
        subject="V/v rà soát danh mục mã định danh điện tử của các cơ quan trong tỉnh",
        paper=False,
        business_reason="Văn bản điện tử mới",
        contents_sha256=packet.attachments[0].sha256,
    )
    assert [("1234-UBND-KSTT.signed.pdf", "application/pdf", 125)] == [
        (each.name, each.media_type, each.size) for each in packet.attachments
    ]


def test_the_strict_status_in_full() -> None:
    """Who says what about which document, to whom."""
    packet = read("status")

    assert isinstance(packet, StatusPacket)
    assert (OLD, "03", "000.21.31.H53", SENDER, datetime(2026, 11, 23, 1, 42, 10, tzinfo=UTC), "Lê Văn C", ()) == (
        packet.document_id,
        packet.code,
        packet.said_by,
        packet.addressed_to,
        packet.said_at,
        packet.staff,
        packet.notes,
    )


@pytest.mark.parametrize("name", sorted(NOTES))
def test_a_variant_is_read_with_its_note(name: str) -> None:
    """Each tolerance is named, and nothing else is noted."""
    packet = read(f"variants/{name}")

    assert not isinstance(packet, Refusal)
    assert NOTES[name] == (packet.envelope.notes if isinstance(packet, DocumentPacket) else packet.notes)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_hostile_packet_is_refused(name: str) -> None:
    """With the one code, naming what is wrong, and a sentence."""
    packet = read(f"hostile/{name}")

    assert isinstance(packet, Refusal)
    assert REFUSED[name] == (packet.code, packet.element)
    assert packet.sentence_vi.endswith(".")


@pytest.mark.parametrize("name", sorted(JUDGED_BY_THE_VERIFIER))
def test_a_wrapped_signature_is_not_the_readers_business(name: str) -> None:
    """It reads what stands in its place; the verifier compares that with what was signed."""
    expected = {"signature-wrapping": "000.21.31.H53", "signature-wrapping-honest-twin": "000.00.05.H53"}

    assert (expected[name],) == document(f"hostile/{name}").envelope.recipients


def test_a_moment_day_first_is_vietnamese() -> None:
    """`23/11/2026 09:00:00` is nine in the morning in Vietnam."""
    assert (datetime(2026, 11, 23, 2, tzinfo=UTC),) == document("variants/trace-timestamp-dmy").traced_at


def test_codes_are_kept_as_addressed() -> None:
    """Short and new forms are expanded by whoever has the directory."""
    assert ("05.H53", "21.31.H53", "H53.14") == document("variants/organid-short").envelope.recipients


def test_several_files_in_the_order_of_the_manifest() -> None:
    """Zipped and plain, with a Vietnamese name."""
    attachments = document("variants/several-attachments").attachments

    assert [
        ("2008-UBND-KSTT.pdf", "application/pdf", 562),
        ("Phụ lục 1 - Biểu mẫu.csv", "text/csv", 33),
        ("2008-phuluc2.pdf", "application/pdf", 546),
    ] == [(each.name, each.media_type, each.size) for each in attachments]


@pytest.mark.parametrize(
    ("name", "kind", "own", "related", "recipients"),
    [
        ("recall", 1, "1234", (OLD,), THREE),
        ("update", 2, "1234", (OLD,), (*THREE, "000.00.14.H53")),
        ("replace", 3, "1301", (OLD,), THREE[:2]),
    ],
)
def test_recall_update_and_replace_name_the_old_document(
    name: str, kind: int, own: str, related: tuple[str, ...], recipients: tuple[str, ...]
) -> None:
    """Each in its own place of the packet; one meaning."""
    envelope = document(f"variants/bussiness-type-{kind}-{name}").envelope

    assert (kind, own, related, recipients) == (
        envelope.business_type,
        envelope.number,
        envelope.related,
        envelope.recipients,
    )
    assert envelope.business_reason


def test_a_wish_to_take_back_is_addressed_to_the_recipient() -> None:
    """Status 13: the sender speaks, the recipient stands in ResponseFor."""
    packet = read("variants/status-13-take-back")

    assert isinstance(packet, StatusPacket)
    assert ("13", SENDER, "000.21.31.H53", OLD) == (
        packet.code,
        packet.said_by,
        packet.addressed_to,
        packet.document_id,
    )


def test_a_refusal_says_whose_packet_it_was() -> None:
    """As far as it could be read; nothing of a packet with a DTD."""
    mismatch, nameless, dtd = (
        read("hostile/attachment-name-mismatch"),
        read("hostile/missing-required"),
        read("hostile/xxe"),
    )

    assert isinstance(mismatch, Refusal)
    assert isinstance(nameless, Refusal)
    assert isinstance(dtd, Refusal)
    assert [("000.00.00.H53,2026-11-23,3004/UBND-KSTT", SENDER), ("", SENDER), ("", "")] == [
        (each.document_id, each.sender) for each in (mismatch, nameless, dtd)
    ]


def test_receivers_that_an_update_changes() -> None:
    """Code and type as written; what the type means is not the reader's to say."""
    envelope = document("variants/bussiness-type-2-update").envelope

    assert (("000.00.14.H53",), (1,)) == (envelope.receivers, envelope.receiver_types)


def test_for_whom_a_document_is_replaced() -> None:
    """Each older document with the codes of its own list."""
    envelope = document("variants/bussiness-type-3-replace").envelope

    assert (Replaced(document_id=OLD, organ_ids=("000.00.05.H53", "000.21.31.H53")),) == envelope.replaced
