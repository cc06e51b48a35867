"""Which attachments hold XML signatures. Nothing is judged here, and no signature is overlooked because a file is written unusually.

The parser is expat: it keeps nothing, so a large file without a signature costs no memory. It stops at a DTD; such a file, and one that
is not well-formed, counts as signed if the name of XMLDSig stands in it, and is then refused by who reads it.
"""

from collections.abc import Sequence
from contextlib import suppress
from xml.parsers import expat

from processors.verification.packets import LEADING, Part
from processors.verification.xmldsig.vocabulary import DS

SUFFIXES = (".xsig", ".xades")
"""An attachment of this name says of itself that it is a signature."""

_MARK = DS.rpartition("/")[2].rstrip("#")
_MARKS = tuple(_MARK.encode(each) for each in ("utf-8", "utf-16-le", "utf-16-be"))


class _Enough(Exception):  # noqa: N818 - ends the parser, nothing is wrong
    """There is nothing more to find out."""


def is_signed(part: Part) -> bool:
    """Tell whether an attachment holds an XML signature, or says that it is one."""
    return part.name.lower().endswith(SUFFIXES) or (part.is_xml and holds_signature(part.read()))


def holds_signature(content: bytes, *, if_doubtful: bool = True) -> bool:
    """Tell whether a Signature element stands in a file; `if_doubtful`: what to say of one that cannot be read and names XMLDSig."""
    seen: list[bool] = []

    def element(name: str, _: Sequence[str]) -> None:
        if name == f"{DS} Signature":
            seen.append(True)
            raise _Enough

    def dtd(*_: object) -> None:
        raise _Enough

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = element, dtd
    with suppress(_Enough, expat.ExpatError, ValueError, LookupError):
        parser.Parse(content.lstrip(LEADING), True)  # noqa: FBT003 - no name for it there
        return False
    return bool(seen) or (if_doubtful and any(mark in content for mark in _MARKS))
