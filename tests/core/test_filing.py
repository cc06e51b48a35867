"""Under which key a document is filed: that of whose number it is, before and after another agency took its place (ADR 0036)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.intake import senders
from schemas.edxml import StatusPacket
from schemas.events import DocumentDispatched, DocumentRefused, DocumentRepeated, DocumentSigned, Envelope, Event
from schemas.ids import document_key, event_id
from schemas.lifecycle import advance, empty, label
from schemas.reference.filing import filed_under, key_of
from tests.core.routing_cases import HEALTH, NOON, PROVINCE, WARD, Partition, named, signed, status
from tests.reference_files import demo

DISTRICT = "000.00.30.H53"
"""Ended on 30/06/2025; the ward of its seat took its place."""

BEFORE = NOON.replace(year=2025, month=6, day=20)
DOCUMENT_ID = f"{DISTRICT},2025-06-20,9/UBND"
KEY = document_key(DISTRICT, DOCUMENT_ID)
DIRECTORY = demo().directory


@pytest.mark.parametrize(
    ("sender", "document_id", "on", "owner"),
    [
        (DISTRICT, DOCUMENT_ID, date(2025, 6, 20), DISTRICT),
        (WARD, DOCUMENT_ID, date(2026, 11, 23), DISTRICT),
        (WARD, DOCUMENT_ID, date(2025, 6, 20), WARD),  # it did not take the district's place yet
        (WARD, f"{DISTRICT},2025-08-01,9/UBND", date(2026, 11, 23), WARD),  # the district's code after its end
        (WARD, f"{WARD},2025-08-01,9/UBND", date(2026, 11, 23), WARD),
        (HEALTH, DOCUMENT_ID, date(2026, 11, 23), HEALTH),  # somebody else's number: the router refuses it
        (HEALTH, "6f1d3c1e-5b7a-5d0c-9a53-0f6a2f0b9d11", date(2026, 11, 23), HEALTH),
        ("000.98.98.H53", DOCUMENT_ID, date(2026, 11, 23), "000.98.98.H53"),
    ],
)
def test_whose_number_it_is(sender: str, document_id: str, on: date, owner: str) -> None:
    """The agency named in the id on the document's own day, if the sender is it or came after it."""
    assert owner == filed_under(sender, document_id, DIRECTORY, on)
    assert sender == filed_under(sender, document_id, None, on)


def test_intake_files_a_successors_packet_and_statuses_with_the_document() -> None:
    """The document, its recall by the ward, a 13 of the ward, and a 03 that names either code meet under one key."""
    after = datetime(2026, 11, 23, 3, tzinfo=UTC)

    def document(sender: str, moment: datetime) -> str:
        envelope = Envelope(document_id=DOCUMENT_ID, sender=sender, recipients=(HEALTH,))
        return senders.key_of_document(senders.of_document(envelope, demo(), moment), envelope, demo(), moment)

    def said(code: str, said_by: str, addressed_to: str) -> str:
        packet = StatusPacket(
            document_id=DOCUMENT_ID, code=code, said_by=said_by, addressed_to=addressed_to, sha256="a" * 64, size=1
        )
        return senders.key_of_status(packet, demo(), after)

    keys = {document(DISTRICT, BEFORE), document(WARD, after), said("13", WARD, HEALTH)}
    keys |= {said("03", HEALTH, DISTRICT), said("03", HEALTH, WARD)}
    assert {KEY} == keys


def sent(*recipients: str, sender: str = WARD, **changes: Any) -> DocumentSigned:
    """Return a verdict on a packet under the district's number, as intake files it."""
    sha256 = changes.pop("sha256", "f" * 64)
    moment = BEFORE if sender == DISTRICT else NOON
    key = key_of(sender, DOCUMENT_ID, DIRECTORY, moment.date())
    own: dict[str, Any] = {
        "document_id": DOCUMENT_ID,
        "document_key": key,
        "submitted_at": moment,
        "submitted_by": "folder:h53-40",
    }
    own |= {"event_id": event_id("signed", key, sha256), "causation_id": event_id("submitted", key, sha256)}
    return signed(*recipients, sender=sender, sha256=sha256, **own | changes)


def first() -> tuple[Partition, list[Event]]:
    """Let the district's document be sent, handed over before its end; the ward's folder speaks for it today."""
    router = Partition()
    return router, list(router.take(sent(HEALTH, PROVINCE, sender=DISTRICT)))


def test_the_successor_recalls_what_the_ended_agency_sent() -> None:
    """The packet bears the district's id and comes from the ward; each delivery is recalled, once."""
    router, events = first()
    assert ["DocumentDispatched", "DocumentDispatched"] == named(tuple(events))
    recall = sent(HEALTH, sha256="1" * 64, business_type=1, related=(DOCUMENT_ID,))
    events += router.take(recall)

    assert ["RECALL"] == [each.act for each in events[2:] if isinstance(each, DocumentDispatched)]
    state = empty(f"{KEY}-{HEALTH}")
    for each in events:
        state = advance(state, each) if getattr(each, "delivery_id", "") == state.delivery_id else state
    assert "recalled" == label(state)


def test_the_successor_updates_what_the_ended_agency_sent() -> None:
    """Under the same id: the same deliveries get a newer version."""
    router, _ = first()
    events = router.take(sent(HEALTH, sha256="2" * 64, business_type=2, related=(DOCUMENT_ID,)))

    assert [(f"{KEY}-{HEALTH}", "UPDATE")] == [
        (each.delivery_id, each.act) for each in events if isinstance(each, DocumentDispatched)
    ]


def test_the_number_of_the_ended_agency_stays_taken() -> None:
    """The successor sends other bytes under it: alarm, nothing sent. The same bytes again are a repeat."""
    router, _ = first()
    events = router.take(sent(HEALTH, sha256="3" * 64))
    assert [("SAME_ID_OTHER_BYTES", "")] == [
        (each.reason, each.addressed) for each in events if isinstance(each, DocumentRefused)
    ]
    assert {"DocumentRefused", "DocumentAlert"} == set(named(events))
    again = sent(HEALTH, PROVINCE, sender=DISTRICT, causation_id=event_id("again"))
    assert [DocumentRepeated] == [type(each) for each in router.take(again)]


def test_another_agency_may_still_not() -> None:
    """Nobody else recalls it."""
    router, _ = first()
    recall = sent(HEALTH, sha256="4" * 64, business_type=1, related=(DOCUMENT_ID,))
    theirs = replace(recall.envelope, sender=HEALTH)
    events = router.take(replace(recall, envelope=theirs, sender=HEALTH, submitted_by="folder:h53-17"))

    assert ["DocumentRefused"] == named(events)


def test_the_successor_asks_it_back() -> None:
    """A 13 of the ward about the district's document is acknowledged, and a 15 answers it."""
    router, _ = first()
    asked = status("13", WARD, addressed_to=HEALTH, document_key=KEY, document_id=DOCUMENT_ID)
    agreed = status("15", HEALTH, addressed_to=WARD, document_key=KEY, document_id=DOCUMENT_ID)

    assert ["DocumentAcknowledged", "DocumentAcknowledged"] == named((*router.take(asked), *router.take(agreed)))
