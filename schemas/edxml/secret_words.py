"""Looks for words that mark a state secret before anything else is judged, so that nothing of such a packet is kept or told."""

from pathlib import Path

from schemas.edxml.enclosed import inner_name
from schemas.edxml.faults import PacketFaultError
from schemas.edxml.scanning import Spans
from schemas.edxml.tree import Element
from schemas.reference.secrecy import FIELDS, SecrecyRules

ATTACHMENT = "AttachmentName"


def check_secret_words(root: Element, cuts: tuple[Spans, ...], path: Path, rules: SecrecyRules) -> None:
    """Raise `PacketFaultError` if an element says so, wherever it stands, or the name of a file inside a zip."""
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if name in FIELDS and rules.hit(name, "".join(element.itertext())):
            raise PacketFaultError("SECRET_FORBIDDEN", name)
    if not cuts:
        return
    with path.open("rb") as file:
        for spans in cuts:
            if rules.hit(ATTACHMENT, inner_name(spans, path, file)):
                raise PacketFaultError("SECRET_FORBIDDEN", ATTACHMENT)
