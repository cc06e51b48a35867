"""Attached files are joined with the manifest and named safely; nothing hides beside them."""

import unicodedata
from pathlib import Path

import pytest

from tests.core.edxml_packets import (
    CONTENT_ID,
    DOCUMENT,
    ENCODED,
    NAME,
    TEXT_BEGIN,
    TEXT_END,
    Reader,
    attached,
    changed,
    tag,
    zipped,
)

BLOCK = "<Attachment>" + DOCUMENT.partition("<Attachment>")[2].partition("</Attachment>")[0] + "</Attachment>"
SEPARATOR = "\u2028"


def named(name: str, inside: str | None = None) -> str:
    """Return the document with a file of this name everywhere; `inside`: another one in the zip."""
    return attached(zipped(name=name if inside is None else inside)).replace(NAME, name)


@pytest.mark.parametrize(
    "name",
    [
        "a/b.pdf", "a\\b.pdf", "c:b.pdf", "../b.pdf", "a..pdf", "..", "b.pdf.", "CON", "con.pdf", "LPT1.txt", "com¹.pdf", "nul .pdf",
        "a\u202efdp.exe", "a\u2066b.pdf", f"a{SEPARATOR}b.pdf", "a\tb.pdf", "ă" * 128, "a\x85b.pdf",
    ],
)  # fmt: skip
def test_an_unsafe_name_is_refused(reader: Reader, name: str) -> None:
    """In the manifest and at the attachment, or in the zip alone."""
    assert ("ATTACHMENT_NAME_UNSAFE", name) == reader.why(named(name))
    assert ("ATTACHMENT_NAME_UNSAFE", name) == reader.why(named("b.pdf", inside=name))


@pytest.mark.parametrize("name", ["", " "])
def test_a_file_without_a_name_is_refused(reader: Reader, name: str) -> None:
    """Everywhere, or in the zip alone."""
    assert "ATTACHMENT_NAME_UNSAFE" == reader.refusal(named(name)).code
    assert "ATTACHMENT_NAME_UNSAFE" == reader.refusal(named("b.pdf", inside=name)).code


@pytest.mark.parametrize("name", ["Phụ lục 1 - Biểu mẫu.csv", "a.b.c", "conto.pdf", ".pdf", "ă" * 127, "x"])
def test_a_safe_name_is_kept(reader: Reader, name: str) -> None:
    """Composed, as everywhere."""
    [attachment] = reader.document(named(unicodedata.normalize("NFD", name), inside=name)).attachments

    assert name == attachment.name


def test_a_secret_name_inside_the_zip_is_seen(reader: Reader) -> None:
    """Before the names are compared: the packet must not be kept."""
    assert ("SECRET_FORBIDDEN", "AttachmentName") == reader.why(named("b.pdf", inside="Mật.pdf"))


@pytest.mark.parametrize("suffix", [".zip", ".ZIP"])
def test_zip_behind_the_outer_name_is_tolerated(reader: Reader, suffix: str) -> None:
    """The name is that of the file inside."""
    packet = reader.document(named(NAME + suffix, inside=NAME))

    assert (NAME, ("zip_suffix",)) == (packet.attachments[0].name, packet.envelope.notes)


@pytest.mark.parametrize(
    "text",
    [
        named("a.pdf", inside="b.pdf"),
        named("a.pdf", inside="A.pdf"),
        named("a.pdf.zip.zip", inside="a.pdf"),
        named("a.zip", inside="a.pdf"),
        changed(DOCUMENT, (f"<AttachmentName>{NAME}", "<AttachmentName>b.pdf")),
        changed(DOCUMENT, (f"<edXML:AttachmentName>{NAME}", "<edXML:AttachmentName>b.pdf")),
        changed(DOCUMENT, ("</Attachment>", "</Attachment>" + BLOCK.replace(CONTENT_ID, "another"))),
    ],
)
def test_names_that_disagree_are_refused(reader: Reader, text: str) -> None:
    """Manifest, attachment and zip say the same, and the manifest says all."""
    assert "ATTACHMENT_NAME_MISMATCH" == reader.refusal(text).code


@pytest.mark.parametrize(
    ("code", "element", "text"),
    [
        ("BAD_VALUE", "ContentId", changed(DOCUMENT, ("</Attachment>", "</Attachment>" + BLOCK))),
        (
            "BAD_VALUE",
            "AttachmentEncoded",
            changed(
                DOCUMENT, ("<edXML:edXMLBody>", f"<edXML:edXMLBody><AttachmentEncoded>{BLOCK}</AttachmentEncoded>")
            ),
        ),
        (
            "BAD_VALUE",
            "AttachmentEncoded",
            changed(
                DOCUMENT,
                (
                    "<KeyInfo>",
                    '<Object><a:AttachmentEncoded xmlns:a="http://www.e-doc.vn/Schema/"/></Object><KeyInfo>',
                ),
            ),
        ),
        (
            "BAD_VALUE",
            "ContentTransferEncoded",
            changed(DOCUMENT, ("<edXML:Subject>", f"{tag('ContentTransferEncoded', ENCODED)}<edXML:Subject>")),
        ),
        (
            "BAD_VALUE",
            "ContentTransferEncoded",
            changed(DOCUMENT, ("<KeyInfo>", "<ContentTransferEncoded>AAAA</ContentTransferEncoded><KeyInfo>")),
        ),
        (
            "BAD_VALUE",
            "ContentTransferEncoded",
            changed(
                DOCUMENT,
                (
                    "<Attachment>",
                    "<Attachment><x:ContentTransferEncoded xmlns:x='urn:x'>AAAA</x:ContentTransferEncoded>",
                ),
            ),
        ),
        (
            "MISSING_FIELD",
            "Attachment/ContentId",
            changed(DOCUMENT, (f"<ContentId>cid:{CONTENT_ID}", "<ContentId>cid:")),
        ),
        (
            "MISSING_FIELD",
            "Attachment/AttachmentName",
            changed(DOCUMENT, (f"<AttachmentName>{NAME}</AttachmentName>", "")),
        ),
        ("ATTACHMENT_MISSING", NAME, changed(DOCUMENT, (f"{TEXT_BEGIN}{ENCODED}{TEXT_END}", ""))),
        ("ATTACHMENT_MISSING", NAME, changed(DOCUMENT, (BLOCK, ""))),
    ],
)
def test_nothing_is_attached_but_in_its_place(reader: Reader, code: str, element: str, text: str) -> None:
    """What one reader overlooks another would show."""
    assert (code, element) == reader.why(text)


def test_cid_may_stand_on_either_side(reader: Reader) -> None:
    """In any case of letters; joined without it."""
    text = changed(DOCUMENT, (f"<ContentId>cid:{CONTENT_ID}", f"<ContentId>CID:{CONTENT_ID}"))

    assert (("cid_one_sided",), CONTENT_ID) == (
        reader.document(text).envelope.notes,
        reader.document(text).attachments[0].content_id,
    )


def test_types_may_differ_and_that_is_said(reader: Reader) -> None:
    """The manifest names the file's type, the attachment the zip's."""
    packet = reader.document(changed(DOCUMENT, ("application/zip", "application/msword")))

    assert (("content_type_differs",), "application/msword") == (
        packet.envelope.notes,
        packet.attachments[0].media_type,
    )


def test_nothing_is_written(reader: Reader) -> None:
    """No name is ever a path: beside the packet there is nothing."""
    reader(named("../evil.pdf", inside="/evil.pdf"))
    reader(named("x.pdf"))

    assert [reader.path] == sorted(Path(reader.path.parent).rglob("*"))
