"""Literal strings (ISO 32000-1 §7.3.4.2): escapes, line ends and brackets inside."""

import re

from processors.verification.defects import NotStrictError

_STRING_PART = re.compile(rb"[^()\\\r]++|\\([nrtbf()\\]|[0-7]{1,3}|\r\n|\r|\n|(?=[^\r\n]))|\r\n?|[()]")
_ESCAPED = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3}|\n|(?=.))", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"(": b"(", b")": b")", b"\\": b"\\"}
_OCTAL = {b"%0*o" % (width, code): bytes([code & 0xFF]) for width in (1, 2, 3) for code in range(8**width)}
_MEANINGS = _ESCAPES | _OCTAL | dict.fromkeys((b"", b"\n", b"\r", b"\r\n"), b"")
"""What follows a backslash -> what it means; a line end, or what need not be escaped, means nothing."""


def unescaped(text: bytes) -> bytes:
    """Return a string without brackets or line ends of Windows inside."""
    return _ESCAPED.sub(_meant, text) if b"\\" in text else text


def nested(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a string with brackets or line ends inside; `at` is behind its first bracket."""
    parts: list[bytes] = []
    level = 1
    while part := _STRING_PART.match(data, at):
        at = part.end()
        text = part[0]
        if text == b"(":
            level += 1
        elif text == b")":
            level -= 1
            if not level:
                return b"".join(parts), at
        elif text.startswith(b"\r"):
            text = b"\n"
        elif part[1] is not None:
            text = _meant(part)
        parts.append(text)
    raise NotStrictError


def _meant(part: re.Match[bytes]) -> bytes:
    return _MEANINGS[part[1]]
