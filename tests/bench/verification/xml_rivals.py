"""The XML libraries python-xmlsec and signxml. The signer's certificate is pinned for them: neither builds paths nor asks lists here."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from infra.demo.frame import ENVELOPE_ID
from infra.demo.xmldsig import DS
from tests.bench.verification.specimens import ATTACHMENT, CONTENT_ID, pinned

CID = f"cid:{CONTENT_ID}"
REFERENCES = 2
"""Of one signature: the envelope and its attachment."""


def xmlsec_of(folder: Path) -> Callable[[Path], str]:
    """Return python-xmlsec; raise ImportError where it is not installed."""
    xmlsec: Any = import_module("xmlsec")
    xmlsec.cleanup_callbacks()  # the one for files takes every URI
    xmlsec.register_callbacks(
        lambda uri: uri == CID.encode(),
        lambda _: BytesIO(ATTACHMENT),
        lambda held, into: held.readinto(into),
        lambda _: None,
    )
    der = pinned(folder).public_bytes(Encoding.DER)
    return partial(_xmlsec, library=xmlsec, key=xmlsec.Key.from_memory(der, xmlsec.KeyFormat.CERT_DER))


def _xmlsec(path: Path, library: Any, key: Any) -> str:
    root = _parsed(path)
    context = library.SignatureContext()
    context.key = key
    context.register_id(root[0], "Id")
    try:
        context.verify(root.find(f".//{{{DS}}}Signature"))
    except library.Error:
        return "no"
    return "yes 1"


def signxml_of(folder: Path) -> Callable[[Path], str]:
    """Return signxml; raise ImportError where it is not installed."""
    signxml: Any = import_module("signxml")
    expected = signxml.SignatureConfiguration(expect_references=REFERENCES)
    return partial(_signxml, library=signxml, certificate=pinned(folder), expected=expected)


def _signxml(path: Path, library: Any, certificate: x509.Certificate, expected: Any) -> str:
    try:
        found = library.XMLVerifier().verify(
            _parsed(path),
            x509_cert=certificate,
            expect_config=expected,
            id_attribute="Id",
            uri_resolver={CID: ATTACHMENT}.__getitem__,
            validate_schema=False,
        )
    except library.InvalidSignature:
        return "no"
    return "yes 1" if found[0].signed_xml.get("Id") == ENVELOPE_ID else "no"


def _parsed(path: Path) -> etree._Element:
    return etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
