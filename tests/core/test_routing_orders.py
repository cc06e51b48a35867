"""Whatever is read first, and however often: documents, recalls, newer documents and statuses end in one state (domain §2.2, §2.3)."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import Act, DocumentDispatched, DocumentRefused, DocumentSigned, Event
from schemas.ids import delivery_id, event_id
from schemas.lifecycle import DeliveryState, advance, empty, label
from tests.core.routing_cases import COMMUNE, DOCUMENT_ID, HEALTH, KEY, NOON, PROVINCE, Partition, signed, status
from tests.core.test_routing_related import related

DOCUMENT = signed(HEALTH, COMMUNE, submitted_at=NOON - timedelta(hours=3))
RECALL = signed(
    HEALTH, sha256="c" * 64, business_type=1, related=(DOCUMENT_ID,), submitted_at=NOON - timedelta(hours=2)
)
EVERYTHING: tuple[Event, ...] = (
    DOCUMENT,
    RECALL,
    related(COMMUNE),
    related(HEALTH, kind=2, document_id=f"{PROVINCE},2026-11-26,1/UBND", sha256="d" * 64),
    status("01", HEALTH),
    status("03", COMMUNE),
    status("02", COMMUNE),
    status("13", PROVINCE, addressed_to=COMMUNE),
    status("16", COMMUNE),
)


def states(events: list[Event]) -> dict[str, DeliveryState]:
    """Let the router read these; return what everybody then knows of each delivery."""
    router, found = Partition(), dict[str, DeliveryState]()
    for event in events:
        for said in router.take(event):
            name = getattr(said, "delivery_id", "")
            if name and not isinstance(said, DocumentRefused):
                found[name] = advance(found.get(name, empty(name)), said)
    return found


@settings(max_examples=150, deadline=None)
@given(
    chosen=st.sets(st.sampled_from(range(1, len(EVERYTHING)))),
    order=st.randoms(use_true_random=False),
    again=st.lists(st.integers(0, 8), max_size=6),
)
def test_any_order_ends_as_the_ordered_one(chosen: set[int], order: Any, again: list[int]) -> None:
    """Also with repeats: the same states, and so the same labels."""
    ordered = [DOCUMENT, *(EVERYTHING[at] for at in sorted(chosen))]
    other = [*ordered, *(ordered[at % len(ordered)] for at in again)]
    order.shuffle(other)

    assert states(ordered) == states(other)


@pytest.mark.parametrize("order", [*permutations((DOCUMENT, RECALL, status("01", HEALTH)))])
def test_a_recall_may_overtake_its_document(order: tuple[Event, ...]) -> None:
    """It is recalled as soon as it is sent; who was not asked to give it back keeps it."""
    found = states([*order])

    assert "recalled" == label(found[delivery_id(KEY, HEALTH)])
    assert "dispatched" == label(found[delivery_id(KEY, COMMUNE)])


def test_what_is_handed_over_after_the_recall_is_another_try() -> None:
    """The first try never passed; the mended one under the same id is not what the recall meant."""
    router = Partition()
    router.take(RECALL)
    mended: DocumentSigned = replace(DOCUMENT, submitted_at=RECALL.submitted_at + timedelta(minutes=1))
    acts = [each.act for each in router.take(mended) if isinstance(each, DocumentDispatched)]

    assert [Act.DELIVER, Act.DELIVER] == acts


def test_an_early_recall_takes_effect_once() -> None:
    """It is refused when it comes; handed over again afterwards, it is answered as a repeat."""
    router = Partition()
    (refused,) = router.take(RECALL)
    assert isinstance(refused, DocumentRefused)
    assert "RELATED_DOCUMENT_UNKNOWN" == refused.reason
    router.take(DOCUMENT)
    again = replace(RECALL, event_id=event_id("again"), causation_id=event_id("submitted again"))

    assert ["DocumentRepeated"] == [type(each).__name__ for each in router.take(again)]
    assert () == router.take(RECALL)
