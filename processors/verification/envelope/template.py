"""The one template of an envelope signature that is understood (XMLDSig); anything else is named and not interpreted.

One `Signature`, a child of `edXMLHeader`. One reference to what the packet says of itself, with a fixed list of transforms:
`#id` of the envelope, the header or the message header where the frame has them, or the whole (`""`). Beside it `cid:`
references without transforms, one an attachment, over the file as it is unpacked. Wrapping attacks live on references that
are resolved by Id wherever it stands: here the element must stand at its place in the frame, and its Id only there.
"""

from dataclasses import dataclass
from typing import Protocol, cast

from lxml import etree

from processors.verification.defects import DefectError

DS = "http://www.w3.org/2000/09/xmldsig#"
OWN = frozenset({DS, "http://www.w3.org/2009/xmldsig11#"})
"""Namespaces of what stands in a signature."""

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
METHODS = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": ("rsassa_pkcs1v15", "sha256"),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": ("rsassa_pkcs1v15", "sha384"),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": ("rsassa_pkcs1v15", "sha512"),
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": ("ecdsa", "sha256"),
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": ("ecdsa", "sha384"),
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512": ("ecdsa", "sha512"),
}
MAX_REFERENCES = 128
IDS = frozenset({"Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"})
_VALUED = etree.XPath("//@*[. = $wanted]")
"""Every attribute with this value. libxml2 looks through all of them thirty times faster than through elements with a condition."""

FRAME = {
    "edXMLEnvelope": ("edXMLEnvelope",),
    "edXMLHeader": ("edXMLEnvelope", "edXMLHeader"),
    "MessageHeader": ("edXMLEnvelope", "edXMLHeader", "MessageHeader"),
}
"""Element that may be signed -> where in the frame it stands, under the root."""

PARTLY = "MessageHeader"
"""Leaves open whether the packet recalls, updates or replaces a document: `Bussiness` stands beside it."""


class _Attribute(Protocol):
    """What lxml selects of an attribute."""

    attrname: str

    def getparent(self) -> etree._Element:
        """Return the element that has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One reference of SignedInfo."""

    uri: str
    digest_name: str
    digest_value: str
    """Base64 as written."""


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


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(element).localname


def find_signature(root: etree._Element) -> etree._Element | None:
    """Return the envelope's Signature, None if there is none; raise `DefectError` if one stands elsewhere."""
    every = list(root.iter(f"{{{DS}}}Signature"))
    if not every:
        return None
    if len(every) > 1 or _place(every[0], root) != ("edXMLEnvelope", "edXMLHeader", "Signature"):
        raise DefectError("XML_REF_NOT_EXPECTED")
    return every[0]


def read_template(root: etree._Element, signature: etree._Element) -> Template:
    """Read the signature; raise `DefectError` with what does not fit."""
    info = _one(signature, "SignedInfo")
    method = METHODS.get(_algorithm(_one(info, "SignatureMethod")))
    if method is None:
        raise DefectError("ALGO_WEAK")
    if _algorithm(_one(info, "CanonicalizationMethod")) != EXCLUSIVE or len(_one(info, "CanonicalizationMethod")):
        raise DefectError("XML_TRANSFORM_FORBIDDEN")
    references = info.findall(f"{{{DS}}}Reference")
    if not 0 < len(references) <= MAX_REFERENCES or len(info) != len(references) + 2:
        raise DefectError("XML_REF_NOT_EXPECTED")
    inner = [each for each in references if not (each.get("URI") or "").startswith("cid:")]
    if len(inner) != 1:
        raise DefectError("XML_REF_NOT_EXPECTED")
    target, covers = _target(root, inner[0].get("URI"))
    transforms = _transforms(inner[0])
    if transforms not in ((ENVELOPED, EXCLUSIVE), (EXCLUSIVE,)) or any(
        _transforms(each) for each in references if each is not inner[0]
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
        enveloped=ENVELOPED in transforms,
        main=_reference(inner[0]),
        attachments=tuple(_reference(each) for each in references if each is not inner[0]),
        mechanism=method[0],
        digest_name=method[1],
        value=_text(_one(signature, "SignatureValue")),
        certificates=tuple(
            _text(each) for each in signature.iterfind(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
        ),
    )


def _target(root: etree._Element, uri: str | None) -> tuple[etree._Element, str]:
    if uri == "":
        return root, ""
    if not uri or not uri.startswith("#"):
        raise DefectError("XML_REF_NOT_EXPECTED")
    valued = cast("list[_Attribute]", _VALUED(root, wanted=uri[1:]))
    named = [each.getparent() for each in valued if each.attrname in IDS]
    if len(named) > 1:
        raise DefectError("XML_DUPLICATE_ID")
    if not named or FRAME.get(local(named[0])) != _place(named[0], root) or not _alone(named[0]):
        raise DefectError("XML_REF_NOT_EXPECTED")
    return named[0], local(named[0])


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


def _transforms(reference: etree._Element) -> tuple[str, ...]:
    held = reference.find(f"{{{DS}}}Transforms")
    if held is None:
        return ()
    if any(local(each) != "Transform" or len(each) for each in held):
        raise DefectError("XML_TRANSFORM_FORBIDDEN")
    return tuple(_algorithm(each) for each in held)


def _reference(element: etree._Element) -> Reference:
    name = DIGESTS.get(_algorithm(_one(element, "DigestMethod")))
    if name is None:
        raise DefectError("ALGO_WEAK")
    return Reference(uri=element.get("URI") or "", digest_name=name, digest_value=_text(_one(element, "DigestValue")))


def _one(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(f"{{{DS}}}{name}")
    if len(found) != 1:
        raise DefectError("FORMAT_FAILURE")
    return found[0]


def _algorithm(element: etree._Element) -> str:
    return str(element.get("Algorithm") or "")


def _text(element: etree._Element) -> str:
    if len(element):  # a comment or an element inside would hide a part of the value
        raise DefectError("FORMAT_FAILURE")
    return "".join((element.text or "").split())
