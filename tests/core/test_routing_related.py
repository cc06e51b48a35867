"""Updates and replacements take hold of older deliveries, in whatever order and however often the two are read (ADR 0021)."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from processors.routing.related import WAITS, related_row
from schemas.events import (
    Act,
    DeliverySuperseded,
    DocumentAlert,
    DocumentDispatched,
    DocumentRefused,
    DocumentRelated,
    DocumentSigned,
    Event,
    TimerFired,
)
from schemas.ids import delivery_id, document_key, event_id
from schemas.lifecycle import advance, empty, label, version
from tests.core.routing_cases import COMMUNE, DOCUMENT_ID, HEALTH, KEY, NOON, PROVINCE, WARD, Partition, signed

NEWER_ID = f"{PROVINCE},2026-11-25,1251/UBND-KSTT"
NEWER = document_key(PROVINCE, NEWER_ID)
OLDER = signed(HEALTH, COMMUNE)


def newer(*recipients: str, kind: int = 3, sha256: str = "b" * 64, **changes: Any) -> DocumentSigned:
    """Return a verdict on a document that names the older one."""
    own: dict[str, Any] = {"document_id": NEWER_ID, "business_type": kind, "related": (DOCUMENT_ID,)}
    event = signed(*recipients, sha256=sha256, **own | changes)
    names: dict[str, Any] = {
        "event_id": event_id("signed", NEWER, sha256),
        "causation_id": event_id("submitted", NEWER, sha256),
    }
    return replace(event, document_key=document_key(event.sender, event.envelope.document_id), **names)


def related(*recipients: str, kind: int = 3, **changes: Any) -> DocumentRelated:
    """Return what the older document's partition is told by it."""
    (told,) = [
        each for each in Partition().take(newer(*recipients, kind=kind, **changes)) if isinstance(each, DocumentRelated)
    ]
    return told


def held(events: Any) -> list[tuple[str, Act]]:
    """Return the deliveries that were taken hold of."""
    return [(each.recipient, each.act) for each in events if isinstance(each, DeliverySuperseded)]


@pytest.mark.parametrize(
    ("kind", "act", "shown", "number"), [(2, Act.UPDATE, "dispatched", 2), (3, Act.REPLACE, "replaced", 1)]
)
def test_the_older_delivery_is_taken_hold_of(kind: int, act: Act, shown: str, number: int) -> None:
    """Of those who get the newer document; others keep the older one as it is. People see it in the delivery's label or version."""
    older, told = Partition(), related(HEALTH, WARD, kind=kind)
    sent = older.take(OLDER)
    events = older.take(told)

    assert (KEY, DOCUMENT_ID, NEWER_ID, (HEALTH, WARD)) == (
        told.subject,
        told.older_id,
        told.document_id,
        told.recipients,
    )
    assert [(HEALTH, act)] == held(events)
    state = empty(delivery_id(KEY, HEALTH))
    for each in (*sent, *events):
        if getattr(each, "delivery_id", "") == state.delivery_id:
            state = advance(state, each)
    assert (shown, number) == (label(state), version(state))


def test_whatever_the_order_and_the_repeats_the_same_is_held() -> None:
    """The older one before, after or between two newer ones, each read twice: the same events, each event id once or with the same content."""
    first, second = (
        related(HEALTH, kind=2),
        replace(related(HEALTH, COMMUNE), event_id=event_id("other"), sha256="c" * 64),
    )
    ends: list[set[Event]] = []
    for order in permutations((OLDER, first, second)):
        router = Partition()
        said = [
            each for event in (*order, *order) for each in router.take(event) if isinstance(each, DeliverySuperseded)
        ]
        assert len(said) == len({each.event_id for each in said})
        ends.append({replace(each, occurred_at=NOON) for each in said})

    assert all(ends[0] == each for each in ends)
    assert {(HEALTH, Act.UPDATE), (HEALTH, Act.REPLACE), (COMMUNE, Act.REPLACE)} == set(held(ends[0]))


def test_who_came_after_the_recipient_is_meant_too() -> None:
    """The older document went to the district, the newer one to the ward that took its place."""
    before = NOON.replace(year=2025, month=6, day=20)
    older = signed("000.00.30.H53", document_id=f"{PROVINCE},2025-06-20,9/UBND")
    older = replace(older, document_key=document_key(PROVINCE, older.envelope.document_id))
    router = Partition()
    assert ["DocumentDispatched"] == [type(each).__name__ for each in router.take(older, before)]
    told = related(WARD, related=(older.envelope.document_id,))

    assert [("000.00.30.H53", Act.REPLACE)] == held(router.take(told))


def test_a_recalled_delivery_stays_recalled() -> None:
    """It is taken hold of all the same, whichever comes first; people see that it was recalled."""
    recall = signed(HEALTH, sha256="d" * 64, business_type=1, related=(DOCUMENT_ID,))
    for order in ((recall, related(HEALTH)), (related(HEALTH), recall)):
        router, state = Partition(), empty(delivery_id(KEY, HEALTH))
        for event in (OLDER, *order):
            for said in router.take(event):
                state = advance(state, said) if getattr(said, "delivery_id", "") == state.delivery_id else state

        assert "recalled" == label(state)
        assert {"DELIVER", "RECALL", "replaced"} == {each.act for each in state.dispatches}


def test_nobody_knows_the_older_one() -> None:
    """After a day the sender's clerk and the operator are told, once; it takes hold all the same if it comes later."""
    router, told = Partition(), related(HEALTH)
    assert () == router.take(told)
    row = related_row(KEY)
    assert {row: NOON + WAITS} == router.due
    timer = TimerFired(event_id="timer", occurred_at=NOON + WAITS, row=row, due_at=NOON + WAITS)
    (alert,) = router.take(timer, NOON + WAITS)

    assert isinstance(alert, DocumentAlert)
    assert ("older_unknown", NEWER, "RELATED_DOCUMENT_UNKNOWN") == (alert.kind, alert.document_key, alert.why)
    assert {PROVINCE, "H53.SO.001"} == {each.organ_id for each in alert.to}
    assert () == router.take(timer, NOON + WAITS)
    assert [(HEALTH, Act.REPLACE)] == held(router.take(OLDER, NOON + WAITS + timedelta(hours=1)))
    assert row not in router.due


def test_what_is_provisional_takes_hold_when_it_is_confirmed() -> None:
    """A verdict that may still be taken back replaces nothing."""
    router, provisional = Partition(), newer(HEALTH, provisional=True)
    assert ["DocumentDispatched"] == [type(each).__name__ for each in router.take(provisional)]
    confirmed = replace(newer(HEALTH), event_id=event_id("confirmed"), confirms=provisional.event_id)

    assert ["DocumentRelated"] == [type(each).__name__ for each in router.take(confirmed)]
    assert [] == [each for each in router.take(confirmed) if isinstance(each, DocumentRelated)]


def test_another_agencys_document_is_not_touched() -> None:
    """Only the issuer, or who came after it, may; nobody is told."""
    events = Partition().take(newer(HEALTH, related=(f"{HEALTH},2026-01-02,7/SYT",)))

    assert [("SENDER_NOT_ALLOWED", "")] == [
        (each.reason, each.addressed) for each in events if isinstance(each, DocumentRefused)
    ]
    assert [] == [each for each in events if isinstance(each, DocumentRelated | DocumentDispatched)]


def test_a_successor_speaks_to_the_key_of_whose_number_it_is() -> None:
    """The ward replaces a document of the district whose place it took: it lies under the district's key, whoever handed it over."""
    older_id = "000.00.30.H53,2025-06-20,9/UBND"
    event = newer(
        HEALTH, sender=WARD, submitted_by="folder:h53-40", document_id=f"{WARD},2026-11-25,1/UBND", related=(older_id,)
    )
    told = [each for each in Partition().take(event) if isinstance(each, DocumentRelated)]

    assert [document_key("000.00.30.H53", older_id)] == [each.subject for each in told]
