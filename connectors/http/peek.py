"""Looks who sends a packet, at its beginning only: a client that may not speak for it is told at once. The router judges it again."""

from pathlib import Path

from lxml import etree

from connectors.http.callers import Caller
from connectors.http.problems import RefusedError
from infra.clock import Clock
from schemas.ids import clean_code
from schemas.reference import Reference

BEGINNING = 256 * 1024
"""Bytes; the header comes before the attachments."""

PIECE = 16 * 1024


def sender_of(file: Path) -> str:
    """Return `From/OrganId` as it is cleaned; empty where the beginning does not tell (intake then says why)."""
    parser = etree.XMLPullParser(events=("end",), resolve_entities=False, no_network=True, load_dtd=False)
    try:
        with file.open("rb") as packet:
            for _ in range(0, BEGINNING, PIECE):  # piece by piece: mostly the first one tells
                parser.feed(packet.read(PIECE))
                for _event, element in parser.read_events():
                    if isinstance(element, etree._Element) and _name(element) == "From":  # noqa: SLF001 - the stubs' only name of it
                        return _code_of(element)
    except (etree.XMLSyntaxError, ValueError):
        pass
    return ""


def _code_of(sender: etree._Element) -> str:
    return next((clean_code(each.text or "") for each in sender.iterchildren("*") if _name(each) == "OrganId"), "")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def require_sender(code: str, caller: Caller, reference: Reference, clock: Clock) -> str:
    """Return the agency that a code names; raise `RefusedError` unless the caller may speak for it. An empty code passes."""
    if not code:
        return ""
    found = reference.directory.resolve(code, clock.now().date()) if reference.directory else None
    agency = found.agency.organ_id if found is not None and found.agency else code
    if code not in caller.agencies and agency not in caller.agencies:
        raise RefusedError("SENDER_NOT_ALLOWED", 403, element="MessageHeader/From/OrganId", detail=code)
    return agency
