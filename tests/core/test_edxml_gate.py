"""What the reader refuses before it asks what a packet says: other files, secrets, more than it may cost."""

import pytest

from schemas.edxml import Limits
from schemas.edxml.limits import MEGABYTE
from tests.core.edxml_packets import DOCUMENT, Reader, changed, removed, tag

SUBJECT = DOCUMENT.partition("<edXML:Subject>")[2].partition("<")[0]
ATTRIBUTES = " ".join(f"a{number}='1'" for number in range(65))


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("Subject", changed(DOCUMENT, (SUBJECT, f"Mật: {SUBJECT}"))),
        ("CodeNotation", changed(DOCUMENT, (tag("CodeNotation", "UBND-KSTT"), tag("CodeNotation", "Mật-KSTT")))),
        ("SphereOfPromulgation", changed(DOCUMENT, ("Lưu hành nội bộ", "Tối mật"))),
        ("AttachmentName", DOCUMENT.replace("1234-UBND-KSTT.signed.pdf", "Mật.pdf")),
        ("Subject", changed(DOCUMENT, (SUBJECT, "M&#x1EAD;t"))),
        ("Subject", changed(DOCUMENT, removed("DocumentId"), (SUBJECT, "Mật"))),
    ],
)
def test_a_secret_is_refused_before_anything_else(reader: Reader, element: str, text: str) -> None:
    """Also where more is wrong, so that nothing of it is kept; the sentence tells nothing of it either."""
    refused = reader.refusal(text)

    assert ("SECRET_FORBIDDEN", element, "") == (refused.code, refused.element, refused.detail)
    assert "KSTT" not in refused.sentence_vi


def test_a_word_inside_a_word_is_no_secret(reader: Reader) -> None:
    """Whole words, case and tone sensitive."""
    assert "V/v mật ong Mậtx" == reader.document(changed(DOCUMENT, (SUBJECT, "V/v mật ong Mậtx"))).envelope.subject


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("NOT_EDXML", b""),
        ("NOT_EDXML", b"%PDF-1.7"),
        ("NOT_EDXML", b"PK\x03\x04"),
        ("NOT_EDXML", b"<html><body/></html>"),
        ("NOT_EDXML", DOCUMENT.replace("http://www.mic.gov.vn/TBT/QCVN_102_2016", "urn:other").encode()),
        ("XML_NOT_WELL_FORMED", DOCUMENT.encode("utf-16")),
        ("XML_NOT_WELL_FORMED", DOCUMENT.encode("utf-16-le")),
        ("XML_NOT_WELL_FORMED", DOCUMENT.encode("utf-16-be")),
        ("XML_NOT_WELL_FORMED", DOCUMENT.replace('"UTF-8"', '"windows-1258"').encode()),
        ("XML_NOT_WELL_FORMED", changed(DOCUMENT, (SUBJECT, "\x01")).encode()),
        ("XML_NOT_WELL_FORMED", changed(DOCUMENT, (SUBJECT, "a")).encode().replace(b">a<", b">\xff<")),
        ("XML_NOT_WELL_FORMED", changed(DOCUMENT, (SUBJECT, "&undefined;")).encode()),
        ("XML_NOT_WELL_FORMED", changed(DOCUMENT, (SUBJECT, "a ]]> b")).encode()),
        ("XML_NOT_WELL_FORMED", changed(DOCUMENT, (SUBJECT, "a < b")).encode()),
        ("XML_NOT_WELL_FORMED", (DOCUMENT + DOCUMENT).encode()),
        ("XML_NOT_WELL_FORMED", DOCUMENT.encode() + b"\0"),
        ("XML_NOT_WELL_FORMED", DOCUMENT.encode()[:-9]),
        ("XML_NOT_WELL_FORMED", DOCUMENT.replace('"1.0"', "\"1.0'").encode()),
        ("XML_NOT_WELL_FORMED", DOCUMENT.replace("<?xml ", "<?xml\f").encode()),
        ("XML_NOT_WELL_FORMED", DOCUMENT.replace('<?xml version="1.0" ', "<?xml ").encode()),
        ("DTD_FORBIDDEN", b"<!DOCTYPE edXML><edXML/>"),
    ],
)
def test_what_is_no_packet_says_why(reader: Reader, code: str, content: bytes) -> None:
    """Other files, other encodings, other grammars."""
    assert code == reader.refusal(content).code


def test_a_sentence_says_which_encoding(reader: Reader) -> None:
    """The sender learns what to change."""
    assert "windows-1258; chỉ nhận UTF-8" in reader.refusal(DOCUMENT.replace('"UTF-8"', '"windows-1258"')).sentence_vi


@pytest.mark.parametrize(
    ("limits", "content"),
    [
        (Limits(packet_bytes=5000), DOCUMENT),
        (Limits(envelope_bytes=5000), DOCUMENT),
        (Limits(depth=5), DOCUMENT),
        (Limits(elements=99), DOCUMENT),
        (Limits(names=40), DOCUMENT),
        (Limits(attributes=1), DOCUMENT),
        (Limits(value_bytes=100), DOCUMENT),
        (Limits(attachments=0), DOCUMENT),
        (Limits(), changed(DOCUMENT, ("<edXML:To>", "<edXML:To>" * 70))),
        (Limits(), changed(DOCUMENT, (SUBJECT, "a" * MEGABYTE + "b"))),
        (Limits(), changed(DOCUMENT, (SUBJECT, "<![CDATA[" + "a" * MEGABYTE + "]]>"))),
        (Limits(), changed(DOCUMENT, (SUBJECT, "a" * 600_000))),
        (Limits(), changed(DOCUMENT, ("<edXML:To>", "<!--" + "a" * 2 * MEGABYTE + "--><edXML:To>"))),
        (Limits(), changed(DOCUMENT, ("<edXML:To>", f"<edXML:To a='{'a' * 2 * MEGABYTE}'>"))),
        (Limits(), changed(DOCUMENT, ("<edXML:To>", f"<edXML:To {ATTRIBUTES}>"))),
        (Limits(), changed(DOCUMENT, ("<edXML:To>", f"{''.join(f'<n{n}/>' for n in range(600))}<edXML:To>"))),
        (Limits(), changed(DOCUMENT, ("<edXML:To>", f"<{'n' * 300}/><edXML:To>"))),
        (Limits(), changed(DOCUMENT, ("<edXML:To>", f"<n xmlns='{'n' * 1100}'/><edXML:To>"))),
    ],
)
def test_limits_hold(reader: Reader, limits: Limits, content: str) -> None:
    """Each bound of `Limits`, and what would not fit into an event."""
    assert "RESOURCE_LIMIT" == reader.refusal(content, limits=limits).code
