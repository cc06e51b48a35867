"""Names of edXML (QCVN 102:2016): namespaces, spellings met in the field, what may repeat, what must be there."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.edxml.notes import Note

NS = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
DS = "http://www.w3.org/2000/09/xmldsig#"
XLINK = "http://www.w3.org/1999/xlink"
OLD_NAMESPACES = frozenset({"http://www.e-doc.vn/Schema/", "http://www.go.vn/eDoc"})
CONTENT = "ContentTransferEncoded"

SPELLINGS: Mapping[str, tuple[str, Note]] = MappingProxyType(
    {
        "EdXML": ("edXML", Note.FRAME_SPELLING),
        "EdXMLEnvelope": ("edXMLEnvelope", Note.FRAME_SPELLING),
        "EdXMLHeader": ("edXMLHeader", Note.FRAME_SPELLING),
        "EdXMLBody": ("edXMLBody", Note.FRAME_SPELLING),
        "EdXMLManifest": ("edXMLManifest", Note.FRAME_SPELLING),
        "Business": ("Bussiness", Note.BUSINESS_SPELLING),
        "BusinessDocType": ("BussinessDocType", Note.BUSINESS_SPELLING),
        "BusinessDocReason": ("BussinessDocReason", Note.BUSINESS_SPELLING),
        "BusinessDocumentInfo": ("BussinessDocumentInfo", Note.BUSINESS_SPELLING),
        "OrganInCharge": ("OrganizationInCharge", Note.OLD_SPELLING),
        "TypeNotation": ("TyperNotation", Note.OLD_SPELLING),
        "DigitalSignature": ("Signature", Note.OLD_SPELLING),
    }
)
"""Spelling met -> the standard's, and the note it earns."""

REPEATED = frozenset(
    {
        ("MessageHeader", "To"),
        ("MessageHeader", "ResponseFor"),
        ("ToPlaces", "Place"),
        ("Appendixes", "Appendix"),
        ("TraceHeaderList", "TraceHeader"),
        ("ReceiverList", "Receiver"),
        ("ReplacementInfoList", "ReplacementInfo"),
        ("OrganIdList", "OrganId"),
        ("edXMLManifest", "Reference"),
        ("AttachmentEncoded", "Attachment"),
    }
)
"""(parent, child) that may come more than once."""

_SINGLE = """
    edXMLEnvelope edXMLHeader edXMLBody edXMLManifest MessageHeader TraceHeaderList AttachmentEncoded Signature
    From To OrganId OrganizationInCharge OrganName OrganAdd Email Telephone Fax Website DocumentId Code CodeNumber CodeNotation
    PromulgationInfo Place PromulgationDate DocumentType Type TypeDetail TypeName Subject Content SignerInfo Competence Position
    FullName DueDate ToPlaces OtherInfo Priority SphereOfPromulgation TyperNotation PromulgationAmount PageAmount Appendixes
    Direction ResponseFor SteeringType Timestamp Bussiness BussinessDocType BussinessDocReason BussinessDocumentInfo DocumentInfo
    DocumentReceiver ReceiverList ReceiverType ReplacementInfoList OrganIdList Paper StaffInfo Department Staff Mobile
    StatusCode Description ContentId ContentType AttachmentName ContentTransferEncoded
"""
SINGLE = frozenset(_SINGLE.split())
"""Known elements: twice in one parent is an error unless `REPEATED` allows it; unknown ones are nobody's business."""

REQUIRED: Mapping[str, bool] = MappingProxyType(
    {
        "From/OrganId": True,
        "From/OrganName": True,
        "To/OrganId": True,
        "To/OrganName": True,
        "DocumentId": True,
        "Code/CodeNumber": True,
        "Code/CodeNotation": True,
        "PromulgationInfo/Place": True,
        "PromulgationInfo/PromulgationDate": True,
        "DocumentType/Type": True,
        "DocumentType/TypeName": True,
        "Subject": True,
        "Content": False,
    }
)
"""Path under MessageHeader without which running axes reject a document -> whether it must hold a value.

The official mandatory column was not readable, so this is an argument of the reader, not a law of nature.
"""

LONGEST: Mapping[str, int] = MappingProxyType(
    {
        "OrganizationInCharge": 500, "OrganName": 200, "OrganAdd": 500, "Email": 100, "Telephone": 20, "Fax": 20, "Website": 100,
        "CodeNumber": 11, "CodeNotation": 30, "TypeName": 100, "Subject": 500, "Content": 500, "Competence": 100, "Position": 100,
        "FullName": 50, "SphereOfPromulgation": 100, "TyperNotation": 10, "BussinessDocReason": 500, "AttachmentName": 500,
    }
)  # fmt: skip
"""Characters; no running system enforces them, so a longer value is noted and kept."""
