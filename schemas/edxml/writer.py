"""Writes packets in the strict form of QCVN 102:2016: one namespace, one prefix, the elements in the standard's order."""

from collections.abc import Mapping

from lxml import etree

from schemas.edxml.business import REPLACE, UPDATE
from schemas.edxml.drafts import DocumentDraft, Enclosed, StatusDraft, check_document, check_status, code_of
from schemas.edxml.moments import write_day, write_moment
from schemas.edxml.vocabulary import CONTENT, NS
from schemas.events import Envelope
from schemas.ids import split_document_id

PARTY_REST = ("OrganAdd", "Email", "Telephone", "Fax", "Website")
"""Old checkers want these elements present."""

ZIP = "application/zip"


def write_document(draft: DocumentDraft) -> bytes:
    """Return a packet; raise ValueError for what the strict form does not allow."""
    return serialise(document_tree(draft))


def write_status(draft: StatusDraft) -> bytes:
    """Return a status packet; raise ValueError for what the strict form does not allow."""
    check_status(draft)
    parts = split_document_id(draft.document_id)
    root, header = _frame("")
    message = _add(header, "MessageHeader")
    about = {"OrganId": draft.addressed_to, "Code": code_of(draft)}
    if parts:
        about["PromulgationDate"] = write_day(parts.promulgated_on)
    _fill(_add(message, "ResponseFor"), {**about, "DocumentId": written_id(draft.document_id)})
    _party(_add(message, "From"), draft.said_by, draft.said_by_name)
    said = {"StatusCode": draft.code, "Description": draft.reason, "Timestamp": write_moment(draft.said_at)}
    _fill(message, said)
    clerk = {"Department": draft.department, "Staff": draft.staff, "Mobile": "", "Email": ""}
    _fill(_add(message, "StaffInfo"), clerk)
    return serialise(root)


def document_tree(draft: DocumentDraft) -> etree._Element:
    """Return the packet as a tree, for a signature to be put into it; raise ValueError as `write_document`."""
    check_document(draft)
    root, header = _frame(draft.envelope_id)
    _message(_add(header, "MessageHeader"), draft)
    _trace(_add(header, "TraceHeaderList"), draft)
    manifest = _add(_add(root[0], "edXMLBody"), "edXMLManifest")
    manifest.set("version", "1.0")
    attached = _add(root, "AttachmentEncoded")
    for each in draft.enclosed:
        _fill(_add(manifest, "Reference"), _described(each))
        _fill(_add(attached, "Attachment"), {**_described(each), CONTENT: each.encoded})
    return root


def serialise(root: etree._Element) -> bytes:
    """Return the bytes of a packet."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def written_id(normalised: str) -> str:
    """Return a document id as packets write it: `OrganId,yyyy/MM/dd,number/notation`."""
    parts = split_document_id(normalised)
    return f"{parts.organ_id},{write_day(parts.promulgated_on)},{parts.number_notation}" if parts else normalised


def _frame(envelope_id: str) -> tuple[etree._Element, etree._Element]:
    root = etree.Element(f"{{{NS}}}edXML", nsmap={"edXML": NS})
    envelope = _add(root, "edXMLEnvelope")
    if envelope_id:
        envelope.set("Id", envelope_id)
    return root, _add(envelope, "edXMLHeader")


def _message(header: etree._Element, draft: DocumentDraft) -> None:
    envelope, printed = draft.envelope, draft.printed
    _party(_add(header, "From"), envelope.sender, draft.names.get(envelope.sender, ""))
    for code in envelope.recipients:
        _party(_add(header, "To"), code, draft.names.get(code, ""))
    _fill(header, {"DocumentId": written_id(envelope.document_id)})
    _fill(_add(header, "Code"), {"CodeNumber": envelope.number, "CodeNotation": envelope.notation})
    promulgated = write_day(envelope.promulgated_on) if envelope.promulgated_on else ""
    _fill(_add(header, "PromulgationInfo"), {"Place": printed.place, "PromulgationDate": promulgated})
    kind = {"Type": str(envelope.type_code), "TypeDetail": printed.type_detail, "TypeName": envelope.type_name}
    _fill(_add(header, "DocumentType"), kind)
    _fill(header, {"Subject": envelope.subject, "Content": printed.content})
    signer = {"Competence": printed.competence, "Position": printed.position, "FullName": printed.signer}
    _fill(_add(header, "SignerInfo"), signer)
    if envelope.due_on:
        _fill(header, {"DueDate": write_day(envelope.due_on)})
    places = _add(header, "ToPlaces")
    for place in printed.to_places:
        _fill(places, {"Place": place})
    amounts = {"PromulgationAmount": str(printed.copies), "PageAmount": str(printed.pages)}
    _fill(_add(header, "OtherInfo"), {"Priority": str(envelope.priority), **amounts})
    _fill(header, {"SteeringType": "0"})


def _trace(trace: etree._Element, draft: DocumentDraft) -> None:
    envelope, printed = draft.envelope, draft.printed
    hop = {"OrganId": envelope.sender, "Timestamp": write_moment(draft.at)}
    _fill(_add(trace, "TraceHeader"), hop)
    business = _add(trace, "Bussiness")
    why = {"BussinessDocType": str(envelope.business_type), "BussinessDocReason": envelope.business_reason}
    _fill(business, why)
    _related(business, envelope)
    _fill(business, {"Paper": "1" if envelope.paper else "0"})
    clerk = {"Department": printed.department, "Staff": printed.staff, "Mobile": "", "Email": printed.staff_email}
    _fill(_add(business, "StaffInfo"), clerk)


def _related(business: etree._Element, envelope: Envelope) -> None:
    if envelope.business_type == UPDATE:
        _fill(business, {"DocumentId": written_id(envelope.related[0])})
        changed = _add(business, "BussinessDocumentInfo")
        _fill(changed, {"DocumentInfo": "1", "DocumentReceiver": "1" if envelope.receivers else "0"})
        listed = _add(changed, "ReceiverList") if envelope.receivers else changed
        for code, kind in zip(envelope.receivers, envelope.receiver_types, strict=True):
            _fill(_add(listed, "Receiver"), {"OrganId": code, "ReceiverType": str(kind)})
    if envelope.business_type == REPLACE:
        replaced = _add(business, "ReplacementInfoList")
        named = {each.document_id: each.organ_ids for each in envelope.replaced}
        for older_id in envelope.related:
            one = _add(replaced, "ReplacementInfo")
            _fill(one, {"DocumentId": written_id(older_id)})
            codes = _add(one, "OrganIdList")
            for code in named.get(older_id) or envelope.recipients:
                _fill(codes, {"OrganId": code})


def _described(each: Enclosed) -> dict[str, str]:
    return {
        "ContentId": f"cid:{each.content_id}",
        "ContentType": ZIP,
        "Description": each.description,
        "AttachmentName": each.name,
    }


def _party(element: etree._Element, organ_id: str, name: str) -> None:
    shown = name or organ_id
    _fill(element, {"OrganId": organ_id, "OrganizationInCharge": shown, "OrganName": shown})
    _fill(element, dict.fromkeys(PARTY_REST, ""))


def _add(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NS}}}{name}")


def _fill(parent: etree._Element, values: Mapping[str, str]) -> None:
    for name, text in values.items():
        _add(parent, name).text = text
