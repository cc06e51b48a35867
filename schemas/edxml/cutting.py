"""Cuts the attachments' text out of a packet that comes in chunks; knows as much of XML as that needs (markup, no names).

Whatever this takes for markup is parsed again by a real parser, which must agree; whatever it cuts out may hold base64 only,
so nothing can hide in a difference between the two.
"""

import re

from schemas.edxml.faults import PacketFaultError
from schemas.edxml.limits import Limits
from schemas.edxml.prolog import LOOK, read_prolog
from schemas.edxml.tallies import Tally, local_name
from schemas.edxml.vocabulary import CONTENT

MAX_SPANS = 16
"""CDATA sections in one attachment's text."""

_NAME = rb"[^\s<>/!?\"'=&]++"
_REST = rb"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+"
_TAG = re.compile(rb"([^<]*+)<(/?+)(" + _NAME + rb")(" + _REST + rb")>")
"""Text and the tag behind it."""

_UNFINISHED = re.compile(
    rb"<(?:/?+"
    + _NAME.replace(b"++", b"*+")
    + rb"|/"
    + _NAME
    + rb"\s++|"
    + _NAME
    + _REST
    + rb"(?:\"[^\"<]*+|'[^'<]*+)?+)"
)
"""A tag that may go on in the next chunk."""

_CDATA, _COMMENT, _DOCTYPE = b"<![CDATA[", b"<!--", b"<!DOCTYPE"
_SPECIAL = ((_COMMENT, b"-->"), (_CDATA, b"]]>"), (b"<?", b"?>"))
_LONGEST_OPENING = len(_CDATA)
_CONTENT = CONTENT.encode()


class Cutter:
    """Takes chunks by `feed`; after `close` the attributes hold what was found. Raises `PacketFaultError`."""

    def __init__(self, limits: Limits) -> None:
        self.frame = bytearray()
        self.cuts: list[tuple[tuple[int, int], ...]] = []
        self.root_name_end = 0
        self.leading = False
        self._limits = limits
        self._tally = Tally(limits)
        self._buffer = b""
        self._base = 0
        """Where in the file the buffer begins."""

        self._at = 0
        """How far the buffer is understood."""

        self._kept = 0
        """How far the buffer is in the frame, or was cut out."""

        self._begun = False
        self._cut: list[tuple[int, int]] | None = None
        self._cut_from = 0
        self._in_cdata = False

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        if self._cut is None:
            self._keep(self._at)
        self._buffer, self._base = self._buffer[self._at :] + chunk, self._base + self._at
        self._at = self._kept = 0
        if self._begun or len(self._buffer) >= LOOK:
            self._advance()

    def close(self) -> None:
        """Say that the file ends here."""
        self._advance()
        if self._at < len(self._buffer) or self._cut is not None or self._tally.open_elements:
            raise PacketFaultError("XML_NOT_WELL_FORMED", "", "tệp bị cắt cụt hoặc một thẻ chưa đóng")
        self._keep(self._at)

    def _advance(self) -> None:
        if not self._begun:
            self._begin()
        going = True
        while going:
            if self._cut is not None:
                going = self._step_in_cut()
            elif found := _TAG.match(self._buffer, self._at):
                self._tag(found)
            else:
                going = self._step()
        if self._cut is None and len(self._buffer) - self._at > self._limits.value_bytes:
            raise PacketFaultError("RESOURCE_LIMIT", self._tally.here, "một thẻ hoặc chú thích quá dài")

    def _begin(self) -> None:
        prolog = read_prolog(self._buffer[:LOOK])
        self._at = self._kept = prolog.end
        self.leading, self._begun = prolog.leading, True

    def _keep(self, upto: int) -> None:
        self.frame += self._buffer[self._kept : upto]
        self._kept = upto
        if len(self.frame) > self._limits.envelope_bytes:
            raise PacketFaultError("RESOURCE_LIMIT", "edXMLEnvelope", "phần ngoài tệp đính kèm quá lớn")

    def _tag(self, found: re.Match[bytes]) -> None:
        text, slash, name, rest = found.groups()
        if text:
            self._tally.text(len(text))
        if slash:
            if rest.strip():
                raise _malformed(self._tally.here)
            self._tally.end()
            self._at = found.end()
            return
        if not self.root_name_end:
            self.root_name_end = len(self.frame) + found.end(3) - self._kept
        empty = rest.endswith(b"/")
        self._tally.start(name, rest, empty=empty)
        self._at = found.end()
        if not empty and name.endswith(_CONTENT) and local_name(name) == CONTENT:
            self._begin_cut()

    def _step(self) -> bool:
        """Understand text at the end of the buffer, or markup that is no tag; False where more bytes are needed."""
        at = self._buffer.find(b"<", self._at)
        end = at if at >= 0 else len(self._buffer)
        self._tally.text(end - self._at)
        self._at = end
        if at < 0:
            return False
        if self._buffer[at + 1 : at + 2] in (b"!", b"?"):
            return self._special(at)
        if _UNFINISHED.fullmatch(self._buffer, at) is None:
            raise _malformed(self._tally.here)
        return False

    def _special(self, at: int) -> bool:
        """Skip a comment, a CDATA section or an instruction."""
        head = self._buffer[at : at + _LONGEST_OPENING]
        if head == _DOCTYPE:
            raise PacketFaultError("DTD_FORBIDDEN")
        for opening, closing in _SPECIAL:
            if head.startswith(opening):
                end = self._buffer.find(closing, at + len(opening))
                if end < 0:
                    return False
                self._at = end + len(closing)
                if opening == _CDATA:
                    self._tally.text(end - at)
                else:
                    self._tally.comment()
                return True
        if len(head) == _LONGEST_OPENING:
            raise _malformed(self._tally.here)
        return False

    def _begin_cut(self) -> None:
        if len(self.cuts) >= self._limits.attachments:
            raise PacketFaultError(
                "RESOURCE_LIMIT", "AttachmentEncoded", f"hơn {self._limits.attachments} tệp đính kèm"
            )
        self._keep(self._at)
        self.frame += str(len(self.cuts)).encode()
        self._cut, self._cut_from = [], self._base + self._at

    def _step_in_cut(self) -> bool:
        """Go over base64 text up to its end tag; False where more bytes are needed."""
        mark = b"]]>" if self._in_cdata else b"<"
        at = self._buffer.find(mark, self._at)
        if at < 0:
            self._at = max(self._at, len(self._buffer) - len(mark) + 1)
            return False
        self._at = at
        if self._in_cdata:
            self._end_span(at)
            self._at, self._in_cdata = at + len(mark), False
            self._cut_from = self._base + self._at
            return True
        head = self._buffer[at : at + _LONGEST_OPENING]
        if head.startswith(b"</"):
            self._end_cut(at)
        elif head == _CDATA:
            self._end_span(at)
            self._at, self._in_cdata = at + len(head), True
            self._cut_from = self._base + self._at
        elif _CDATA.startswith(head):
            return False
        else:
            raise PacketFaultError("BAD_VALUE", CONTENT, "có thẻ hoặc chú thích bên trong giá trị")
        return True

    def _end_span(self, at: int) -> None:
        if self._cut is None or len(self._cut) >= MAX_SPANS:
            raise PacketFaultError("ATTACHMENT_UNREADABLE", CONTENT, "bị chia thành quá nhiều đoạn CDATA")
        if self._base + at > self._cut_from:
            self._cut.append((self._cut_from, self._base + at))

    def _end_cut(self, at: int) -> None:
        self._end_span(at)
        self.cuts.append(tuple(self._cut or ()))
        self._cut, self._kept = None, at


def _malformed(where: str) -> PacketFaultError:
    return PacketFaultError("XML_NOT_WELL_FORMED", where, "một thẻ viết sai")
