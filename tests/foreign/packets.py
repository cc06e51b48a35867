"""edXML written from domain §5 alone, in spellings that senders may choose: any prefix, any order, any business type; and statuses."""

import base64
import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
DAY = "2026/11/27"


def document(
    sender: str,
    recipients: Sequence[str],
    number: str,
    file: bytes,
    *,
    id_of: str = "",
    type_name: str = "Công văn",
    priority: int = 0,
    business: str = "<BussinessDocType>0</BussinessDocType>",
    prefix: str = "edXML",
    backwards: bool = False,
) -> bytes:
    """Write a document of the day; `id_of`: OrganId inside the DocumentId, by default the sender's; `business`: without prefixes."""
    header = [
        _party("From", sender),
        *(_party("To", each) for each in recipients),
        f"<DocumentId>{id_of or sender},{DAY},{number}/VP</DocumentId>",
        f"<Code><CodeNumber>{number}</CodeNumber><CodeNotation>VP</CodeNotation></Code>",
        f"<PromulgationInfo><Place>Tỉnh Q</Place><PromulgationDate>{DAY}</PromulgationDate></PromulgationInfo>",
        f"<DocumentType><Type>2</Type><TypeName>{type_name}</TypeName></DocumentType>",
        "<Subject>V/v thử nghiệm</Subject><Content/>",
        f"<OtherInfo><Priority>{priority}</Priority></OtherInfo>",
    ]
    name = f"văn bản {number}.pdf"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), file)
    named = f"<ContentId>cid:{number}</ContentId><AttachmentName>{name}</AttachmentName><ContentType>application/zip</ContentType>"
    encoded = base64.b64encode(zipped.getvalue()).decode()
    trace = f"<TraceHeader><OrganId>{sender}</OrganId><Timestamp>{DAY} 08:00:00</Timestamp></TraceHeader>"
    return _packet(
        "<edXMLEnvelope><edXMLHeader>"
        f"<MessageHeader>{''.join(header[::-1] if backwards else header)}</MessageHeader>"
        f"<TraceHeaderList>{trace}<Bussiness>{business}<StaffInfo><Staff>B</Staff></StaffInfo></Bussiness></TraceHeaderList>"
        f'</edXMLHeader><edXMLBody><edXMLManifest version="1.0"><Reference>{named}</Reference></edXMLManifest></edXMLBody>'
        "</edXMLEnvelope><AttachmentEncoded>"
        f"<Attachment>{named}<ContentTransferEncoded>{encoded}</ContentTransferEncoded></Attachment></AttachmentEncoded>",
        prefix,
    )


def status(code: str, said_by: str, addressed_to: str, document_id: str, *, why: str = "Ghi chú") -> bytes:
    """Write a status about a document; `document_id` as the packet wrote it."""
    about = f"<OrganId>{addressed_to}</OrganId><Code>{document_id.rsplit(',', maxsplit=1)[-1]}</Code>"
    about += f"<PromulgationDate>{DAY}</PromulgationDate><DocumentId>{document_id}</DocumentId>"
    said = (
        f"<StatusCode>{code}</StatusCode><Description>{escape(why)}</Description><Timestamp>{DAY} 09:00:00</Timestamp>"
    )
    return _packet(
        f"<edXMLEnvelope><edXMLHeader><MessageHeader><ResponseFor>{about}</ResponseFor>{_party('From', said_by)}{said}"
        "<StaffInfo><Staff>Lê Văn C</Staff></StaffInfo></MessageHeader></edXMLHeader></edXMLEnvelope>",
        "edXML",
    )


def _party(tag: str, organ_id: str) -> str:
    return f"<{tag}><OrganId>{organ_id}</OrganId><OrganName>Cơ quan</OrganName></{tag}>"


def _packet(inner: str, prefix: str) -> bytes:
    """Wrap and prefix: what is written plainly has no prefix yet."""
    if not prefix:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML xmlns="{NAMESPACE}">{inner}</edXML>'.encode()
    prefixed = inner.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")
    return f'\ufeff<{prefix}:edXML xmlns:{prefix}="{NAMESPACE}">{prefixed}</{prefix}:edXML>'.encode()
