"""Packets with XML signatures among their attachments: enveloped, enveloping, detached; everybody honest by default."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from asn1crypto import tsp
from lxml import etree

from infra.demo.frame import frame
from infra.demo.xmldsig import DS, EXCLUSIVE
from schemas.edxml import enclose, serialise
from tests.vectors.attacks.letters import DRAFT, document
from tests.vectors.attacks.messages import HONEST, agency, made, person
from tests.vectors.attacks.vector import File
from tests.vectors.scene import DAY, NOON, Scene
from tests.vectors.xml_hand import ENVELOPED, Element, Pen, Target, canonical, document_bytes, signed, whole, written

LETTER = b"PK\x03\x04 a letter that is no PDF"
SHEET = b"PK\x03\x04 a sheet of figures"
MAIN = "7-UBND.signed.pdf"
Named = Mapping[str, bytes] | Mapping[None, bytes]
"""URI -> content."""


def packet(files: Mapping[str, bytes], **more: Any) -> File:
    """Return a packet with these attachments, the first of them the document."""
    parts = [
        enclose(content, content_id=str(UUID(int=number)), name=name, at=NOON, description="Tệp")
        for number, (name, content) in enumerate(files.items(), 1)
    ]
    return File(content=serialise(frame(DRAFT, {}, *parts)), **more)


def with_annex(files: Mapping[str, bytes], **more: Any) -> File:
    """Return a packet whose document is a signed PDF, with these files besides."""
    return packet({MAIN: document(), **files}, **more)


def seal(**changes: Any) -> Pen:
    """Return how the agency signs (RSA)."""
    return Pen(credential=agency(), **changes)


def leader(**changes: Any) -> Pen:
    """Return how the competent person signs (P-256)."""
    return Pen(credential=person(), **changes)


def table() -> Element:
    """Return a table of figures as XML: a title and rows in an element with an Id."""
    root = etree.fromstring(
        b'<BieuMau xmlns="http://example.vn/bieu-mau"><NoiDung Id="noi-dung"><!-- Q3 --><Dong ma="1">12</Dong>'
        b'<Dong ma="2"> 30\n</Dong></NoiDung></BieuMau>'
    )
    assert len(root) == 1
    return root


def enveloped(pen: Pen, root: Element | None = None, *, modes: tuple[str, ...] = (ENVELOPED, EXCLUSIVE)) -> bytes:
    """Return a table with a signature over all of it."""
    root = table() if root is None else root
    before = document_bytes(root, exclusive=EXCLUSIVE in modes)
    signed(root, [Target(uri="", octets=whole(before), transforms=modes)], pen)
    return written(root)


def beside_the_content(*pens: Pen, root: Element | None = None) -> bytes:
    """Return a table whose content is signed by its Id, once or several times; the signatures stand behind it."""
    root = table() if root is None else root
    place = etree.SubElement(root, "{http://example.vn/bieu-mau}ChuKy")
    for number, each in enumerate(pens, 1):
        content = Target(uri="#noi-dung", octets=lambda _: canonical(root[0]), transforms=(EXCLUSIVE,))
        signed(place, [content], replace(each, number=number))
    return written(root)


def held(name: str = "noi-dung") -> Element:
    """Return a ds:Object that holds a table."""
    content = etree.Element(f"{{{DS}}}Object", {"Id": name}, nsmap={"ds": DS})
    content.append(table())
    content[0][0].attrib.pop("Id")
    return content


def enveloping(pen: Pen) -> bytes:
    """Return a signature that holds the table."""
    content = held()
    target = Target(uri="#noi-dung", octets=lambda _: canonical(content), transforms=(EXCLUSIVE,))
    return written(signed(None, [target], replace(pen, objects=(content, *pen.objects))))


def detached(files: Named, pen: Pen) -> bytes:
    """Return a signature over files; None: without a URI."""
    return written(signed(None, [Target(uri=uri, octets=whole(each)) for uri, each in files.items()], pen))


def several(*files: Named, pens: tuple[Pen, ...]) -> bytes:
    """Return a file of several detached signatures (EN 319 162-1)."""
    root = etree.Element("{http://uri.etsi.org/02918/v1.2.1#}XAdESSignatures")
    for number, (each, pen) in enumerate(zip(files, pens, strict=True), 1):
        targets = [Target(uri=uri, octets=whole(content)) for uri, content in each.items()]
        signed(root, targets, replace(pen, number=number))
    return written(root)


def stamp(value: bytes, at: datetime = NOON - 2 * DAY) -> bytes:
    """Return a time-stamp token over a canonical SignatureValue."""
    statement = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.3.6.1.4.1.99999.3",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": hashlib.sha256(value).digest(),
            },
            "serial_number": 1,
            "gen_time": at,
        }
    )
    tsa = Scene().tsa()
    held = (tsa.certificate,)
    recipe = replace(
        HONEST, credential=tsa, certificates=held, content=lambda _: bytes(statement.dump()), kind="tst_info"
    )
    return made(b"", recipe)


def ended(**changes: Any) -> Pen:
    """Return how the agency signs by a certificate that ended yesterday; only a time-stamp can save it."""
    return Pen(credential=Scene(not_after=NOON - DAY).agency(), claimed_at=NOON - 2 * DAY, **changes)
