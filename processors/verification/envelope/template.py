"""The one template of an envelope signature that is understood (XMLDSig); anything else is named and not interpreted.

One `Signature`, a child of `edXMLHeader`. One reference to what the packet says of itself, with a fixed list of transforms:
`#id` of the envelope, the header or the message header where the frame has them, or the whole (`""`). Beside it `cid:`
references without transforms, one an attachment, over the file as it is unpacked. Wrapping attacks live on references that
are resolved by Id wherever it stands: here the element must stand at its place in the frame, and its Id only there.
"""

from dataclasses import dataclass

from lxml import etree

from processors.verification.defects import DefectError
from processors.verification.xmldsig.elements import (
    Reference,
    algorithm,
    answering_to,
    local,
    one,
    reference_of,
    text,
    transforms,
)
from processors.verification.xmldsig.vocabulary import DS, ENVELOPED, EXCLUSIVE, MAX_REFERENCES, METHODS, OWN, SIGNATURE

FRAME = {
    "edXMLEnvelope": ("edXMLEnvelope",),
    "edXMLHeader": ("edXMLEnvelope", "edXMLHeader"),
    "MessageHeader": ("edXMLEnvelope", "edXMLHeader", "MessageHeader"),
}
"""Element that may be signed -> where in the frame it stands, under the root."""

PARTLY = "MessageHeader"
"""Leaves open whether the packet recalls, updates or replaces a document: `Bussiness` stands beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A signature that has the form expected."""

    signature: etree._Element
    signed_info: etree._Element
    target: etree._Element
    covers: str
    """Local name of the element covered; empty: the whole file but its attachments."""

    enveloped: bool
    main: Reference
    attachments: tuple[Reference, ...]
    mechanism: str
    """`rsassa_pkcs1v15` or `ecdsa`."""

    digest_name: str
    """Of the signature method."""

    value: str
    certificates: tuple[str, ...]
    """Base64 of every X509Certificate."""


def find_signature(root: etree._Element) -> etree._Element | None:
    """Return the envelope's Signature, None if there is none; raise `DefectError` if one stands elsewhere."""
    every = list(root.iter(SIGNATURE))
    if not every:
        return None
    if len(every) > 1 or _place(every[0], root) != ("edXMLEnvelope", "edXMLHeader", "Signature"):
        raise DefectError("XML_REF_NOT_EXPECTED")
    return every[0]


def read_template(root: etree._Element, signature: etree._Element) -> Template:
    """Read the signature; raise `DefectError` with what does not fit."""
    info = one(signature, "SignedInfo")
    method = METHODS.get(algorithm(one(info, "SignatureMethod")))
    if method is None:
        raise DefectError("ALGO_WEAK")
    if algorithm(one(info, "CanonicalizationMethod")) != EXCLUSIVE or len(one(info, "CanonicalizationMethod")):
        raise DefectError("XML_TRANSFORM_FORBIDDEN")
    references = info.findall(f"{{{DS}}}Reference")
    if not 0 < len(references) <= MAX_REFERENCES or len(info) != len(references) + 2:
        raise DefectError("XML_REF_NOT_EXPECTED")
    inner = [each for each in references if not (each.get("URI") or "").startswith("cid:")]
    if len(inner) != 1:
        raise DefectError("XML_REF_NOT_EXPECTED")
    target, covers = _target(root, inner[0].get("URI"))
    turned = transforms(inner[0])
    if turned not in ((ENVELOPED, EXCLUSIVE), (EXCLUSIVE,)) or any(
        transforms(each) for each in references if each is not inner[0]
    ):
        raise DefectError("XML_TRANSFORM_FORBIDDEN")
    if any(etree.QName(each).namespace not in OWN for each in signature.iter(etree.Element)):
        raise DefectError(
            "XML_REF_NOT_EXPECTED"
        )  # nothing covers the signature itself: it may carry nothing that a packet says
    return Template(
        signature=signature,
        signed_info=info,
        target=target,
        covers=covers,
        enveloped=ENVELOPED in turned,
        main=reference_of(inner[0]),
        attachments=tuple(reference_of(each) for each in references if each is not inner[0]),
        mechanism=method[0],
        digest_name=method[1],
        value=text(one(signature, "SignatureValue")),
        certificates=tuple(
            text(each) for each in signature.iterfind(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
        ),
    )


def _target(root: etree._Element, uri: str | None) -> tuple[etree._Element, str]:
    if uri == "":
        return root, ""
    if not uri or not uri.startswith("#"):
        raise DefectError("XML_REF_NOT_EXPECTED")
    named = answering_to(root, uri[1:])
    if FRAME.get(local(named)) != _place(named, root) or not _alone(named):
        raise DefectError("XML_REF_NOT_EXPECTED")
    return named, local(named)


def _alone(element: etree._Element) -> bool:
    """No brother of the same name: a reader might take the other one."""
    parent = element.getparent()
    return parent is None or sum(local(each) == local(element) for each in parent.iterchildren(etree.Element)) == 1


def _place(element: etree._Element, root: etree._Element) -> tuple[str, ...]:
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None and node is not root:
        steps.append(local(node))
        node = node.getparent()
    return tuple(reversed(steps))
