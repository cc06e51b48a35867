"""The edXML frame of a composed packet, in the strict form of QCVN 102:2016."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

NS = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
ENVELOPE_ID = "envelope"
"""Id of edXMLEnvelope: what the envelope signature refers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is written on one document and its packet."""

    sender: str
    recipients: tuple[str, ...]
    number: int
    notation: str = "UBND-VP"
    subject: str = "V/v thử nghiệm trục liên thông"
    at: datetime
    """When it is signed and handed over (aware)."""

    promulgated_on: date | None = None
    """The day of `at` in Vietnam unless given."""

    priority: int = 0
    due_on: date | None = None
    signer: str = ""
    """Name printed as the competent person's."""

    @property
    def day(self) -> date:
        """Promulgation day."""
        return self.promulgated_on or self.at.astimezone(HERE).date()

    @property
    def document_id(self) -> str:
        """As written: `OrganId,yyyy/MM/dd,number/notation`."""
        return f"{self.sender},{self.day:%Y/%m/%d},{self.number}/{self.notation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """One attachment, zipped and base64-encoded."""

    content_id: str
    name: str
    description: str
    encoded: str


def frame(draft: Draft, names: Mapping[str, str], enclosed: Enclosed) -> etree._Element:
    """Build the packet without a signature; `names`: organ_id -> agency name."""
    root = etree.Element(f"{{{NS}}}edXML", nsmap={"edXML": NS})
    envelope = _add(root, "edXMLEnvelope")
    envelope.set("Id", ENVELOPE_ID)
    header = _add(envelope, "edXMLHeader")
    _message_header(_add(header, "MessageHeader"), draft, names)
    _trace(_add(header, "TraceHeaderList"), draft)
    manifest = _add(_add(envelope, "edXMLBody"), "edXMLManifest")
    manifest.set("version", "1.0")
    described = {
        "ContentId": f"cid:{enclosed.content_id}",
        "ContentType": "application/zip",
        "Description": enclosed.description,
        "AttachmentName": enclosed.name,
    }
    _fill(_add(manifest, "Reference"), described)
    attachment = _add(_add(root, "AttachmentEncoded"), "Attachment")
    _fill(attachment, {**described, "ContentTransferEncoded": enclosed.encoded})
    return root


def _message_header(header: etree._Element, draft: Draft, names: Mapping[str, str]) -> None:
    _party(_add(header, "From"), draft.sender, names)
    for code in draft.recipients:
        _party(_add(header, "To"), code, names)
    _fill(header, {"DocumentId": draft.document_id})
    _fill(_add(header, "Code"), {"CodeNumber": str(draft.number), "CodeNotation": draft.notation})
    _fill(_add(header, "PromulgationInfo"), {"Place": "Tỉnh X", "PromulgationDate": f"{draft.day:%Y/%m/%d}"})
    _fill(_add(header, "DocumentType"), {"Type": "2", "TypeDetail": "18", "TypeName": "Công văn"})
    _fill(header, {"Subject": draft.subject, "Content": draft.subject})
    _fill(
        _add(header, "SignerInfo"), {"Competence": "KT. CHỦ TỊCH", "Position": "PHÓ CHỦ TỊCH", "FullName": draft.signer}
    )
    if draft.due_on:
        _fill(header, {"DueDate": f"{draft.due_on:%Y/%m/%d}"})
    _fill(_add(header, "ToPlaces"), {"Place": "Như trên"})
    other = {"Priority": str(draft.priority), "PromulgationAmount": "1", "PageAmount": "1"}
    _fill(_add(header, "OtherInfo"), other)
    _fill(header, {"SteeringType": "0"})


def _trace(trace: etree._Element, draft: Draft) -> None:
    at = f"{draft.at.astimezone(HERE):%Y/%m/%d %H:%M:%S}"
    _fill(_add(trace, "TraceHeader"), {"OrganId": draft.sender, "Timestamp": at})
    business = _add(trace, "Bussiness")
    _fill(business, {"BussinessDocType": "0", "BussinessDocReason": "Văn bản điện tử mới", "Paper": "0"})
    clerk = {"Department": "Văn thư", "Staff": "Văn thư cơ quan", "Mobile": "", "Email": "vanthu@tinhx.example"}
    _fill(_add(business, "StaffInfo"), clerk)


def _party(element: etree._Element, organ_id: str, names: Mapping[str, str]) -> None:
    name = names.get(organ_id, "Cơ quan không có trong danh mục")
    rest = dict.fromkeys(("OrganAdd", "Email", "Telephone", "Fax", "Website"), "")
    _fill(element, {"OrganId": organ_id, "OrganizationInCharge": name, "OrganName": name, **rest})


def _add(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{NS}}}{name}")


def _fill(parent: etree._Element, values: Mapping[str, str]) -> None:
    for name, text in values.items():
        _add(parent, name).text = text
