"""What the references of a signature are to: its own file, its own objects and properties, or other attachments of the packet by name.

Nothing is ever fetched: what is neither in the file nor a plain name is not expected, wherever it leads.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from processors.verification.defects import DefectError
from processors.verification.xades.form import CANONICAL, Form, Pointer
from processors.verification.xmldsig.elements import answering_to
from processors.verification.xmldsig.vocabulary import DS, ENVELOPED, SIGNATURE, XADES

PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
_PLAIN = re.compile(r"[^%:/\\?#]+")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
SUFFIX = re.compile(r"\.(xml|xsig|xades)", re.IGNORECASE)


class Kind(StrEnum):
    """What a reference is to."""

    DOCUMENT = "document"
    """The whole file."""

    ELEMENT = "element"
    OBJECT = "object"
    """A ds:Object of the signature itself."""

    PROPERTIES = "properties"
    """Its SignedProperties."""

    KEY = "key"
    """Its KeyInfo."""

    FILE = "file"
    """Another attachment."""


CONTENT = frozenset({Kind.DOCUMENT, Kind.ELEMENT, Kind.OBJECT, Kind.FILE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A reference that was followed."""

    kind: Kind
    pointer: Pointer
    element: etree._Element | None = None
    """None: a file."""

    number: int = -1
    """Of the attachment."""

    exclusive: bool = False
    """How the element is canonicalized; without a transform the older way is meant (XMLDSig §4.4.3.2)."""


def follow(form: Form, names: Sequence[str], own: int) -> tuple[Target, ...]:
    """Follow every reference; `names` of the packet's attachments, `own` the number of the one that holds the signature.

    A signature is about one thing: its file, one element of it, its own objects, or other files. Raises `DefectError`.
    """
    targets = tuple(_followed(each, form, names, own) for each in form.pointers)
    about = [each for each in targets if each.kind in CONTENT]
    kinds = {each.kind for each in about}
    single = len(about) == 1 or kinds in ({Kind.OBJECT}, {Kind.FILE})
    twice = len({(each.number, each.element) for each in targets}) != len(targets)
    if not single or twice or sum(each.pointer.uri is None for each in targets) > 1:
        raise DefectError("XML_REF_NOT_EXPECTED")
    return targets


def _followed(pointer: Pointer, form: Form, names: Sequence[str], own: int) -> Target:
    if pointer.uri is None or not (pointer.uri == "" or pointer.uri.startswith("#")):
        if pointer.transforms:
            raise DefectError("XML_TRANSFORM_FORBIDDEN")
        number = _beside(names, own) if pointer.uri is None else _named(pointer.uri, names)
        if number == own:
            raise DefectError("XML_REF_NOT_EXPECTED")
        return Target(kind=Kind.FILE, pointer=pointer, number=number)
    root = form.signature.getroottree().getroot()
    element = answering_to(root, pointer.uri[1:]) if pointer.uri else root
    kind = _kind(element, form) if pointer.uri else Kind.DOCUMENT
    if (pointer.kind == PROPERTIES) != (kind is Kind.PROPERTIES):
        raise DefectError("XML_REF_NOT_EXPECTED")
    return Target(kind=kind, pointer=pointer, element=element, exclusive=_exclusive(pointer, element, form))


def _kind(element: etree._Element, form: Form) -> Kind:
    if element is form.key_info:
        return Kind.KEY
    if element in form.objects:
        return Kind.OBJECT
    if (
        element.tag == f"{{{XADES}}}SignedProperties"
        and _place(element) == _PLACE
        and element in form.signature.iter(element.tag)
    ):
        return Kind.PROPERTIES
    if element.tag == SIGNATURE or any(True for _ in element.iterancestors(SIGNATURE)):
        raise DefectError("XML_REF_NOT_EXPECTED")
    return Kind.ELEMENT


_PLACE = [f"{{{XADES}}}QualifyingProperties", f"{{{DS}}}Object", SIGNATURE]


def _place(element: etree._Element) -> list[str]:
    return [str(each.tag) for each in element.iterancestors()][: len(_PLACE)]


def _exclusive(pointer: Pointer, element: etree._Element, form: Form) -> bool:
    """Return how to canonicalize; enveloped-signature only where the signature may stand within, and always where it does."""
    first = pointer.transforms[:1] == (ENVELOPED,)
    modes = pointer.transforms[1:] if first else pointer.transforms
    within = element in set(form.signature.iterancestors())
    own = form.signature in set(element.iterancestors())
    if len(modes) > 1 or (modes and modes[0] not in CANONICAL) or (within and not first) or (first and own):
        raise DefectError("XML_TRANSFORM_FORBIDDEN")
    return CANONICAL[modes[0]] if modes else False


def _named(uri: str, names: Sequence[str]) -> int:
    """Return the one attachment of a name, which may be percent-encoded (RFC 3986 §2.1) and is never a path."""
    try:
        name = _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode(), uri)
    except UnicodeDecodeError as exc:
        raise DefectError("XML_REF_NOT_EXPECTED") from exc
    if not _PLAIN.fullmatch(_ESCAPED.sub("x", uri)) or not _PLAIN.fullmatch(name) or name.startswith("."):
        raise DefectError("XML_REF_NOT_EXPECTED")
    return _only([name], names)


def _beside(names: Sequence[str], own: int) -> int:
    """Return the one attachment that a signature without a URI is over: `thu.docx` of `thu.docx.xsig` or `thu.docx.dau.xsig`."""
    name, suffix = names[own].rpartition(".")[::2]
    if not SUFFIX.fullmatch(f".{suffix}"):
        raise DefectError("SIGNED_DATA_NOT_FOUND")
    return _only([name, name.rpartition(".")[0]], names)


def _only(wanted: Sequence[str], names: Sequence[str]) -> int:
    """Return the number of the one name that is meant; two that somebody might confuse are not one."""
    keys = {_key(each) for each in wanted if each}
    found = [number for number, each in enumerate(names) if _key(each) in keys]
    if not found:
        raise DefectError("SIGNED_DATA_NOT_FOUND")
    if len(found) > 1:
        raise DefectError("XML_REF_NOT_EXPECTED")
    return found[0]


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
