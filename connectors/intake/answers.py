"""What intake answers to a file: the event and the receipt, from what was read and when it was taken; pure.

Event ids follow from the bytes, the name in `work/` and the principal, so whoever is interrupted says the same again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from connectors.intake import senders
from connectors.intake.taking import Taken
from schemas.edxml import DocumentPacket, Refusal, StatusPacket
from schemas.events import ContentRef, DocumentRefused, DocumentSubmitted, Stage, StatusSubmitted
from schemas.ids import event_id
from schemas.reasons import REASONS, sentence_vi
from schemas.reference import Reference
from schemas.reference.secrecy import FIELDS

MEDIA_TYPE = "application/octet-stream"
"""As field gateways send packets."""

SECRET = "SECRET_FORBIDDEN"  # noqa: S105 - a reason code
DOCUMENT_TAKEN = (
    "Trục đã nhận gói tin và ghi sổ; đây là biên nhận bàn giao, chưa phải kết quả kiểm tra chữ ký hay chuyển văn bản. "
    "Kết quả sẽ có trong các biên nhận tiếp theo."
)
STATUS_TAKEN = "Trục đã nhận bản tin trạng thái {code} và ghi sổ; đây là biên nhận bàn giao, trục còn kiểm tra thẩm quyền của bên gửi."
REFUSED = "Trục từ chối gói tin này. {why}"


Said = DocumentSubmitted | StatusSubmitted | DocumentRefused


class Fate(StrEnum):
    """What becomes of the file."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    ERASED = "erased"
    """Refused, and the bytes are deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said on the log, and to the sender."""

    event: Said | None
    """None for what is no file: it has no bytes that could be named."""

    receipt: Mapping[str, Any]
    fate: Fate
    reason: str = ""
    """Code of a refusal."""

    @property
    def sha256(self) -> str:
        """Of the bytes; empty for what is no file."""
        return _digest(self.event)


def document(taken: Taken, packet: DocumentPacket, content: ContentRef, reference: Reference) -> Answer:
    """Say that a sender handed a document over."""
    envelope = packet.envelope
    sender = senders.of_document(envelope, reference, taken.moment)
    key = senders.key_of_document(sender, envelope, reference, taken.moment)
    event = DocumentSubmitted(
        event_id=event_id("submitted", key, content.sha256, taken.door.principal, taken.name),
        occurred_at=taken.moment,
        correlation_id=key,
        document_key=key,
        content=content,
        envelope=envelope,
        sender=sender,
        submitted_by=taken.door.principal,
        channel=taken.door.channel,
    )
    receipt = _receipt(taken, event, kind="document", sentence=DOCUMENT_TAKEN)
    return Answer(event=event, receipt=receipt, fate=Fate.ACCEPTED)


def status(taken: Taken, packet: StatusPacket, content: ContentRef, reference: Reference) -> Answer:
    """Say that a status came in; it is keyed as its document, so that both meet in one partition."""
    key = senders.key_of_status(packet, reference, taken.moment)
    event = StatusSubmitted(
        event_id=event_id("status", key, content.sha256, taken.door.principal, taken.name),
        occurred_at=taken.moment,
        correlation_id=key,
        document_key=key,
        content=content,
        document_id=packet.document_id,
        code=packet.code,
        said_by=packet.said_by,
        addressed_to=packet.addressed_to,
        said_at=packet.said_at,
        reason=packet.reason,
        submitted_by=taken.door.principal,
        channel=taken.door.channel,
        notes=packet.notes,
    )
    receipt = _receipt(taken, event, kind="status", sentence=STATUS_TAKEN.format(code=packet.code))
    return Answer(event=event, receipt=receipt, fate=Fate.ACCEPTED)


def refusal(taken: Taken, refused: Refusal) -> Answer:
    """Say no. Of a secret packet nothing is told but its digest, the sender and where the mark was found."""
    secret = refused.code == SECRET
    element = refused.element if not secret else refused.element if refused.element in FIELDS else ""
    document_id = "" if secret else refused.document_id
    sentence = sentence_vi(SECRET, element=element or None) if secret else refused.sentence_vi
    event = DocumentRefused(
        event_id=event_id("refused", refused.sha256, taken.door.principal, taken.name),
        occurred_at=taken.moment,
        subject=refused.sha256,
        document_id=document_id,
        sha256=refused.sha256,
        sender=refused.sender,
        submitted_by=taken.door.principal,
        stage=Stage.INTAKE,
        reason=refused.code,
        reasons=(refused.code,),
        element=element,
        sentence_vi=sentence,
        about_status=refused.about_status,
    )
    kind = "status" if refused.about_status else "document"
    why = {"code": refused.code, "element": element, "sentence_vi": sentence}
    receipt = _receipt(taken, event, kind=kind, sentence=sentence, why=why)
    fate = Fate.ERASED if secret else Fate.REFUSED
    return Answer(event=event, receipt=receipt, fate=fate, reason=refused.code)


def no_file(taken: Taken) -> Answer:
    """Say no to a link, a folder or a pipe: it is put aside unopened."""
    sentence = sentence_vi("NOT_EDXML", detail="không phải là một tệp thường; liên kết và thư mục không được mở")
    why = {"code": "NOT_EDXML", "element": "", "sentence_vi": sentence}
    receipt = _receipt(taken, None, kind="document", sentence=sentence, why=why)
    return Answer(event=None, receipt=receipt, fate=Fate.REFUSED, reason="NOT_EDXML")


def _receipt(
    taken: Taken, event: Said | None, *, kind: str, sentence: str, why: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return {
        "file": taken.given,
        "digest": _digest(event),
        "document_id": _document_id(event),
        "kind": kind,
        "accepted": why is None,
        "at": taken.moment.astimezone(senders.VIETNAM).isoformat(),
        "refusal": None if why is None else {**why, "who_must_act": REASONS[why["code"]].acts.value},
        "sentence_vi": sentence if why is None else REFUSED.format(why=sentence),
        "channel": taken.door.channel,
        "submitted_by": taken.door.principal,
        "event_id": event.event_id if event else "",
    }


def _digest(event: Said | None) -> str:
    match event:
        case None:
            return ""
        case DocumentRefused():
            return event.sha256
        case _:
            return event.content.sha256


def _document_id(event: Said | None) -> str:
    match event:
        case None:
            return ""
        case DocumentSubmitted():
            return event.envelope.document_id
        case _:
            return event.document_id
