"""Attacks by what is packed into an attachment: bombs, several files in one, names that lead elsewhere."""

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.vectors.attacks.letters import Element, document, find, letter, written
from tests.vectors.attacks.vector import File, attack
from tests.vectors.attacks.verdicts import BAD_FORM, TOO_MUCH

BOMBS = "zip bombs"
ARCHIVES = "archives that two readers read differently"
NAME = "7-UBND-VP.signed.pdf"


def packed(archive: Callable[[], bytes], *, forged: bool) -> File:
    """Return a packet whose attachment is another archive."""

    def change(root: Element) -> None:
        find(root, "ContentTransferEncoded").text = base64.b64encode(archive()).decode()

    return letter(change, forged=forged)


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 16, 12, 0, 0)), content, method, 9)
    return out.getvalue()


@attack(BOMBS, TOO_MUCH, "RESOURCE_LIMIT")
def zeros(*, forged: bool) -> File:
    """A hundred megabytes of zeros in a hundred kilobytes (1 : 1000).

    INDETERMINATE, solely because of the ratio, and before all of it is unpacked.
    """
    return packed(lambda: zipped({NAME: bytes(100_000_000)}), forged=forged)


@attack(BOMBS, TOO_MUCH, "RESOURCE_LIMIT")
def a_ratio_just_over_the_limit(*, forged: bool) -> File:
    """Four megabytes in thirty kilobytes (1 : 130).

    INDETERMINATE, solely because a megabyte unpacks to more than a hundred times what is packed.
    """
    noise = zlib.compress(bytes(range(256)) * 100, 0)[:24_000]
    return packed(lambda: zipped({NAME: noise + bytes(4_000_000)}), forged=forged)


@attack(BOMBS, TOO_MUCH, "RESOURCE_LIMIT")
def a_size_that_lies(*, forged: bool) -> File:
    """The header says a hundred bytes; two hundred megabytes come out.

    INDETERMINATE, solely because of what comes out: what is said is not believed.
    """

    def archive() -> bytes:
        made = bytearray(zipped({NAME: bytes(200_000_000)}))
        made[22:26] = struct.pack("<I", 100)
        directory = made.index(b"PK\x01\x02")
        made[directory + 24 : directory + 28] = struct.pack("<I", 100)
        return bytes(made)

    return packed(archive, forged=forged)


@attack(BOMBS, BAD_FORM, "ATTACHMENT_UNREADABLE")
def a_thousand_files(*, forged: bool) -> File:
    """An archive of a thousand files.

    TOTAL_FAILED, solely because an attachment is one file.
    """
    return packed(lambda: zipped({NAME: document()} | {f"{n}.pdf": b"x" for n in range(999)}), forged=forged)


@attack(BOMBS, TOO_MUCH, "RESOURCE_LIMIT")
def a_hundred_and_one_attachments(*, forged: bool) -> File:
    """A hundred and one attachments, each of them small.

    INDETERMINATE, solely because of their number.
    """

    def change(packet: bytes) -> bytes:
        found = re.search(rb"<edXML:Attachment>.*</edXML:Attachment>", packet, re.DOTALL)
        assert found is not None
        return packet[: found.end()] + found[0] * 100 + packet[found.end() :]

    return written(change, forged=forged)


@attack(ARCHIVES, BAD_FORM, "ATTACHMENT_UNREADABLE")
def a_second_file_behind(*, forged: bool) -> File:
    """[ file ][ other file ][ directory of both ].

    TOTAL_FAILED, solely because there are two: which one is the document?
    """
    return packed(lambda: zipped({NAME: document(), "khac.pdf": b"%PDF-1.7"}), forged=forged)


@attack(ARCHIVES, BAD_FORM, "ATTACHMENT_UNREADABLE")
def an_archive_behind_an_archive(*, forged: bool) -> File:
    """[ archive of the document ][ archive of another file ].

    TOTAL_FAILED, solely because a reader from the front and one from the end unpack two files.
    """
    return packed(lambda: zipped({NAME: document()}) + zipped({NAME: b"%PDF-1.7 khac"}), forged=forged)


@attack(ARCHIVES, BAD_FORM, "ATTACHMENT_UNREADABLE")
def bytes_before_the_archive(*, forged: bool) -> File:
    """MZ… [ archive ].

    TOTAL_FAILED, solely because the archive does not begin at the beginning: a program stands before it.
    """
    return packed(lambda: b"MZ" + zipped({NAME: document()}), forged=forged)


@attack(ARCHIVES, BAD_FORM, "ATTACHMENT_NAME_UNSAFE")
def a_path_instead_of_a_name(*, forged: bool) -> File:
    """Entry "../../etc/x.pdf".

    TOTAL_FAILED, solely because the name in the archive leads out of its folder.
    """
    return packed(lambda: zipped({"../../etc/x.pdf": document()}), forged=forged)


@attack(ARCHIVES, "TOTAL_FAILED/HASH_FAILURE", "ATTACHMENT_DIGEST_MISMATCH", "ATTACHMENTS_NOT_BOUND")
def another_document(*, forged: bool) -> File:
    """The archive holds another document, signed by the same two hands, than the one that the envelope binds.

    TOTAL_FAILED, solely because the digest is not the signed one: its own signatures are good.
    """
    from tests.vectors.scene import HOUR, Scene  # noqa: PLC0415 - only here

    other = Scene(signed_at=Scene().signed_at - HOUR)
    return packed(lambda: zipped({NAME: other.pdf()}), forged=forged)
