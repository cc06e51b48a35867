"""What is written on a composed document, and its packet in the strict form of QCVN 102:2016."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from schemas.edxml import DocumentDraft, Enclosed, Printed, document_tree
from schemas.events import Envelope
from schemas.ids import normalise_document_id

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
ENVELOPE_ID = "envelope"
"""Id of edXMLEnvelope: what the envelope signature refers to."""

UNKNOWN_AGENCY = "Cơ quan không có trong danh mục"


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

    business_type: int = 0
    """BussinessDocType: 0 new, 1 recall, 2 update, 3 replace."""

    related: tuple[str, ...] = ()
    """Normalised ids of the older documents that it acts on; a recall bears the older one's own id."""

    reason: str = "Văn bản điện tử mới"

    @property
    def day(self) -> date:
        """Promulgation day."""
        return self.promulgated_on or self.at.astimezone(HERE).date()

    @property
    def document_id(self) -> str:
        """As written: `OrganId,yyyy/MM/dd,number/notation`."""
        return f"{self.sender},{self.day:%Y/%m/%d},{self.number}/{self.notation}"

    @property
    def envelope(self) -> Envelope:
        """What a reader finds in the packet."""
        return Envelope(
            document_id=normalise_document_id(self.document_id),
            sender=self.sender,
            recipients=self.recipients,
            priority=self.priority,
            number=str(self.number),
            notation=self.notation,
            promulgated_on=self.day,
            due_on=self.due_on,
            type_code=2,
            type_name="Công văn",
            subject=self.subject,
            business_type=self.business_type,
            business_reason=self.reason,
            related=self.related,
        )


def frame(draft: Draft, names: Mapping[str, str], *enclosed: Enclosed) -> etree._Element:
    """Build the packet without a signature; `names`: organ_id -> agency name."""
    printed = Printed(
        place="Tỉnh X",
        content=draft.subject,
        type_detail="18",
        competence="KT. CHỦ TỊCH",
        position="PHÓ CHỦ TỊCH",
        signer=draft.signer,
        to_places=("Như trên",),
        department="Văn thư",
        staff="Văn thư cơ quan",
        staff_email="vanthu@tinhx.example",
    )
    return document_tree(
        DocumentDraft(
            envelope=draft.envelope,
            printed=printed,
            enclosed=enclosed,
            at=draft.at,
            names={code: names.get(code, UNKNOWN_AGENCY) for code in (draft.sender, *draft.recipients)},
            envelope_id=ENVELOPE_ID,
        )
    )
