"""The first bytes of a packet: what may stand before the declaration, and the declaration, which may name UTF-8 only."""

import re
from dataclasses import dataclass

from schemas.edxml.faults import PacketFaultError

MAX_LEADING = 64
MAX_DECLARATION = 256
LOOK = MAX_LEADING + MAX_DECLARATION
"""Bytes that are enough to judge the beginning."""

BOM = b"\xef\xbb\xbf"
_LEADING = re.compile(rb"(?:\xef\xbb\xbf|[\x00\t\n\r ])*+")
_BLANK, _IS = rb"[ \t\r\n]", rb"[ \t\r\n]*=[ \t\r\n]*"
_DECLARATION = re.compile(
    rb"<\?xml" + _BLANK + rb"+version" + _IS + rb"([\"'])1\.[0-9]\1"
    rb"(?:" + _BLANK + rb"+encoding" + _IS + rb"([\"'])(?P<encoding>[A-Za-z][A-Za-z0-9._-]*)\2)?"
    rb"(?:" + _BLANK + rb"+standalone" + _IS + rb"([\"'])(?:yes|no)\4)?" + _BLANK + rb"*\?>"
)  # fmt: skip
"""XML 1.0, production 23; no parser sees it again."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8 = ("utf-8", "utf8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolog:
    """Where the XML itself begins."""

    end: int
    leading: bool
    """More than a byte order mark stood before the declaration."""


def read_prolog(head: bytes) -> Prolog:
    """Judge the beginning of a file (`LOOK` bytes, or all there are)."""
    skipped = _LEADING.match(head)
    begin = skipped.end() if skipped else 0
    if begin > MAX_LEADING:
        raise PacketFaultError("XML_NOT_WELL_FORMED", "", f"hơn {MAX_LEADING} byte thừa ở đầu tệp")
    if head[begin : begin + 2] in _UTF_16 or head[begin + 1 : begin + 2] == b"\0":
        raise PacketFaultError("XML_NOT_WELL_FORMED", "", "tệp viết bằng UTF-16; chỉ nhận UTF-8")
    if head[begin : begin + 1] != b"<":
        raise PacketFaultError("NOT_EDXML", "", "tệp không bắt đầu như một tệp XML" if head else "tệp rỗng")
    return Prolog(end=begin + _declaration(head[begin:]), leading=head[:begin] not in (b"", BOM))


def _declaration(head: bytes) -> int:
    """Return the length of the declaration, 0 where there is none: it is optional for UTF-8."""
    if not re.match(rb"<\?xml[\s?]", head):
        return 0
    found = _DECLARATION.match(head[:MAX_DECLARATION])
    if found is None:
        raise PacketFaultError("XML_NOT_WELL_FORMED", "", "khai báo <?xml …?> không đọc được")
    encoding = (found["encoding"] or b"utf-8").decode("ascii")
    if encoding.lower() not in _UTF_8:
        raise PacketFaultError("XML_NOT_WELL_FORMED", "", f"bảng mã {encoding}; chỉ nhận UTF-8")
    return found.end()
