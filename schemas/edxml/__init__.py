"""edXML (QCVN 102:2016): a tolerant, bounded reader of packets and a strict writer."""

from schemas.edxml.attachments import Attachment
from schemas.edxml.drafts import DocumentDraft, Enclosed, Printed, StatusDraft
from schemas.edxml.enclosing import enclose
from schemas.edxml.limits import Limits
from schemas.edxml.notes import Note
from schemas.edxml.packets import DocumentPacket, Refusal, StatusPacket
from schemas.edxml.reader import read_packet
from schemas.edxml.vocabulary import REQUIRED
from schemas.edxml.writer import document_tree, serialise, write_document, write_status

__all__ = [
    "REQUIRED",
    "Attachment",
    "DocumentDraft",
    "DocumentPacket",
    "Enclosed",
    "Limits",
    "Note",
    "Printed",
    "Refusal",
    "StatusDraft",
    "StatusPacket",
    "document_tree",
    "enclose",
    "read_packet",
    "serialise",
    "write_document",
    "write_status",
]
