"""Packets made of the strict sample by changing one thing, and files attached to it, so that each test names what is special."""

import base64
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from schemas.edxml import DocumentPacket, Limits, Refusal, StatusPacket, read_packet
from schemas.reference.secrecy import SecrecyRules

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
"""Noon in Vietnam, on the day of the samples."""

DOCUMENT = (SAMPLES / "document.edxml").read_text(encoding="utf-8")
STATUS = (SAMPLES / "status.edxml").read_text(encoding="utf-8")
NAME = "1234-UBND-KSTT.signed.pdf"
CONTENT_ID = "7d0c2f6e-1c0e-4f0a-9a55-3c1f2b7a9e01"
TEXT_BEGIN, TEXT_END = "<edXML:ContentTransferEncoded>", "</edXML:ContentTransferEncoded>"
ENCODED = DOCUMENT.partition(TEXT_BEGIN)[2].partition("<")[0]
SECRECY = SecrecyRules(
    "test", ("Mật", "Tối mật"), (), frozenset({"Subject", "CodeNotation", "SphereOfPromulgation", "AttachmentName"})
)

Read = DocumentPacket | StatusPacket | Refusal


class Reader:
    """Reads text or bytes as a packet file of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "packet.edxml"

    def __call__(
        self,
        content: str | bytes,
        *,
        limits: Limits | None = None,
        now: datetime = NOW,
        secrecy: SecrecyRules = SECRECY,
    ) -> Read:
        """Read."""
        self.path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_packet(self.path, limits=limits or Limits(), now=now, secrecy=secrecy)

    def document(self, content: str | bytes) -> DocumentPacket:
        """Read what must be a document."""
        packet = self(content)
        assert isinstance(packet, DocumentPacket), packet
        return packet

    def status(self, content: str | bytes) -> StatusPacket:
        """Read what must be a status."""
        packet = self(content)
        assert isinstance(packet, StatusPacket), packet
        return packet

    def refusal(self, content: str | bytes, *, limits: Limits | None = None) -> Refusal:
        """Read what must be refused."""
        packet = self(content, limits=limits)
        assert isinstance(packet, Refusal), packet
        return packet

    def why(self, content: str | bytes, *, limits: Limits | None = None) -> tuple[str, str]:
        """Return code and element of what must be refused."""
        refused = self.refusal(content, limits=limits)
        return refused.code, refused.element


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """Replace the first of each; what is to be replaced must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def tag(name: str, value: str) -> str:
    """Return an element as the samples write it."""
    return f"<edXML:{name}>{value}</edXML:{name}>"


def emptied(name: str) -> tuple[str, str]:
    """Return the pair that empties the first element of this name in the document."""
    value = DOCUMENT.partition(f"<edXML:{name}>")[2].partition(f"</edXML:{name}>")[0]
    return tag(name, value), tag(name, "")


def removed(name: str) -> tuple[str, str]:
    """Return the pair that removes the first element of this name in the document."""
    return emptied(name)[0], ""


def encoded(content: bytes) -> str:
    """Return base64 text."""
    return base64.b64encode(content).decode()


def zipped(
    content: bytes = b"%PDF-1.7 a file",
    name: str = NAME,
    *,
    more: dict[str, bytes] | None = None,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Return a zip with one entry, or more."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for each, inner in {name: content, **(more or {})}.items():
            archive.writestr(zipfile.ZipInfo(each, (2026, 11, 23, 8, 0, 0)), inner, method)
    return out.getvalue()


def attached(content: bytes | str) -> str:
    """Return the document with another base64 text (bytes are encoded)."""
    return changed(DOCUMENT, (ENCODED, content if isinstance(content, str) else encoded(content)))
