"""Prepared events of the demo province: real ones in form and size, made from numbers, the same in every run."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

from schemas.events import (
    Act,
    ContentRef,
    DocumentDispatched,
    DocumentSigned,
    DocumentSubmitted,
    Envelope,
    Event,
    Indication,
    Verdict,
)
from schemas.ids import delivery_id, document_key, event_id
from tests.axis import MORNING

PROVINCE = "000.00.00.H53"
RECIPIENTS = (
    "000.00.17.H53", "000.21.31.H53", "000.00.40.H53", "000.00.05.H53",
    "000.00.01.H53", "000.00.11.H53", "000.21.30.H53", "000.00.02.H53",
)  # fmt: skip
"""Departments, communes and a ward; each has an endpoint."""

VERSIONS = {kind: sha256(kind.encode()).hexdigest() for kind in ("directory", "trust", "crl", "signature_policy")}
BYTES = "application/octet-stream"


def document_id(number: int) -> str:
    """Name one document of the province."""
    return f"{PROVINCE},2026-11-23,{number}/UBND-KSTT"


def envelope(number: int, recipients: int = 1) -> Envelope:
    """Return what one packet says of itself."""
    first = number % len(RECIPIENTS)
    return Envelope(
        document_id=document_id(number),
        sender=PROVINCE,
        recipients=tuple((RECIPIENTS * 2)[first : first + recipients]),
        number=str(number),
        notation="UBND-KSTT",
        promulgated_on=date(2026, 11, 23),
        due_on=date(2026, 11, 27),
        type_code=2,
        type_name="Công văn",
        subject="V/v rà soát, cập nhật danh mục dịch vụ công trực tuyến toàn trình năm 2026",
    )


def content(number: int) -> ContentRef:
    """Return a reference to contents that nobody reads."""
    return ContentRef(sha256=sha256(str(number).encode()).hexdigest(), size=1_482_117, media_type=BYTES)


def submitted(count: int, first: int = 0) -> Iterator[Event]:
    """Yield packets that were handed over."""
    for number in range(first, first + count):
        key = document_key(PROVINCE, document_id(number))
        yield DocumentSubmitted(
            event_id=event_id("submitted", key, content(number).sha256),
            occurred_at=MORNING,
            correlation_id=key,
            document_key=key,
            content=content(number),
            envelope=envelope(number),
            sender=PROVINCE,
            submitted_by="folder:h53",
            channel="folder",
        )


def signed(count: int, first: int = 0, recipients: int = 1) -> Iterator[Event]:
    """Yield documents that may be carried."""
    for number in range(first, first + count):
        key = document_key(PROVINCE, document_id(number))
        yield DocumentSigned(
            event_id=event_id("signed", key, content(number).sha256),
            occurred_at=MORNING,
            correlation_id=key,
            causation_id=event_id("submitted", key, content(number).sha256),
            document_key=key,
            content=content(number),
            envelope=envelope(number, recipients),
            sender=PROVINCE,
            submitted_by="folder:h53",
            submitted_at=MORNING,
            verdict=Verdict(
                indication=Indication.TOTAL_PASSED,
                reasons=("LEGACY_SUBFILTER", "XML_SIGNATURE_MISSING"),
                signatures_found=2,
                signatures_judged=2,
                signed_at=MORNING - timedelta(minutes=7),
                time_source="timestamp",
                policy="VN-GOV-2026",
                evidence_sha256=content(-number).sha256,
            ),
            versions=VERSIONS,
        )


def dispatches(count: int) -> Iterator[Event]:
    """Yield deliveries that are dispatched and then recalled: each opens duties and closes them, in one order whoever reads."""
    for number in range(-(-count // 2)):
        sent = _dispatched(number)
        yield sent
        yield replace(
            sent,
            event_id=event_id("recalled", sent.delivery_id),
            occurred_at=sent.occurred_at + timedelta(seconds=20),
            act=Act.RECALL,
        )


def opened(count: int, first: int = 0) -> Iterator[Event]:
    """Yield deliveries that stay open."""
    return (_dispatched(number) for number in range(first, first + count))


def _dispatched(number: int) -> DocumentDispatched:
    key, recipient = document_key(PROVINCE, document_id(number)), RECIPIENTS[number % len(RECIPIENTS)]
    delivery, endpoint = delivery_id(key, recipient), recipient.removesuffix(".H53").lower()
    return DocumentDispatched(
        event_id=event_id("dispatched", delivery),
        occurred_at=MORNING + timedelta(milliseconds=number),
        correlation_id=key,
        causation_id=event_id("signed", key, content(number).sha256),
        delivery_id=delivery,
        document_key=key,
        document_id=document_id(number),
        content=content(number),
        sender=PROVINCE,
        recipient=recipient,
        addressed=(recipient,),
        endpoint=endpoint,
        endpoint_owner=recipient,
        mode="pull",
        hops=(PROVINCE, recipient),
        rule="within-province",
        urgency="normal",
        type_code=2,
        type_name="Công văn",
        subject=envelope(number).subject,
        versions=VERSIONS,
    )
