"""The zip of an attachment: whatever a common tool writes is read, and nothing but one file may be in it."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.edxml.archive import open_member
from schemas.edxml.faults import PacketFaultError
from tests.core.edxml_packets import NAME, Reader, attached, zipped

FILE = b"%PDF-1.7 " + bytes(range(256)) * 40
PLAIN = zipped(FILE)
DIRECTORY = PLAIN.index(b"PK\x01\x02")
END = PLAIN.index(b"PK\x05\x06")


class Pipe(io.RawIOBase):
    """Takes bytes and cannot go back, as a socket: `zipfile` then writes sizes behind the content."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override] # zipfile writes bytes only
        """Keep a piece."""
        self.written += bytes(piece)
        return len(piece)


def streamed(method: int = zipfile.ZIP_DEFLATED, *, zip64: bool = False) -> bytes:
    """Return an archive as a tool writes it that cannot go back."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive, archive.open(NAME, "w", force_zip64=zip64) as entry:
        entry.write(FILE)
    return pipe.written


def with_zip64() -> bytes:
    """Return an archive whose local header has sizes in its zip64 field."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(NAME, "w", force_zip64=True) as entry:
        entry.write(FILE)
    return out.getvalue()


def with_end_64() -> bytes:
    """Return an archive that ends as one of more than 65,535 entries does."""
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, END - DIRECTORY, DIRECTORY)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, END, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return PLAIN[:END] + record + locator + end


def with_comment() -> bytes:
    """Return an archive with a comment."""
    out = io.BytesIO(PLAIN)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = "ghi chú".encode()
    return out.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        PLAIN,
        zipped(FILE, method=zipfile.ZIP_STORED),
        streamed(),
        streamed(zip64=True),
        with_zip64(),
        with_end_64(),
        with_comment(),
    ],
)
def test_what_tools_write_is_read(reader: Reader, archive: bytes) -> None:
    """Deflated or stored, sizes before or behind, with 4 or 8 bytes."""
    [attachment] = reader.document(attached(archive)).attachments

    with attachment.open() as stream:
        assert FILE == stream.read()


@given(st.binary(max_size=2000), st.integers(1, 9), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_any_content_in_pieces_of_any_size(content: bytes, size: int, method: int) -> None:
    """What `zipfile` packs comes out again, however the bytes arrive."""
    archive = zipped(content, method=method)
    member = open_member(archive[at : at + size] for at in range(0, len(archive), size))

    assert (NAME, content) == (member.name, b"".join(member.chunks))


def patched(at: int, new: bytes, archive: bytes = PLAIN) -> bytes:
    """Return an archive with some bytes changed."""
    return archive[:at] + new + archive[at + len(new) :]


def with_encryption_flag() -> bytes:
    """Return an archive that says it has a password."""
    return patched(6, b"\x01\x00", patched(DIRECTORY + 8, b"\x01\x00"))


HIDDEN = zipped(b"hidden", "hidden.pdf")
HIDDEN_ENTRY = HIDDEN[: HIDDEN.index(b"PK\x01\x02")]


def with_hidden_entry() -> bytes:
    """Return an archive with a second file that the directory does not list."""
    moved = DIRECTORY + len(HIDDEN_ENTRY)
    return PLAIN[:DIRECTORY] + HIDDEN_ENTRY + patched(END - DIRECTORY + 16, struct.pack("<I", moved), PLAIN[DIRECTORY:])


def with_two_directories() -> bytes:
    """Return an archive in front of another one: the first and the last end disagree."""
    return PLAIN + HIDDEN


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"PK",
        b"%PDF-1.7",
        zipped(b"a", "a.pdf", more={"b.pdf": b"b"}),
        zipped(b"a", NAME, more={"big": bytes(1_000_000)}, method=zipfile.ZIP_STORED),
        b"PK\x05\x06" + bytes(18),
        zipped(b"", "folder/"),
        b"MZ" + PLAIN,
        PLAIN + b"\0",
        PLAIN[:-1],
        PLAIN[:END],
        PLAIN[:DIRECTORY],
        PLAIN[:100],
        PLAIN[:35],
        with_hidden_entry(),
        with_two_directories(),
        HIDDEN_ENTRY + PLAIN,
        with_encryption_flag(),
        patched(8, b"\x09\x00"),
        patched(DIRECTORY + 10, b"\x00\x00"),
        patched(DIRECTORY + 46, b"5"),
        patched(DIRECTORY + 16, b"\0\0\0\0"),
        patched(DIRECTORY + 24, b"\1\0\0\0"),
        patched(DIRECTORY + 42, b"\1\0\0\0"),
        patched(END + 8, b"\2\0\2\0"),
        patched(END + 12, b"\1\0\0\0"),
        patched(60, b"\xff\xff\xff\xff"),
        streamed(zipfile.ZIP_STORED),
        zipped(FILE, method=zipfile.ZIP_BZIP2),
        zipped(FILE, method=zipfile.ZIP_LZMA),
    ],
)
def test_anything_else_cannot_be_read(reader: Reader, archive: bytes) -> None:
    """Not one file, not this file, not sound, or in a way that is not supported."""
    refused = reader.refusal(attached(archive or b"x"))

    assert refused.code in (
        {"ATTACHMENT_UNREADABLE", "ATTACHMENT_NAME_UNSAFE"}
        if b"folder" in archive
        else {"ATTACHMENT_UNREADABLE", "ATTACHMENT_NAME_MISMATCH"}
    )


def test_the_hidden_entry_would_be_seen_by_others() -> None:
    """The planted archives are what they claim to be: `zipfile` reads them without a complaint."""
    with zipfile.ZipFile(io.BytesIO(with_hidden_entry())) as archive:
        assert FILE == archive.read(NAME)
    with zipfile.ZipFile(io.BytesIO(with_two_directories())) as archive:
        assert ["hidden.pdf"] == archive.namelist()


@pytest.mark.parametrize(
    ("flags", "raw", "name", "flagged"),
    [
        (0x0800, "Biểu mẫu.csv".encode(), "Biểu mẫu.csv", True),
        (0, "Biểu mẫu.csv".encode(), "Biểu mẫu.csv", False),
        (0, b"a.csv", "a.csv", True),
        (0, b"\x82.csv", "é.csv", True),
    ],
)
def test_names_in_old_encodings(flags: int, raw: bytes, name: str, flagged: bool) -> None:  # noqa: FBT001 - a row of the table
    """UTF-8 with and without its flag; else the code page of the first zips."""
    header = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, flags, 0, 0, 0, 0, 0, 0, len(raw), 0)
    member = open_member(iter([header + raw]))

    assert (name, flagged) == (member.name, member.flagged)


def test_a_name_that_lies_about_its_encoding() -> None:
    """Flagged as UTF-8, and is not."""
    header = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0x0800, 0, 0, 0, 0, 0, 0, 1, 0)

    with pytest.raises(PacketFaultError, match="ATTACHMENT_UNREADABLE"):
        open_member(iter([header + b"\x82"]))
