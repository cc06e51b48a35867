"""One Signature as it is written (XMLDSig §4): its parts are there once and in their order, and there is nothing else."""

from dataclasses import dataclass

from lxml import etree

from processors.verification.defects import DefectError
from processors.verification.xmldsig.elements import algorithm, digest_of, one, text, transforms
from processors.verification.xmldsig.vocabulary import (
    DS,
    EXCLUSIVE,
    INCLUSIVE,
    MAX_REFERENCES,
    METHODS,
    OWN,
    SIGNATURE,
    XADES,
)

CANONICAL = {EXCLUSIVE: True, INCLUSIVE: False}
"""Canonicalization -> whether it is the exclusive one."""

INDIRECT = (f"{{{DS}}}Manifest", f"{{{XADES}}}QualifyingPropertiesReference")
"""They lead to more that nobody here follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """One reference of SignedInfo, not yet followed."""

    uri: str | None
    kind: str
    """Type."""

    transforms: tuple[str, ...]
    digest_name: str
    digest_value: str
    """Base64 as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A signature that has the form expected."""

    signature: etree._Element
    signed_info: etree._Element
    exclusive: bool
    """How SignedInfo is canonicalized."""

    mechanism: str
    digest_name: str
    """Of the signature method."""

    value: etree._Element
    pointers: tuple[Pointer, ...]
    key_info: etree._Element
    certificates: tuple[str, ...]
    """Base64 of every X509Certificate."""

    objects: tuple[etree._Element, ...]


def read_form(signature: etree._Element) -> Form:
    """Read a signature; raise `DefectError` with what does not fit."""
    nested = any(True for _ in signature.iterancestors(SIGNATURE))
    if nested or any(True for _ in signature.iter(*INDIRECT)):
        raise DefectError("XML_REF_NOT_EXPECTED")
    _in_order(signature)
    info = one(signature, "SignedInfo")
    method = METHODS.get(algorithm(one(info, "SignatureMethod")))
    if method is None:
        raise DefectError("ALGO_WEAK")
    mode = one(info, "CanonicalizationMethod")
    if algorithm(mode) not in CANONICAL or len(mode):
        raise DefectError("XML_TRANSFORM_FORBIDDEN")
    references = info.findall(f"{{{DS}}}Reference")
    if not 0 < len(references) <= MAX_REFERENCES or len(info) != len(references) + 2:
        raise DefectError("XML_REF_NOT_EXPECTED")
    held = signature.find(f"{{{DS}}}KeyInfo")
    if held is None:
        raise DefectError("NO_SIGNING_CERTIFICATE_FOUND")
    if any(etree.QName(each).namespace not in OWN for each in held.iter(etree.Element)):
        raise DefectError("XML_REF_NOT_EXPECTED")
    return Form(
        signature=signature,
        signed_info=info,
        exclusive=CANONICAL[algorithm(mode)],
        mechanism=method[0],
        digest_name=method[1],
        value=one(signature, "SignatureValue"),
        pointers=tuple(_pointer(each) for each in references),
        key_info=held,
        certificates=tuple(text(each) for each in held.iterfind(f"{{{DS}}}X509Data/{{{DS}}}X509Certificate")),
        objects=tuple(signature.findall(f"{{{DS}}}Object")),
    )


def _in_order(signature: etree._Element) -> None:
    """SignedInfo, SignatureValue, KeyInfo if any, and Objects; no text between them, which nothing would cover."""
    names = [each.tag for each in signature.iterchildren(etree.Element)]
    wanted = [f"{{{DS}}}{each}" for each in ("SignedInfo", "SignatureValue", "KeyInfo")]
    objects = [each for each in names if each not in wanted]
    loose = [signature.text, *(each.tail for each in signature)]
    if names not in ([*wanted, *objects], [*wanted[:2], *objects]) or set(objects) - {f"{{{DS}}}Object"}:
        raise DefectError("XML_REF_NOT_EXPECTED")
    if any((each or "").strip() for each in loose) or any(True for _ in signature.iterchildren(etree.PI)):
        raise DefectError("XML_REF_NOT_EXPECTED")


def _pointer(reference: etree._Element) -> Pointer:
    name, value = digest_of(reference)
    return Pointer(
        uri=reference.get("URI"),
        kind=reference.get("Type") or "",
        transforms=transforms(reference),
        digest_name=name,
        digest_value=value,
    )
