"""Whether anything in a file is left that a signature does not cover: a reader could take that for what was signed.

This is what wrapping lives on: the signed element is moved aside, and another stands where readers look. So nothing may stand beside what
is signed, but the signatures and the elements that lead to either. Canonical XML leaves comments out (C14N 1.0 §1.1): none may divide a
value, of which a reader might take the first piece.
"""

from collections.abc import Iterable

from lxml import etree

from processors.verification.defects import DefectError
from processors.verification.xades.form import Form
from processors.verification.xades.targets import Kind, Target
from processors.verification.xmldsig.vocabulary import IDS, SIGNATURE, XADES

PLAIN_PROPERTIES = f"{{{XADES}}}QualifyingProperties"


def check_covered(form: Form, targets: Iterable[Target]) -> None:
    """Raise `DefectError` where something stands in the file, or in the signature, that nothing covers."""
    every = tuple(targets)
    covered = {each.element for each in every if each.element is not None}
    for each in form.objects:
        if each not in covered and not _only_properties(each):
            raise DefectError("XML_REF_NOT_EXPECTED")
    content = [each.element for each in every if each.kind is Kind.OBJECT and each.element is not None]
    if any(_is_empty(each) for each in content):
        raise DefectError("XML_REF_NOT_EXPECTED")
    if any(_divides(each) for each in form.signature.getroottree().iter(etree.Comment)):
        raise DefectError("XML_REF_NOT_EXPECTED")
    if not any(each.kind is Kind.DOCUMENT for each in every):
        root = form.signature.getroottree().getroot()
        beside = (*root.itersiblings(preceding=True), *root.itersiblings())
        aside = any(_is(each, etree.PI) for each in beside)
        if aside or not _holds_nothing(root, {each.element for each in every if each.kind is Kind.ELEMENT}):
            raise DefectError("XML_REF_NOT_EXPECTED")


def _holds_nothing(element: etree._Element, signed: set[etree._Element | None]) -> bool:
    """Tell whether an element, but for what is signed and signatures, says nothing: no text, no attributes, no instructions, nor by its name."""
    kept = [*(each for each in signed if each is not None), *element.iter(SIGNATURE)]
    leading = {above for each in kept for above in each.iterancestors()}
    waiting = [element]
    while waiting:
        each = waiting.pop()
        if each in signed or each.tag == SIGNATURE or _is(each, etree.Comment):
            continue
        if _is(each, etree.PI) or each not in leading or set(map(str, each.attrib)) - IDS:
            return False
        if any((held or "").strip() for held in (each.text, *(child.tail for child in each))):
            return False
        waiting += list(each)
    return True


def _only_properties(held: etree._Element) -> bool:
    """Tell whether an Object holds qualifying properties and nothing else."""
    loose = any((each or "").strip() for each in (held.text, *(child.tail for child in held)))
    return [child.tag for child in held] == [PLAIN_PROPERTIES] and not loose


def _divides(comment: etree._Element) -> bool:
    """Tell whether a comment stands beside text."""
    parent = comment.getparent()
    if parent is None:
        return False
    return any((held or "").strip() for held in (parent.text, *(each.tail for each in parent)))


def _is_empty(held: etree._Element) -> bool:
    return not len(held) and not (held.text or "").strip()


def _is(node: etree._Element, kind: object) -> bool:
    """Tell a comment or a processing instruction by its factory, as lxml does."""
    tag: object = node.tag
    return tag is kind
