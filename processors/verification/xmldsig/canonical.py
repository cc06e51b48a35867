"""The bytes that are hashed (C14N 1.0 and exclusive C14N 1.0, both without comments), and the signature value over them."""

import base64
import copy

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from processors.verification.defects import DefectError
from processors.verification.signature_value import value_holds
from processors.verification.trust.certificates import Certificate

XML = "{http://www.w3.org/XML/1998/namespace}"


def canonical(element: etree._Element, *, exclusive: bool = True) -> bytes:
    """Return an element's canonical form."""
    if exclusive:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    return etree.tostring(_by_itself(element), method="c14n", exclusive=False, with_comments=False)


def without(element: etree._Element, signature: etree._Element, *, exclusive: bool, document: bool) -> bytes:
    """Return the canonical form of an element without a signature that stands in it (enveloped-signature, XMLDSig §6.6.4).

    `document`: of the whole document, with the processing instructions beside its root.
    """
    copied = copy.deepcopy(element.getroottree())
    target, own = _at(copied.getroot(), _way_to(element)), _at(copied.getroot(), _way_to(signature))
    if target in set(own.iterancestors()):
        cut(own)
    if document:
        return etree.tostring(copied, method="c14n", exclusive=exclusive, with_comments=False)
    return canonical(target, exclusive=exclusive)


def cut(element: etree._Element) -> None:
    """Remove an element and leave the text behind it."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    if parent is None:
        raise DefectError("FORMAT_FAILURE")
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def signed_by(leaf: Certificate, signed: bytes, written: str, *, mechanism: str, digest_name: str) -> bool:
    """Verify a SignatureValue (base64 as written) over canonical bytes."""
    value = base64.b64decode(written)
    if mechanism == "ecdsa":
        half = len(value) // 2  # XMLDSig §6.4.3: r and s, one after the other
        value = encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
    return value_holds(value, signed, key=leaf.key, mechanism=mechanism, digest_name=digest_name)


def _way_to(element: etree._Element) -> list[int]:
    """Return which child to take at each step from the root."""
    steps: list[int] = []
    while (parent := element.getparent()) is not None:
        steps.append(parent.index(element))
        element = parent
    return steps[::-1]


def _at(root: etree._Element, way: list[int]) -> etree._Element:
    for step in way:
        root = root[step]
    return root


def _by_itself(element: etree._Element) -> etree._Element:
    """Return the element as the root of a document of its own, with all names in scope and the `xml:` attributes of those above it.

    It is written and parsed again: of an element in its place lxml would leave out the latter (C14N 1.0 §2.4) and take names back
    that its grandchildren only inherit.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    alone = etree.fromstring(etree.tostring(element, with_tail=False, encoding="UTF-8"), parser)
    for above in element.iterancestors():
        for name, value in above.attrib.items():
            if str(name).startswith(XML) and name not in alone.attrib:
                alone.set(name, value)
    return alone
