"""Attached files: joined with the manifest, named safely, decoded and unpacked within bounds; nothing hides beside them."""

import hashlib

import pytest

from schemas.edxml import Limits, Refusal
from schemas.edxml.base64_text import CHUNK
from schemas.edxml.limits import MEGABYTE
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
    encoded,
    zipped,
)

FILE = b"%PDF-1.7 " + bytes(range(256)) * 40
BLOCK = "<Attachment>" + DOCUMENT.partition("<Attachment>")[2].partition("</Attachment>")[0] + "</Attachment>"


def plain(text: str) -> str:
    """Return the packet with its file said to be a picture, not a zip."""
    return text.replace("application/zip", "image/png")


def test_what_is_read_is_what_was_attached(reader: Reader) -> None:
    """Size and digest of the unpacked file; `open` unpacks it again, in pieces and from the start each time."""
    [attachment] = reader.document(attached(zipped(FILE))).attachments

    assert (CONTENT_ID, NAME, "application/pdf", len(FILE), hashlib.sha256(FILE).hexdigest()) == (
        attachment.content_id,
        attachment.name,
        attachment.media_type,
        attachment.size,
        attachment.sha256,
    )
    for _ in range(2):
        with attachment.open() as stream:
            assert FILE == stream.read(7) + stream.read(1) + stream.read()


def test_a_plain_file_keeps_its_own_type(reader: Reader) -> None:
    """Not zipped: named and typed by the packet alone."""
    [attachment] = reader.document(plain(attached(FILE))).attachments

    with attachment.open() as stream:
        assert ("image/png", FILE) == (attachment.media_type, stream.read())


def test_a_packet_that_changed_is_not_unpacked(reader: Reader) -> None:
    """Digest and size were of other bytes: an error of the file, never other content."""
    packet = reader.document(attached(zipped(FILE)))
    for content in (attached(zipped(FILE[:-1])), attached("!"), attached(zipped(FILE * 2)), ""):
        reader.path.write_text(content, encoding="utf-8")
        with packet.attachments[0].open() as stream, pytest.raises(OSError, match="changed"):
            stream.read()


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(ENCODED[at : at + 76] for at in range(0, len(ENCODED), 76)),
        "\r\n".join(ENCODED[at : at + 64] for at in range(0, len(ENCODED), 64)),
        "&#13;\n".join(ENCODED[at : at + 3] for at in range(0, len(ENCODED), 3)),
        "&#xD;&#x0a;".join(ENCODED[at : at + 7] for at in range(0, len(ENCODED), 7)),
        f" \t{ENCODED} \n",
        f"<![CDATA[{ENCODED}]]>",
        f"{ENCODED[:10]}<![CDATA[{ENCODED[10:13]}]]>\n<![CDATA[]]>{ENCODED[13:]}",
    ],
)
def test_base64_may_be_broken_into_lines(reader: Reader, text: str) -> None:
    """However the sender's library writes it."""
    assert reader.document(DOCUMENT).attachments == reader.document(attached(text)).attachments


@pytest.mark.parametrize(
    "text",
    [
        f"{ENCODED}=",
        f"{ENCODED[:-3]}",
        f"{ENCODED[:8]}!{ENCODED[8:]}",
        f"{ENCODED[:8]}]]>{ENCODED[8:]}",
        f"{ENCODED[:8]}&#65;{ENCODED[8:]}",
        f"{ENCODED}&#13",
        f"{ENCODED[:8]}====",
        encoded(b"a") + ENCODED,
        ENCODED.replace("+", "-", 1) + "_",
        "A" * (CHUNK - 2) + "==AAAA",
        "",
        "   ",
    ],
)
def test_what_is_no_base64_cannot_be_read(reader: Reader, text: str) -> None:
    """Nothing is skipped, nothing is guessed; zipped, or plain where no zip could notice it."""
    assert ("ATTACHMENT_UNREADABLE", NAME) == reader.why(plain(attached(text)))
    assert "ATTACHMENT_UNREADABLE" == reader.refusal(attached(text)).code


def test_a_text_in_too_many_sections_is_refused(reader: Reader) -> None:
    """Each would have to be remembered."""
    text = "".join(f"<![CDATA[{char}]]>" for char in ENCODED)

    assert ("ATTACHMENT_UNREADABLE", "ContentTransferEncoded") == reader.why(attached(text))


@pytest.mark.parametrize(
    "inside", ["<!-- -->", "<?a?>", "<a/>", f"{TEXT_END}{TEXT_BEGIN}", f"<edXML:Description/>{TEXT_END}"]
)
def test_markup_inside_base64_is_refused(reader: Reader, inside: str) -> None:
    """One value, one text."""
    assert "BAD_VALUE" == reader.refusal(attached(ENCODED[:8] + inside + ENCODED[8:])).code


@pytest.mark.parametrize(
    ("limits", "content"),
    [
        (Limits(), zipped(b"\0" * 4 * MEGABYTE)),
        (Limits(zip_ratio=10), zipped(b"a b c d e " * 300_000)),
        (Limits(attachment_bytes=MEGABYTE), zipped(b"\0" * (MEGABYTE + 1))),
        (Limits(attachment_bytes=100), zipped(FILE[:101], method=0)),
    ],
)
def test_a_bomb_is_noticed_while_it_is_unpacked(reader: Reader, limits: Limits, content: bytes) -> None:
    """By ratio past a megabyte, and by size."""
    assert ("RESOURCE_LIMIT", NAME) == reader.why(attached(content), limits=limits)


def test_a_megabyte_may_have_been_any_size(reader: Reader) -> None:
    """The ratio is asked about past the first megabyte only."""
    assert MEGABYTE == reader.document(attached(zipped(b"\0" * MEGABYTE))).attachments[0].size


def test_all_files_together_are_bounded(reader: Reader) -> None:
    """Many files, each within its limit, are a bomb as well."""
    three = several(zipped(b"\0" * 900_000, name="x.pdf"), 3)
    packet = reader(three, limits=Limits(attachment_bytes=MEGABYTE))

    assert isinstance(packet, Refusal)
    assert ("RESOURCE_LIMIT", "x.pdf") == (packet.code, packet.element)


def several(content: bytes, number: int) -> str:
    """Return the document with the same file attached several times under its own id each time."""
    reference = DOCUMENT.partition('<edXML:edXMLManifest version="1.0">')[2].partition("</edXML:edXMLManifest>")[0]
    block = BLOCK.replace(ENCODED, encoded(content))
    return changed(
        DOCUMENT,
        (reference, "".join(reference.replace(CONTENT_ID, f"a{each}") for each in range(number))),
        (BLOCK, "".join(block.replace(CONTENT_ID, f"a{each}") for each in range(number))),
    ).replace(NAME, "x.pdf")


def test_as_many_files_as_allowed(reader: Reader) -> None:
    """A hundred, and not one more."""
    assert 100 == len(reader.document(several(zipped(name="x.pdf"), 100)).attachments)
    assert "RESOURCE_LIMIT" == reader.refusal(several(zipped(name="x.pdf"), 101)).code
